// SPDX-License-Identifier: GPL-2.0
/*
 * The words of a command line: taken one by one, checked as they are taken.
 */
#include <errno.h>
#include <inttypes.h>
#include <net/if.h>
#include <string.h>

#include "args.h"
#include "lib/writer.h"

const char *args_peek(const struct args *args)
{
	return *args->words;
}

const char *args_next(struct args *args)
{
	return *args->words ? *args->words++ : NULL;
}

bool args_accept(struct args *args, const char *word)
{
	if (!*args->words || strcmp(*args->words, word))
		return false;
	args->words++;
	return true;
}

int args_value(struct args *args, const char *keyword, const char **value,
	       struct l2a_error *err)
{
	*value = args_next(args);
	if (!*value)
		return l2a_fail(err, -EINVAL, "\"%s\" needs a value after it",
				keyword);
	return 0;
}

int args_end(const struct args *args, struct l2a_error *err)
{
	if (!*args->words)
		return 0;
	return l2a_fail(err, -EINVAL, "\"%s\": nothing was expected here",
			*args->words);
}

int args_unknown(const struct args *args, const char *expected,
		 struct l2a_error *err)
{
	if (!*args->words)
		return l2a_fail(err, -EINVAL, "%s expected", expected);
	return l2a_fail(err, -EINVAL, "\"%s\": %s expected", *args->words,
			expected);
}

static unsigned int output_flag(const char *word)
{
	static const struct {
		const char *letter, *name;
		unsigned int flag;
	} options[] = {
		{ "-j", "--json", L2A_WRITER_JSON },
		{ "-p", "--pretty", L2A_WRITER_PRETTY },
		{ "-s", "--statistics", L2A_WRITER_STATS },
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (!strcmp(word, options[i].letter) ||
		    !strcmp(word, options[i].name))
			return options[i].flag;
	}
	return 0;
}

unsigned int args_output(char **words)
{
	unsigned int flags = 0, flag;
	size_t n = 0;

	while (words[n])
		n++;
	while (n > 1 && (flag = output_flag(words[n - 1]))) {
		flags |= flag;
		words[--n] = NULL;
	}
	return flags;
}

int args_once(unsigned int *seen, unsigned int bit, const char *keyword,
	      struct l2a_error *err)
{
	if (*seen & bit)
		return l2a_fail(err, -EINVAL, "\"%s\" may be given only once",
				keyword);
	*seen |= bit;
	return 0;
}

int parse_u64(const char *text, const char *what, uint64_t max,
	      uint64_t *value, struct l2a_error *err)
{
	uint64_t sum = 0;

	if (!*text || text[strspn(text, "0123456789")])
		return l2a_fail(err, -EINVAL,
				"\"%s\": %s is a whole number in decimal digits",
				text, what);
	for (const char *p = text; *p; p++) {
		if (__builtin_mul_overflow(sum, 10U, &sum) ||
		    __builtin_add_overflow(sum, (uint64_t)(*p - '0'), &sum) ||
		    sum > max)
			return l2a_fail(err, -ERANGE,
					"\"%s\": %s is at most %" PRIu64, text,
					what, max);
	}
	*value = sum;
	return 0;
}

int args_u64(struct args *args, const char *keyword, uint64_t *value,
	     struct l2a_error *err)
{
	const char *text;

	if (args_value(args, keyword, &text, err))
		return err->code;
	return parse_u64(text, keyword, UINT64_MAX, value, err);
}

int args_u32(struct args *args, const char *keyword, uint32_t *value,
	     struct l2a_error *err)
{
	const char *text;
	uint64_t wide;

	if (args_value(args, keyword, &text, err) ||
	    parse_u64(text, keyword, UINT32_MAX, &wide, err))
		return err->code;
	*value = (uint32_t)wide;
	return 0;
}

int args_lease(struct args *args, const char *keyword, uint32_t *id,
	       struct l2a_error *err)
{
	int ret = args_u32(args, keyword, id, err);

	if (!ret && !*id)
		return l2a_fail(err, -EINVAL, "\"0\": a lease id is 1 or more");
	return ret;
}

int args_addr(struct args *args, struct l2a_addr *addr, struct l2a_error *err)
{
	const char *text = args_next(args);

	if (!text)
		return l2a_fail(err, -EINVAL, "a VIP's address expected");
	return l2a_addr_parse(text, addr, err);
}

int args_dev(struct args *args, uint32_t *ifindex, struct l2a_error *err)
{
	const char *name;

	if (args_value(args, "dev", &name, err))
		return err->code;
	*ifindex = if_nametoindex(name);
	if (*ifindex)
		return 0;
	return l2a_fail(err, -ENODEV, "\"%s\": no such device", name);
}
