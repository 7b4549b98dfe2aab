/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Telling the service manager how we are, as sd_notify(3) describes it.
 */
#ifndef L2A_NOTIFY_H
#define L2A_NOTIFY_H

/**
 * notify_manager() - send a state
 * @state: "READY=1", "STOPPING=1", "STATUS=..."
 *
 * Does nothing where no manager listens.
 */
void notify_manager(const char *state);

#endif /* L2A_NOTIFY_H */
