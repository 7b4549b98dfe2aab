// SPDX-License-Identifier: GPL-2.0
/*
 * The grammar of l2ctl from any words, one a line.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "l2ctl/service_args.h"
#include "l2ctl/vip_args.h"

#define MAX_WORDS	64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int ret, const struct l2a_error *err)
{
	if (ret && (ret != err->code || !err->text[0]))
		abort();
}

static void read_everything(char **words)
{
	struct l2a_vip_request request = { 0 };
	struct l2a_vip_filter filter = { 0 };
	struct json_object *body = NULL;
	struct l2a_error err = { 0 };
	struct args args;

	args.words = words;
	check(vip_args_options(&args, &request, &err), &err);
	args.words = words;
	check(vip_args_request(&args, &request, &err), &err);
	args.words = words;
	check(vip_args_filter(&args, VIP_FILTER_ADDR | VIP_FILTER_DEV |
			      VIP_FILTER_LEASE, &filter, &err), &err);
	args.words = words;
	check(service_args_body(&args, &body, &err), &err);
	json_object_put(body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);
	char *words[MAX_WORDS + 1];
	char *rest = text;
	size_t n = 0;

	while (rest && n < MAX_WORDS)
		words[n++] = strsep(&rest, "\n");
	words[n] = NULL;
	read_everything(words);
	free(text);
	return 0;
}
