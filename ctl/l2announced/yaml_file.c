// SPDX-License-Identifier: GPL-2.0
/*
 * YAML files by libcyaml, and its complaints in one line.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "yaml_file.h"

/* libcyaml tells what is wrong and then where, line by line: make it one. */
struct complaint {
	char text[256];
};

static const char unexpected_key[] = "Unexpected key: ";

static void complain(cyaml_log_t level, void *ctx, const char *fmt, va_list args)
	__attribute__((format(printf, 3, 0)));
static void complain(cyaml_log_t level, void *ctx, const char *fmt, va_list args)
{
	struct complaint *complaint = ctx;
	size_t used = strlen(complaint->text);
	char line[256];
	char *text = line;

	vsnprintf(line, sizeof(line), fmt, args);
	line[strcspn(line, "\n")] = '\0';
	if (!strncmp(text, "Load: ", 6))
		text += 6;
	text += strspn(text, " ");
	if (!strcmp(text, "Backtrace:"))
		return;
	if (level < CYAML_LOG_ERROR &&
	    strncmp(text, unexpected_key, strlen(unexpected_key)))
		return;
	snprintf(complaint->text + used, sizeof(complaint->text) - used, "%s%s",
		 used ? ", " : "", text);
}

unsigned int yaml_file_line(const char *file, const char *key)
{
	FILE *f = fopen(file, "re");
	unsigned int number = 0, found = 0;
	char *line = NULL;
	size_t size = 0;

	while (f && !found && getline(&line, &size, f) >= 0) {
		const char *p = line + strspn(line, " \t{");

		number++;
		if (!strncmp(p, key, strlen(key)) &&
		    p[strlen(key) + strspn(p + strlen(key), " \t")] == ':')
			found = number;
	}
	free(line);
	if (f)
		fclose(f);
	return found;
}

int yaml_file_load(const char *file, const cyaml_schema_value_t *schema,
	      unsigned int flags, void **data, struct l2a_error *err)
{
	struct complaint complaint = { "" };
	cyaml_config_t config = {
		.log_fn = complain,
		.log_ctx = &complaint,
		.mem_fn = cyaml_mem,
		.log_level = CYAML_LOG_ERROR,
		.flags = CYAML_CFG_DEFAULT | flags,
	};
	struct stat st;
	cyaml_err_t ret;

	if (stat(file, &st))
		return l2a_fail(err, -errno, "%s: %s", file, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return l2a_fail(err, -EINVAL, "%s: not a regular file", file);
	if (access(file, R_OK))
		return l2a_fail(err, -errno, "%s: %s", file, strerror(errno));
	ret = cyaml_load_file(file, &config, schema, data, NULL);
	if (ret == CYAML_OK && *data)
		return 0;
	/* libcyaml 1.1 names the key only to who debugs. */
	if (ret == CYAML_ERR_INVALID_KEY &&
	    strncmp(complaint.text, unexpected_key, strlen(unexpected_key))) {
		complaint.text[0] = '\0';
		config.log_level = CYAML_LOG_DEBUG;
		ret = cyaml_load_file(file, &config, schema, data, NULL);
	}
	/* libcyaml tells where the mapping begins; better, where the key is. */
	if (!strncmp(complaint.text, unexpected_key, strlen(unexpected_key))) {
		char *key = complaint.text + strlen(unexpected_key);

		key[strcspn(key, ",")] = '\0';
		return l2a_fail(err, -EINVAL, "%s:%u: %s: unknown key", file,
				yaml_file_line(file, key), key);
	}
	return l2a_fail(err, -EINVAL, "%s: %s", file,
			complaint.text[0] ? complaint.text :
			ret == CYAML_OK ? "empty" : cyaml_strerror(ret));
}

void yaml_file_free(const cyaml_schema_value_t *schema, void *data)
{
	const cyaml_config_t quiet = { .mem_fn = cyaml_mem };

	cyaml_free(&quiet, schema, data, 0);
}
