/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The words of a command line: taken one by one, checked as they are taken.
 *
 * Unless said otherwise a function returns 0, or a negative errno with *err
 * filled in: -EINVAL and -ERANGE for a wrong word (usage), anything else for
 * one that is well formed and refused.
 */
#ifndef L2CTL_ARGS_H
#define L2CTL_ARGS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/address.h"
#include "lib/error.h"

/** struct args - the words not yet taken; @words ends with NULL */
struct args {
	char **words;
};

/** args_peek() - the next word, or NULL */
const char *args_peek(const struct args *args);

/** args_next() - take the next word, or NULL */
const char *args_next(struct args *args);

/** args_accept() - take the next word if it is @word */
bool args_accept(struct args *args, const char *word);

/** args_value() - take the value that has to follow @keyword */
int args_value(struct args *args, const char *keyword, const char **value,
	       struct l2a_error *err);

/** args_end() - refuse whatever words are left */
int args_end(const struct args *args, struct l2a_error *err);

/** args_unknown() - refuse the next word, which @expected does not list */
int args_unknown(const struct args *args, const char *expected,
		 struct l2a_error *err);

/**
 * args_once() - note that a keyword was given, and refuse it the second time
 * @seen: the keywords given so far, a bit each
 * @bit: this one's
 * @keyword: this one
 * @err: filled in on failure
 */
int args_once(unsigned int *seen, unsigned int bit, const char *keyword,
	      struct l2a_error *err);

/**
 * args_output() - take what a command's last words say of its output: -j, -p, -s
 * @words: the noun first, which is none of them; ends with NULL, and is shortened
 *
 * Return: L2A_WRITER_*.
 */
unsigned int args_output(char **words);

/* The value after a keyword, read as what it has to be. */
int args_u64(struct args *args, const char *keyword, uint64_t *value,
	     struct l2a_error *err);
int args_u32(struct args *args, const char *keyword, uint32_t *value,
	     struct l2a_error *err);
/* A lease's id: 1 or more. */
int args_lease(struct args *args, const char *keyword, uint32_t *id,
	       struct l2a_error *err);
/* A VIP's address: the next word. */
int args_addr(struct args *args, struct l2a_addr *addr, struct l2a_error *err);
/* A device's name after "dev"; -ENODEV where there is none of that name. */
int args_dev(struct args *args, uint32_t *ifindex, struct l2a_error *err);

/**
 * parse_u64() - read a whole number
 * @text: decimal digits and nothing else
 * @what: what it is, for the message
 * @max: greatest it may be
 * @value: filled in on success
 * @err: filled in on failure
 */
int parse_u64(const char *text, const char *what, uint64_t max,
	      uint64_t *value, struct l2a_error *err);

#endif /* L2CTL_ARGS_H */
