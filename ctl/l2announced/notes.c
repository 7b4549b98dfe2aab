// SPDX-License-Identifier: GPL-2.0
/*
 * The election's notes as lines of the log.
 */
#include <stdio.h>

#include "log.h"
#include "log_ids.h"
#include "notes.h"

static const struct {
	int priority;
	const char *id;
	const char *what;
	const char *joint;	/* before the note's own text */
} lines[] = {
	[EL_NOTE_JOINED] = { LOG_NOTICE, LOG_ID_JOINED, "joined", ": " },
	[EL_NOTE_TAKEN_UP] = { LOG_NOTICE, LOG_ID_JOINED,
			       "joined, going on where it was", ": " },
	[EL_NOTE_WAITING] = { LOG_NOTICE, LOG_ID_WAITING, "waiting", ": " },
	[EL_NOTE_FENCED] = { LOG_WARNING, LOG_ID_FENCED, "fenced", ": " },
	[EL_NOTE_SUPERSEDED] = { LOG_ERR, LOG_ID_SUPERSEDED, "superseded", " " },
	[EL_NOTE_FENCED_PEER] = { LOG_WARNING, LOG_ID_FENCED_PEER,
				  "fenced another", ": " },
	[EL_NOTE_ACQUIRED] = { LOG_NOTICE, LOG_ID_ACQUIRED, "acquired", ": " },
	[EL_NOTE_LOST] = { LOG_WARNING, LOG_ID_LOST, "lost", ": " },
	[EL_NOTE_RELEASED] = { LOG_NOTICE, LOG_ID_RELEASED, "released", " next=" },
	[EL_NOTE_CONFLICT] = { LOG_WARNING, LOG_ID_CONFLICT, "conflict", ": " },
	[EL_NOTE_UNHEALTHY] = { LOG_ERR, LOG_ID_UNHEALTHY, "cannot hold", ": " },
};

void note_log(const struct el_action *action)
{
	const struct log_facts facts = {
		.id = lines[action->note].id,
		.service = action->name,
		.node = action->node,
		.next = action->note == EL_NOTE_RELEASED ? action->text : NULL,
		.token = action->token,
	};

	log_event(lines[action->note].priority, &facts,
		  "%s%s%s node=%s token=%llu%s%s",
		  lines[action->note].what, action->name ? " service=" : "",
		  action->name ? action->name : "",
		  action->node ? action->node : "?",
		  (unsigned long long)action->token,
		  action->text ? lines[action->note].joint : "",
		  action->text ? action->text : "");
}
