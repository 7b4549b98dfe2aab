// SPDX-License-Identifier: GPL-2.0
/*
 * Which parts of the kernel are there.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "present.h"

bool present_in(const char *path, const char *module)
{
	FILE *f = fopen(path, "re");
	char file[NAME_MAX + 1], line[PATH_MAX];
	bool found = false;

	if (!f)
		return false;
	snprintf(file, sizeof(file), "/%s.ko\n", module);
	while (!found && fgets(line, sizeof(line), f)) {
		const char *name = strrchr(line, '/');

		found = name && !strcmp(name, file);
	}
	fclose(f);
	return found;
}

/* What is built in has a folder in /sys/module only if it has parameters. */
bool present(const char *module)
{
	struct utsname name;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "/sys/module/%s", module);
	if (!access(path, F_OK))
		return true;
	uname(&name);
	snprintf(path, sizeof(path), "/lib/modules/%s/modules.builtin",
		 name.release);
	return present_in(path, module);
}
