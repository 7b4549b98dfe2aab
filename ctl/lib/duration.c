// SPDX-License-Identifier: GPL-2.0
/*
 * Durations as people write them: a whole number and a unit, "300ms", "2s"; and
 * the instant since which they count, as the kernel writes it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "duration.h"

static const struct unit {
	const char *name;
	uint64_t ms;
} units[] = {
	/* Largest first: formatting takes the first that divides. */
	{ "h", 3600000 },
	{ "m", 60000 },
	{ "s", 1000 },
	{ "ms", 1 },
};

#define N_UNITS	(sizeof(units) / sizeof(units[0]))

static const struct unit *find_unit(const char *name)
{
	for (size_t i = 0; i < N_UNITS; i++) {
		if (!strcmp(units[i].name, name))
			return &units[i];
	}
	return NULL;
}

static int too_long(const char *text, struct l2a_error *err)
{
	return l2a_fail(err, -ERANGE, "\"%s\": duration too long", text);
}

/* Write that many digits behind those of *value; true where it has no room. */
static bool add_digits(const char *text, size_t n, uint64_t *value)
{
	for (size_t i = 0; i < n; i++) {
		if (__builtin_mul_overflow(*value, 10U, value) ||
		    __builtin_add_overflow(*value, (uint64_t)(text[i] - '0'),
					   value))
			return true;
	}
	return false;
}

int l2a_duration_parse(const char *text, uint64_t *ns, struct l2a_error *err)
{
	size_t digits = strspn(text, "0123456789");
	const struct unit *unit;
	uint64_t value = 0;

	if (!digits)
		return l2a_fail(err, -EINVAL,
				"\"%s\": a duration is a whole number and a unit: 300ms, 2s, 1m, 1h",
				text);
	unit = find_unit(text + digits);
	if (!unit)
		return l2a_fail(err, -EINVAL,
				"\"%s\": a duration's number needs one of the units ms, s, m, h right after it",
				text);
	if (add_digits(text, digits, &value))
		return too_long(text, err);
	if (__builtin_mul_overflow(value, unit->ms * L2A_NSEC_PER_MSEC, &value) ||
	    value > INT64_MAX)
		return too_long(text, err);
	*ns = value;
	return 0;
}

int l2a_duration_parse_ms(const char *text, uint32_t *ms,
			  struct l2a_error *err)
{
	uint64_t ns;
	int ret;

	ret = l2a_duration_parse(text, &ns, err);
	if (ret)
		return ret;
	if (ns / L2A_NSEC_PER_MSEC > UINT32_MAX)
		return too_long(text, err);
	*ms = (uint32_t)(ns / L2A_NSEC_PER_MSEC);
	return 0;
}

int l2a_uptime_parse(const char *text, uint64_t *ns, struct l2a_error *err)
{
	size_t whole = strspn(text, "0123456789"), part = 0;
	uint64_t value = 0;

	if (text[whole] == '.')
		part = strspn(text + whole + 1, "0123456789");
	if (!whole || part > 9 || text[whole + (part ? part + 1 : 0)])
		return l2a_fail(err, -EINVAL,
				"\"%s\": an instant is in seconds since boot, as the first word of /proc/uptime is",
				text);
	if (add_digits(text, whole, &value) ||
	    add_digits(text + whole + 1, part, &value) ||
	    add_digits("000000000", 9 - part, &value) || value > INT64_MAX)
		return l2a_fail(err, -ERANGE, "\"%s\": instant too large", text);
	*ns = value;
	return 0;
}

const char *l2a_duration_format(uint64_t ms, char buf[L2A_DURATION_STRLEN])
{
	const struct unit *unit = find_unit(ms ? "ms" : "s");

	for (size_t i = 0; ms && i < N_UNITS; i++) {
		if (ms % units[i].ms)
			continue;
		unit = &units[i];
		break;
	}
	snprintf(buf, L2A_DURATION_STRLEN, "%" PRIu64 "%s", ms / unit->ms,
		 unit->name);
	return buf;
}
