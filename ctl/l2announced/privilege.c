// SPDX-License-Identifier: GPL-2.0
/*
 * From root to a user of its own with one capability. Under systemd the unit has
 * done that already.
 */
#include <cap-ng.h>
#include <errno.h>
#include <libgen.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "names.h"
#include "privilege.h"

static int make_folder(const char *path, const struct passwd *pw,
		       struct l2a_error *err)
{
	if (!mkdir(path, 0755))
		return chown(path, pw->pw_uid, pw->pw_gid) ?
		       l2a_fail(err, -errno, "%s: %s", path, strerror(errno)) : 0;
	if (errno == EEXIST)
		return 0;
	return l2a_fail(err, -errno, "%s: %s", path, strerror(errno));
}

static int make_parent(const char *path, const struct passwd *pw,
		       struct l2a_error *err)
{
	char *copy = xstrdup(path);
	int ret = copy ? make_folder(dirname(copy), pw, err) : 0;

	free(copy);
	return ret;
}

static int become(const struct passwd *pw, struct l2a_error *err)
{
	int ret;

	capng_clear(CAPNG_SELECT_BOTH);
	capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED,
		     CAP_NET_ADMIN);
	ret = capng_change_id((int)pw->pw_uid, (int)pw->pw_gid,
			      CAPNG_INIT_SUPP_GRP | CAPNG_CLEAR_BOUNDING);
	return ret ? l2a_fail(err, -EPERM, "user: cannot become \"%s\" with CAP_NET_ADMIN alone (%d)",
			      pw->pw_name, ret) : 0;
}

int privilege_drop(const struct config *config, struct l2a_error *err)
{
	const struct passwd *pw;
	int ret;

	if (!config->user)
		return 0;
	pw = getpwnam(config->user);
	if (!pw)
		return l2a_fail(err, -ENOENT, "user: there is no \"%s\"",
				config->user);
	if (geteuid() == pw->pw_uid)
		return 0;
	if (geteuid())
		return l2a_fail(err, -EPERM, "user: only root can become \"%s\", this is uid %u",
				config->user, (unsigned int)geteuid());
	ret = make_folder(config->lockdir, pw, err);
	if (!ret)
		ret = make_parent(config->socket, pw, err);
	if (!ret)
		ret = make_parent(config->store_path, pw, err);
	return ret ? ret : become(pw, err);
}
