// SPDX-License-Identifier: GPL-2.0
/*
 * Colour in text for people: when there is any, and which a value has. Green is
 * as it should be, yellow on purpose, red wants a look.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "color.h"

#define GREEN	"\033[32m"
#define YELLOW	"\033[33m"
#define RED	"\033[31m"

static const struct {
	const char *key, *text, *color;
} colors[] = {
	{ "answering", "yes", GREEN },
	{ "valid", "yes", GREEN },
	{ "valid", "no", RED },
	{ "state", "active", GREEN },
	{ "state", "standby", YELLOW },
	{ "state", "held", GREEN },
	{ "state", "free", RED },
	{ "state", "unservable", RED },
	{ "state", "ready", GREEN },
	{ "state", "draining", YELLOW },
	{ "state", "fenced", RED },
};

const char *l2a_color_of(const char *key, const char *text)
{
	for (size_t i = 0; i < sizeof(colors) / sizeof(colors[0]); i++) {
		if (!strcmp(colors[i].key, key) && !strcmp(colors[i].text, text))
			return colors[i].color;
	}
	return NULL;
}

/* no-color.org: set, whatever to, unless it is to nothing. */
static bool can(int fd)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fd) && !(no && *no) && term && strcmp(term, "dumb");
}

int l2a_color_wanted(const char *when, int fd, bool *wanted,
		     struct l2a_error *err)
{
	if (!when || !strcmp(when, "auto"))
		*wanted = can(fd);
	else if (!strcmp(when, "always"))
		*wanted = true;
	else if (!strcmp(when, "never"))
		*wanted = false;
	else
		return l2a_fail(err, -EINVAL,
				"\"%s\": colour is one of auto, always, never",
				when);
	return 0;
}
