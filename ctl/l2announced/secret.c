// SPDX-License-Identifier: GPL-2.0
/*
 * Tokens and passwords, which stand in files of their own.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "secret.h"

#define SECRET_MOST	65536	/* bytes */

char *secret_read(const char *path, struct l2a_error *err)
{
	FILE *f = fopen(path, "re");
	char *text = xmalloc(SECRET_MOST + 1);
	size_t len = f ? fread(text, 1, SECRET_MOST, f) : 0;

	if (!f || ferror(f)) {
		l2a_fail(err, -errno, "%s: %s", path, strerror(errno));
		free(text);
		text = NULL;
	} else {
		text[len] = '\0';
		text[strcspn(text, "\r\n")] = '\0';
	}
	if (f)
		fclose(f);
	return text;
}
