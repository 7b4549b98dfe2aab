/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Many commands from a file: one a line, over one socket.
 */
#ifndef L2CTL_BATCH_H
#define L2CTL_BATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "l2ctl/l2ctl.h"

/**
 * batch_run() - carry out the commands of a file
 * @ctl: the invocation; its options hold for every line
 * @path: the file, "-" for standard input
 * @force: go on after a line that failed
 *
 * Without @force nothing after a failed line is carried out, so every line waits
 * for its verdict. With it, VIPs are added, changed and removed many in one system
 * call; a failed line is reported all the same.
 *
 * Return: the status of the first line that failed, CTL_OK where none did.
 */
int batch_run(struct ctl *ctl, const char *path, bool force);

/** batch_where() - "FILE:LINE: " for a message about the line at hand */
const char *batch_where(struct batch *batch);

/** batch_family() - the socket all lines share, opened on first use */
int batch_family(struct batch *batch, struct l2a_genl **g,
		 struct l2a_error *err);

/**
 * batch_queue() - let a request wait for others to be sent with it
 * @batch: the batch
 * @words: the command, for a message about its refusal
 * @msg: the request; the batch's from here on where the answer is true
 *
 * Return: false where each line has to have its verdict at once.
 */
bool batch_queue(struct batch *batch, const char *words, struct nl_msg *msg);

/** batch_send() - send what waits, and report each refusal */
void batch_send(struct batch *batch);

/**
 * batch_split() - the words of a line
 * @line: changed in place; the words point into it
 * @words: receives them and a NULL; room for half of the line's length and two
 *
 * Words are parted by blanks; '...' and "..." keep blanks in a word; a # that begins
 * a word begins a comment.
 *
 * Return: 0, or -EINVAL with *err filled in for a quote that does not end.
 */
int batch_split(char *line, char **words, struct l2a_error *err);

#endif /* L2CTL_BATCH_H */
