/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The log: stderr, one line an event, with the priority in front as journald
 * reads it ("<6>...").
 */
#ifndef L2A_LOG_H
#define L2A_LOG_H

#include <syslog.h>

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

#define log_err(...)	log_line(LOG_ERR, __VA_ARGS__)
#define log_warn(...)	log_line(LOG_WARNING, __VA_ARGS__)
#define log_notice(...)	log_line(LOG_NOTICE, __VA_ARGS__)
#define log_info(...)	log_line(LOG_INFO, __VA_ARGS__)
#define log_debug(...)	log_line(LOG_DEBUG, __VA_ARGS__)

#endif /* L2A_LOG_H */
