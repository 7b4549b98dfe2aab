// SPDX-License-Identifier: GPL-2.0
/*
 * What older kernels lack and is too long for compat.h.
 */
#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/netlink.h>
#include <linux/string.h>
#include "compat.h"

#ifndef NL_SET_ERR_MSG_FMT
/**
 * l2a_set_err_msg - say why a request is refused, naming something
 * @extack: where to
 * @fmt: as printf's
 *
 * All texts are of one length, filled up with spaces: netlink measures a text, makes
 * room for it, and must not find it longer because the ring came round meanwhile.
 * Process context.
 */
void l2a_set_err_msg(struct netlink_ext_ack *extack, const char *fmt, ...)
{
	static char ring[64][80];
	static atomic_t next = ATOMIC_INIT(0);
	char text[sizeof(ring[0])];
	va_list args;
	char *slot;
	int len;

	va_start(args, fmt);
	len = vscnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	memset(text + len, ' ', sizeof(text) - len);
	slot = ring[(unsigned int)atomic_inc_return(&next) % ARRAY_SIZE(ring)];
	/* The end of each stays as it was from the start. */
	memcpy(slot, text, sizeof(text) - 1);
	if (extack)
		extack->_msg = slot;
}
#endif
