// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses from any text: what is accepted is written and read back equal.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);
	struct l2a_addr addr, again;
	char buf[L2A_ADDR_STRLEN];
	struct l2a_error err = { 0 };

	if (l2a_addr_parse(text, &addr, &err)) {
		if (!err.code || !err.text[0])
			abort();
	} else if (l2a_addr_parse(l2a_addr_format(&addr, buf), &again, NULL) ||
		   !l2a_addr_equal(&addr, &again)) {
		abort();
	}
	free(text);
	return 0;
}
