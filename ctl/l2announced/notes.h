/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The election's notes as lines of the log.
 */
#ifndef L2A_NOTES_H
#define L2A_NOTES_H

#include "election.h"

/**
 * note_log() - log an EL_NOTE
 * @action: the note
 *
 * One line: what happened, then service=, node= and token= where they apply.
 */
void note_log(const struct el_action *action);

#endif /* L2A_NOTES_H */
