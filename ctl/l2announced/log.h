/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The log: one line an event. To the journal with its fields where standard error
 * leads there; else to standard error, with the priority in front as journald
 * reads it ("<6>...").
 */
#ifndef L2A_LOG_H
#define L2A_LOG_H

#include <stdint.h>
#include <syslog.h>

/**
 * struct log_facts - what a line is about, for those who search
 * @id: which kind of line, a LOG_ID_*
 * @service: the service, as are the others NULL or 0 where there is none
 * @node: the node that the line is about
 * @next: the node that comes after it
 * @vip: the address
 * @lladdr: of the station that claims it
 * @hook: "on_acquire" and so on
 * @token: of the holder or the node
 */
struct log_facts {
	const char *id;
	const char *service;
	const char *node;
	const char *next;
	const char *vip;
	const char *lladdr;
	const char *hook;
	uint64_t token;
};

/**
 * log_level() - leave out what is less important
 * @level: LOG_ERR ... LOG_DEBUG
 */
void log_level(int level);

/**
 * log_line() - write one line
 * @priority: LOG_ERR ... LOG_DEBUG
 * @fmt: printf format, without a newline
 */
void log_line(int priority, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * log_event() - write one line, and say what it is about
 * @priority: LOG_ERR ... LOG_DEBUG
 * @facts: for the journal; the text has them too
 * @fmt: printf format, without a newline
 */
void log_event(int priority, const struct log_facts *facts, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#define log_err(...)	log_line(LOG_ERR, __VA_ARGS__)
#define log_warn(...)	log_line(LOG_WARNING, __VA_ARGS__)
#define log_notice(...)	log_line(LOG_NOTICE, __VA_ARGS__)
#define log_info(...)	log_line(LOG_INFO, __VA_ARGS__)
#define log_debug(...)	log_line(LOG_DEBUG, __VA_ARGS__)

#endif /* L2A_LOG_H */
