/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One captured frame, taken apart: what an ARP frame says, and when it was seen.
 */
#ifndef JUDGE_FRAME_H
#define JUDGE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAC_LEN		6
#define MAC_TEXT	18

#define ARP_REQUEST	1
#define ARP_REPLY	2

/**
 * struct frame - an IPv4-over-Ethernet ARP frame
 * @time: when it was captured, nanoseconds since 1970
 * @op: ARP_REQUEST, ARP_REPLY or what else the frame says
 * @sip: sender address, host byte order
 * @tip: target address, host byte order
 * @dst: Ethernet destination
 * @src: Ethernet source
 * @sha: sender hardware address
 * @tha: target hardware address
 */
struct frame {
	int64_t time;
	uint16_t op;
	uint32_t sip;
	uint32_t tip;
	uint8_t dst[MAC_LEN];
	uint8_t src[MAC_LEN];
	uint8_t sha[MAC_LEN];
	uint8_t tha[MAC_LEN];
};

bool frame_parse(struct frame *frame, const uint8_t *data, size_t len,
		 int64_t time);
void mac_text(char text[MAC_TEXT], const uint8_t mac[MAC_LEN]);
bool mac_parse(uint8_t mac[MAC_LEN], const char *text);

#endif /* JUDGE_FRAME_H */
