/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file of services, YAML, and the lines in it. Pure.
 */
#ifndef L2CTL_APPLY_FILE_H
#define L2CTL_APPLY_FILE_H

#include <json-c/json.h>
#include <stddef.h>

#include "lib/error.h"

/**
 * apply_file_parse() - read services as the controller takes them
 * @name: of the file, to begin messages with
 * @text: what is in it
 * @len: how long that is
 * @services: receives a list of objects, to be given to json_object_put()
 * @err: one line: file, line, key and rule
 *
 * What an address or a pattern may be is not looked at: the controller does.
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
int apply_file_parse(const char *name, const char *text, size_t len,
		     struct json_object **services, struct l2a_error *err);

/**
 * apply_file_blame() - put file and line before what the controller refused
 * @name: of the file
 * @text: what is in it
 * @len: how long that is
 * @err: an error that is filled in. Where its text begins with "service NAME: "
 *	the line is that of the service; where a key follows, of the key in it;
 *	where a value of a list follows, of that value. Otherwise none is named
 *
 * Return: the error's code.
 */
int apply_file_blame(const char *name, const char *text, size_t len,
		     struct l2a_error *err);

#endif /* L2CTL_APPLY_FILE_H */
