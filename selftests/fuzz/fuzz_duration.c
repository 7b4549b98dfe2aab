// SPDX-License-Identifier: GPL-2.0
/*
 * Durations from any text: what is accepted is written and read back equal.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/duration.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);
	char again[L2A_DURATION_STRLEN];
	struct l2a_error err = { 0 };
	uint64_t ns, ns_again;

	if (l2a_duration_parse(text, &ns, &err)) {
		if (!err.code || !err.text[0])
			abort();
	} else {
		l2a_duration_format(ns / L2A_NSEC_PER_MSEC, again);
		if (l2a_duration_parse(again, &ns_again, NULL) ||
		    ns != ns_again)
			abort();
	}
	free(text);
	return 0;
}
