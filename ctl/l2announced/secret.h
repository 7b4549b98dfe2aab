/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tokens and passwords, which stand in files of their own.
 */
#ifndef L2A_SECRET_H
#define L2A_SECRET_H

#include "lib/error.h"

/**
 * secret_read() - the first line of a small file
 * @path: the file
 * @err: filled in on failure
 *
 * Return: the line without its end, for free(), or NULL.
 */
char *secret_read(const char *path, struct l2a_error *err);

#endif /* L2A_SECRET_H */
