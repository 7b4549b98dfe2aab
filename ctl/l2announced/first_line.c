// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel tells in files of one line.
 */
#include <stdio.h>
#include <string.h>

#include "first_line.h"

bool first_line(const char *path, char *buf, size_t size)
{
	FILE *f = fopen(path, "re");
	bool got = f && fgets(buf, (int)size, f);

	if (!got)
		buf[0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	if (f)
		fclose(f);
	return got;
}
