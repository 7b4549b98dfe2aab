/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One captured frame, taken apart: what an ARP frame or a neighbour discovery
 * message (RFC 4861) says, in the same words, and when it was seen.
 */
#ifndef JUDGE_FRAME_H
#define JUDGE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAC_LEN		6
#define MAC_TEXT	18
#define IP_TEXT		46	/* as INET6_ADDRSTRLEN */

/**
 * struct ip - an IPv4 or IPv6 address
 * @version: 4 or 6; 0 is no address
 * @bytes: as on the wire, 4 or 16 used; the others are zero
 */
struct ip {
	uint8_t version;
	uint8_t bytes[16];
};

/**
 * enum frame_op - what a frame is for
 * @FRAME_ASK: ARP request, neighbour solicitation
 * @FRAME_TELL: ARP reply, neighbour advertisement
 */
enum frame_op {
	FRAME_ASK = 1,
	FRAME_TELL,
};

/* What is wrong with a frame, a bit each. Of an ARP frame only the first. */
#define FAULT_LLADDR		(1U << 0)
#define FAULT_CHECKSUM		(1U << 1)
#define FAULT_HOP_LIMIT		(1U << 2)
#define FAULT_CODE		(1U << 3)
#define FAULT_OPTIONS		(1U << 4)
#define FAULT_SOURCE		(1U << 5)
#define FAULT_DESTINATION	(1U << 6)
#define FAULT_OVERRIDE		(1U << 7)
#define FAULT_SOLICITED		(1U << 8)
#define FAULTS			9

/**
 * struct frame - an IPv4-over-Ethernet ARP frame, or a neighbour
 *	solicitation (NS) or advertisement (NA)
 * @time: when it was captured, nanoseconds since 1970
 * @op: asks or tells
 * @sip: who is spoken of as the sender: ARP's sender, an NS's source, an NA's
 *	target
 * @tip: for whom it is: ARP's target, an NS's target, an NA's destination
 * @source: who it says it comes from: ARP's sender, the IPv6 source
 * @dst: Ethernet destination
 * @src: Ethernet source
 * @sha: sender hardware address; of an NS or NA its link-layer address option, or
 *	@src where it has none
 * @tha: target hardware address; of an NA @dst
 * @gratuitous: tells everyone of the sender, and answers nobody: sender and
 *	target are the same, an NA without the Solicited flag to a group
 * @router: an NA with the Router flag
 * @faults: FAULT_... bits
 */
struct frame {
	int64_t time;
	enum frame_op op;
	struct ip sip;
	struct ip tip;
	struct ip source;
	uint8_t dst[MAC_LEN];
	uint8_t src[MAC_LEN];
	uint8_t sha[MAC_LEN];
	uint8_t tha[MAC_LEN];
	bool gratuitous;
	bool router;
	unsigned int faults;
};

bool frame_parse(struct frame *frame, const uint8_t *data, size_t len,
		 int64_t time);
size_t frame_payload(const uint8_t *data, size_t len, uint16_t *type);
void mac_text(char text[MAC_TEXT], const uint8_t mac[MAC_LEN]);
bool mac_parse(uint8_t mac[MAC_LEN], const char *text);

bool ip_parse(struct ip *ip, const char *text);
void ip_text(char text[IP_TEXT], const struct ip *ip);
bool ip_same(const struct ip *a, const struct ip *b);
bool ip_is_none(const struct ip *ip);
bool ip_is_group(const struct ip *ip);

#endif /* JUDGE_FRAME_H */
