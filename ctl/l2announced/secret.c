// SPDX-License-Identifier: GPL-2.0
/*
 * Tokens and passwords, which stand in files of their own.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "names.h"
#include "secret.h"

#define SECRET_MOST	65536	/* bytes */

/* Nothing that makes its reader wait, as a FIFO does for whoever writes it. */
static int open_regular(const char *path, struct l2a_error *err)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		l2a_fail(err, -errno, "%s: %s", path, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		l2a_fail(err, -EINVAL, "%s: is no regular file", path);
	else
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static int read_all(int fd, char *text)
{
	size_t len = 0;
	ssize_t n;

	do {
		n = read(fd, text + len, SECRET_MOST - len);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			len += (size_t)n;
	} while (n && len < SECRET_MOST);
	return 0;
}

char *secret_read(const char *path, struct l2a_error *err)
{
	int fd = open_regular(path, err), ret;
	char *text;

	if (fd < 0)
		return NULL;
	text = xmalloc(SECRET_MOST + 1);
	ret = read_all(fd, text);
	close(fd);
	if (ret) {
		l2a_fail(err, ret, "%s: %s", path, strerror(-ret));
		free(text);
		return NULL;
	}
	text[strcspn(text, "\r\n")] = '\0';
	return text;
}
