/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel tells in files of one line.
 */
#ifndef L2A_FIRST_LINE_H
#define L2A_FIRST_LINE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * first_line() - read a file's first line
 * @path: the file
 * @buf: receives it without its end, as much as there is room for; empty where
 *	there is none
 * @size: of @buf
 *
 * Return: whether there is one.
 */
bool first_line(const char *path, char *buf, size_t size);

#endif /* L2A_FIRST_LINE_H */
