// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink messages from any bytes, walked as libnl walks what it receives, and
 * each given to every reader there is.
 */
#include <netlink/msg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/extack.h"
#include "lib/object.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_everything(struct nlmsghdr *nlh)
{
	struct l2a_settings settings;
	struct l2a_error err = { 0 };
	struct l2a_lease lease;
	struct l2a_stats stats;
	struct l2a_event event;
	struct l2a_vip vip;

	l2a_vip_read(nlh, &vip, &err);
	l2a_lease_read(nlh, &lease, &err);
	l2a_settings_read(nlh, &settings, &err);
	l2a_stats_read(nlh, &stats, &err);
	if (!l2a_event_read(nlh, &event, &err))
		(void)strlen(event.vip.ifname);
}

/* The verdict on the message that came before it. */
static void read_verdict(const struct nlmsghdr *nlh, size_t len,
			 const struct nlmsghdr *request)
{
	struct l2a_error err = { 0 };
	struct l2a_extack ack;

	if (l2a_extack_parse(nlh, len, &ack))
		return;
	if (ack.error)
		l2a_extack_describe(&ack, request, &err);
	if (memchr(err.text, '\n', strlen(err.text)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nlmsghdr *copy = malloc(size + !size);
	struct nlmsghdr *request = NULL;
	struct nlmsghdr *nlh = copy;
	int left = (int)size;

	memcpy(copy, data, size);
	/* What was cut short goes to the one reader that is told how much. */
	if (!nlmsg_ok(nlh, left))
		read_verdict(nlh, size, NULL);
	while (nlmsg_ok(nlh, left)) {
		read_everything(nlh);
		read_verdict(nlh, (size_t)left, request);
		request = nlh;
		nlh = nlmsg_next(nlh, &left);
	}
	free(copy);
	return 0;
}
