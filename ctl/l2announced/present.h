/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which parts of the kernel are there, without asking any of them: a question to
 * one that is a module loads it.
 */
#ifndef L2A_PRESENT_H
#define L2A_PRESENT_H

#include <stdbool.h>

/**
 * present() - whether a part of the running kernel is there
 * @module: its name as a module, with underscores
 *
 * Return: true if it is loaded, or built in as far as this kernel's
 * modules.builtin can be read.
 */
bool present(const char *module);

/**
 * present_in() - whether a list names a module
 * @path: a modules.builtin: a line each, the module's file
 * @module: its name, as the file has it
 *
 * Return: true if it does; false if there is no such list.
 */
bool present_in(const char *path, const char *module);

#endif /* L2A_PRESENT_H */
