// SPDX-License-Identifier: GPL-2.0
/*
 * The election's notes as lines of the log.
 */
#include <stdio.h>

#include "log.h"
#include "notes.h"

static const struct {
	int priority;
	const char *what;
	const char *joint;	/* before the note's own text */
} lines[] = {
	[EL_NOTE_JOINED] = { LOG_NOTICE, "joined", ": " },
	[EL_NOTE_TAKEN_UP] = { LOG_NOTICE, "joined, going on where it was", ": " },
	[EL_NOTE_WAITING] = { LOG_NOTICE, "waiting", ": " },
	[EL_NOTE_FENCED] = { LOG_WARNING, "fenced", ": " },
	[EL_NOTE_SUPERSEDED] = { LOG_ERR, "superseded", " " },
	[EL_NOTE_FENCED_PEER] = { LOG_WARNING, "fenced another", ": " },
	[EL_NOTE_ACQUIRED] = { LOG_NOTICE, "acquired", ": " },
	[EL_NOTE_LOST] = { LOG_WARNING, "lost", ": " },
	[EL_NOTE_RELEASED] = { LOG_NOTICE, "released", " next=" },
	[EL_NOTE_CONFLICT] = { LOG_WARNING, "conflict", ": " },
	[EL_NOTE_UNHEALTHY] = { LOG_ERR, "cannot hold", ": " },
};

void note_log(const struct el_action *action)
{
	log_line(lines[action->note].priority, "%s%s%s node=%s token=%llu%s%s",
		 lines[action->note].what, action->name ? " service=" : "",
		 action->name ? action->name : "",
		 action->node ? action->node : "?",
		 (unsigned long long)action->token,
		 action->text ? lines[action->note].joint : "",
		 action->text ? action->text : "");
}
