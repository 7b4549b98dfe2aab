/* SPDX-License-Identifier: GPL-2.0 */
/*
 * YAML files by libcyaml, and its complaints in one line.
 */
#ifndef L2A_YAML_FILE_H
#define L2A_YAML_FILE_H

#include <cyaml/cyaml.h>

#include "lib/error.h"

/**
 * yaml_file_load() - read a file by its schema
 * @file: path of a regular file
 * @schema: of the whole, a pointer to a mapping
 * @flags: CYAML_CFG_...
 * @data: receives it, for yaml_file_free()
 * @err: one line that names the file and, where known, the line and the key
 *
 * Return: 0 or a negative errno.
 */
int yaml_file_load(const char *file, const cyaml_schema_value_t *schema,
	      unsigned int flags, void **data, struct l2a_error *err);

/** yaml_file_free() - free what was loaded by a schema; NULL is fine */
void yaml_file_free(const cyaml_schema_value_t *schema, void *data);

/** yaml_file_line() - the first line a key stands in, by its looks; 0: none */
unsigned int yaml_file_line(const char *file, const char *key);

#endif /* L2A_YAML_FILE_H */
