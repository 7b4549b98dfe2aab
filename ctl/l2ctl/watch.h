/* SPDX-License-Identifier: GPL-2.0 */
/*
 * l2ctl -w: what a command shows, again and again on one screen.
 */
#ifndef L2CTL_WATCH_H
#define L2CTL_WATCH_H

#include "l2ctl/l2ctl.h"

/**
 * watch_run() - run a command that shows something until the terminal's user ends it
 * @ctl: the invocation
 * @interval: from one end to the next beginning, as typed; NULL for a second
 * @words: the command
 *
 * A command that fails the first time is not run again. Later it may: what it says
 * is on the screen.
 *
 * Return: CTL_OK once it is ended by q, else CTL_REFUSED or CTL_USAGE.
 */
int watch_run(struct ctl *ctl, const char *interval, char **words);

/**
 * watch_fit() - the part of a text that a screen has room for
 * @out: receives it, with what a terminal needs at the end of each line
 * @text: lines, with escape sequences for colour
 * @rows: of the screen; where there are more lines, the last says how many
 * @columns: of the screen
 */
void watch_fit(FILE *out, const char *text, unsigned int rows,
	       unsigned int columns);

#endif /* L2CTL_WATCH_H */
