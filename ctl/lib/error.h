/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One refusal: an errno for the program, one line for the person.
 */
#ifndef L2A_LIB_ERROR_H
#define L2A_LIB_ERROR_H

#include <stdio.h>

#define L2A_ERROR_TEXT	512

/**
 * struct l2a_error - why something was refused
 * @code: negative errno, 0 while nothing was refused
 * @text: one line without a newline; names the input and the rule
 */
struct l2a_error {
	int code;
	char text[L2A_ERROR_TEXT];
};

/**
 * l2a_one_line() - make text that came from outside safe to print
 * @text: changed in place: control characters become '?', so that nothing in it
 *	steers a terminal or begins a line in a log
 */
void l2a_one_line(char *text);

/**
 * l2a_put_text() - print text that came from outside
 * @out: where to
 * @text: printed as l2a_one_line() would have it; NULL prints nothing
 */
void l2a_put_text(FILE *out, const char *text);

/**
 * l2a_fail() - fill in an error
 * @err: the error, or NULL where the caller does not want it
 * @code: negative errno
 * @fmt: printf format of the line, which may quote any input: the result goes
 *	through l2a_one_line()
 *
 * Return: @code, so that a function can end with it.
 */
int l2a_fail(struct l2a_error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * l2a_prefix() - put words in front of an error's line
 * @err: an error that is filled in
 * @fmt: printf format of the words; ": " follows them
 *
 * Return: the error's code.
 */
int l2a_prefix(struct l2a_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* L2A_LIB_ERROR_H */
