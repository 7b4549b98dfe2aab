// SPDX-License-Identifier: GPL-2.0
/*
 * What the agent tells: the log, the service manager, and the hooks.
 */
#include <event2/event.h>

#include "agent_priv.h"
#include "log.h"
#include "notes.h"
#include "notify.h"

static void run_hook(struct agent *a, enum config_hook hook,
		     const struct hook_facts *facts)
{
	const struct served *s = served_find(&a->served, facts->service);
	struct hook_facts all = *facts;
	struct names devs = { 0, NULL };
	const struct link *list;
	size_t n;

	all.spec = s ? s->spec : NULL;
	list = links_list(a->links, &n);
	for (size_t i = 0; all.spec && i < n; i++) {
		if (names_match(&all.spec->service.devs, list[i].name))
			names_add(&devs, list[i].name);
	}
	names_sort(&devs);
	all.devs = &devs;
	hooks_run(a->hooks, hook, &all);
	names_clear(&devs);
}

void agent_note(struct agent *a, const struct el_action *action)
{
	struct hook_facts facts = {
		.service = action->name,
		.token = action->token,
	};

	note_log(action);
	switch (action->note) {
	case EL_NOTE_JOINED:
	case EL_NOTE_TAKEN_UP:
		notify_manager("READY=1");
		break;
	case EL_NOTE_ACQUIRED:
		facts.reason = "claimed";
		run_hook(a, HOOK_ACQUIRE, &facts);
		break;
	case EL_NOTE_RELEASED:
		facts.reason = "handed-over";
		facts.next = action->text;
		run_hook(a, HOOK_RELEASE, &facts);
		break;
	case EL_NOTE_LOST:
		facts.reason = "lost";
		run_hook(a, HOOK_RELEASE, &facts);
		break;
	default:
		break;
	}
}

void agent_tell_conflict(struct agent *a, const struct served *s,
			 const char *vip, const char *mac)
{
	const struct hook_facts facts = {
		.service = s->name,
		.reason = "foreign-claim",
		.vip = vip,
		.mac = mac,
	};

	if (s->serve == EL_SERVE_ACTIVE)
		run_hook(a, HOOK_CONFLICT, &facts);
}
