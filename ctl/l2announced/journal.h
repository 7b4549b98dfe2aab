/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The log's way into systemd's journal, with fields of its own beside the text:
 * its native protocol, one datagram a message.
 */
#ifndef L2A_JOURNAL_H
#define L2A_JOURNAL_H

#include <stdbool.h>

#include "log.h"

#define JOURNAL_SOCKET	"/run/systemd/journal/socket"

/**
 * journal_open() - use the journal, where standard error leads there
 * @path: its socket
 *
 * $JOURNAL_STREAM says which stream that is; a standard error that somebody has
 * put elsewhere is what he wants to read. To be called before there are threads.
 *
 * Return: whether it will be used.
 */
bool journal_open(const char *path);

/** journal_close() - do not use it any more */
void journal_close(void);

/**
 * journal_send() - one message
 * @priority: LOG_ERR ... LOG_DEBUG
 * @facts: what it is about; NULL where that is nothing with a name
 * @text: one line, without a newline
 *
 * Does not wait. Safe in any thread.
 *
 * Return: whether the journal has it; where not, the text has to go elsewhere.
 */
bool journal_send(int priority, const struct log_facts *facts, const char *text);

#endif /* L2A_JOURNAL_H */
