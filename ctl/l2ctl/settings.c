// SPDX-License-Identifier: GPL-2.0
/*
 * l2ctl settings: the kernel's settings for this network namespace.
 */
#include <errno.h>

#include "l2ctl/l2ctl.h"

static const struct setting {
	const char *keyword;
	unsigned int bit;
} settings[] = {
	{ "max-vips", L2A_SETTINGS_MAX_VIPS },
	{ "announce-rate", L2A_SETTINGS_ANNOUNCE_RATE },
	{ "announce-burst", L2A_SETTINGS_ANNOUNCE_BURST },
};

static const struct setting *accept_setting(struct args *args)
{
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		if (args_accept(args, settings[i].keyword))
			return &settings[i];
	}
	return NULL;
}

static uint32_t *member(struct l2a_settings_request *request, unsigned int bit)
{
	switch (bit) {
	case L2A_SETTINGS_MAX_VIPS:
		return &request->max_vips;
	case L2A_SETTINGS_ANNOUNCE_RATE:
		return &request->announce_rate;
	default:
		return &request->announce_burst;
	}
}

static int parse(struct args *args, struct l2a_settings_request *request,
		 struct l2a_error *err)
{
	do {
		const struct setting *s = accept_setting(args);

		if (!s)
			return args_unknown(args,
					    "max-vips, announce-rate or announce-burst",
					    err);
		if (args_once(&request->set, s->bit, s->keyword, err) ||
		    args_u32(args, s->keyword, member(request, s->bit), err))
			return err->code;
	} while (args_peek(args));
	return 0;
}

static int settings_set(struct ctl *ctl, struct args *args)
{
	struct l2a_settings_request request = { 0 };
	struct l2a_error err = { 0 };
	struct l2a_genl *g;

	if (parse(args, &request, &err))
		return ctl_misused(ctl, &err);
	g = ctl_kernel(ctl);
	if (!g)
		return CTL_REFUSED;
	return ctl_kernel_done(ctl, g, l2a_settings_set(g, &request, &err),
			       &err);
}

static int settings_show(struct ctl *ctl, struct args *args)
{
	struct l2a_settings s = { 0 };
	struct l2a_error err = { 0 };
	struct l2a_writer *w;
	struct l2a_genl *g;

	if (args_end(args, &err))
		return ctl_misused(ctl, &err);
	g = ctl_kernel(ctl);
	if (!g)
		return CTL_REFUSED;
	if (ctl_kernel_done(ctl, g, l2a_settings_get(g, &s, &err), &err))
		return CTL_REFUSED;
	w = ctl_writer(ctl, L2A_WRITER_RECORD);
	l2a_row_begin(w);
	l2a_write_u64(w, "max_vips", s.max_vips);
	l2a_write_u64(w, "announce_rate", s.announce_rate);
	l2a_write_u64(w, "announce_burst", s.announce_burst);
	l2a_row_end(w);
	return ctl_written(ctl, w);
}

static const struct verb verbs[] = {
	{ "set", "[max-vips N] [announce-rate N] [announce-burst N]",
	  "change what is given", settings_set },
	{ "show", "", "show all of them", settings_show },
	{ 0 },
};

const struct noun noun_settings = {
	"settings", "limits of this network namespace", verbs,
};
