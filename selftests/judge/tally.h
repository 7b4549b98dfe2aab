/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a capture says about virtual addresses: who asked, who answered, who
 * announced. Pure: frames go in one by one, figures come out.
 *
 * Words
 * -----
 * request	an ARP request or a neighbour solicitation for the address, from
 *		someone who does not claim it
 * probe	a request whose sender address is 0.0.0.0 or ::
 * invalid	a solicitation that RFC 4861, section 7.1.1, has everyone drop:
 *		no request, so that an answer to it is unsolicited
 * answer	an ARP reply or a neighbour advertisement to someone who asked. A
 *		probe of IPv6 is answered to all nodes: within its life, the first
 *		such advertisement is its answer, and so is one of another MAC
 * life		of a request: from it until the same asker's next request for
 *		the same address, or one second
 * dual answer	a life in which two different MACs answered
 * told		of a request without an answer: within its life the address was
 *		announced, so that the asker has learned what it asked for
 * announcement	ARP: sender and target are both the address: op 1 is the request
 *		form, op 2 the reply form. IPv6: an advertisement to all nodes
 *		without the Solicited flag. An announcement is no answer
 * round	announcements of one MAC: ends where a form comes again
 * sourced	a request for something else whose sender is the address, or an
 *		advertisement of something else that comes from it
 * other source	an advertisement of the address, answer or announcement, whose
 *		IPv6 source is another
 * join, leave	a multicast listener report that names the address's
 *		solicited-node group
 */
#ifndef JUDGE_TALLY_H
#define JUDGE_TALLY_H

#include "icmp6.h"

#define NSEC_PER_SEC	INT64_C(1000000000)
#define NSEC_PER_MSEC	INT64_C(1000000)

/** A request lives no longer than this many nanoseconds. */
#define LIFE_NS		NSEC_PER_SEC

/**
 * struct tally_filter - what counts
 * @any_vip: every address, not only @vip
 * @vip: the one address
 * @any_client: every asker, not only @client
 * @client: the one asker
 * @any_announcer: announcements of everyone, not only of @announcer
 * @announcer: the one announcer
 * @since: requests and announcements from this time on, ns since 1970
 * @until: and before this time
 *
 * An answer counts where its request does, whenever it came.
 */
struct tally_filter {
	bool any_vip;
	struct ip vip;
	bool any_client;
	uint8_t client[MAC_LEN];
	bool any_announcer;
	uint8_t announcer[MAC_LEN];
	int64_t since;
	int64_t until;
};

/**
 * struct answerer - a run of answers from one MAC
 * @mac: whose
 * @first: time of the first answer
 * @last: time of the last answer
 * @answers: how many
 */
struct answerer {
	uint8_t mac[MAC_LEN];
	int64_t first;
	int64_t last;
	uint64_t answers;
};

/**
 * struct dual - two MACs answered one request
 * @request: time of the request
 * @time: time of the second MAC's answer
 * @asker: who had asked
 * @first: who answered first
 * @second: who answered too
 */
struct dual {
	int64_t request;
	int64_t time;
	uint8_t asker[MAC_LEN];
	uint8_t first[MAC_LEN];
	uint8_t second[MAC_LEN];
};

/**
 * struct announcement - one gratuitous frame
 * @time: when
 * @mac: whose
 * @form: FORM_REQUEST, FORM_REPLY or FORM_ND
 * @accepted: the form is whole: to everyone, and as a reply tha = sha (Linux
 *	takes no other reply as gratuitous); as an advertisement without a fault
 * @round: which round of its MAC it belongs to, from 0
 */
struct announcement {
	int64_t time;
	uint8_t mac[MAC_LEN];
	unsigned int form;
	bool accepted;
	size_t round;
};

/**
 * struct round - one MAC's announcements up to the first repeated form
 * @time: of its first frame
 * @mac: whose
 * @forms: the forms seen, FORM_... bits
 * @gap: nanoseconds since the start of the same MAC's round before, -1 for its
 *	first
 */
struct round {
	int64_t time;
	uint8_t mac[MAC_LEN];
	unsigned int forms;
	int64_t gap;
};

#define FORM_REQUEST	1U
#define FORM_REPLY	2U
#define FORM_ND		4U

/**
 * struct life - the last request of one asker for one address
 * @asker: who
 * @time: when
 * @sip: its address
 * @counts: passed the filter
 * @answered: someone answered
 * @dual: two did
 * @told: not answered so far, but the address was announced
 * @probe: it was a probe
 * @first: who answered first
 */
struct life {
	uint8_t asker[MAC_LEN];
	int64_t time;
	struct ip sip;
	bool counts;
	bool answered;
	bool dual;
	bool told;
	bool probe;
	uint8_t first[MAC_LEN];
};

/**
 * struct vip - the figures of one address
 * @address: which
 * @requests: requests, probes included
 * @invalid: solicitations that are none
 * @probes: how many of them were probes
 * @answered: requests answered at least once
 * @probes_answered: how many of them were probes
 * @told: requests not answered, but told
 * @open: neither answered nor told, and their life was not over when the capture ended
 * @replies: answers, also further ones to the same request
 * @unsolicited: answers outside any life
 * @malformed: answers that something is wrong with: by ARP, whose Ethernet and
 *	ARP addresses disagree
 * @faults: and how many of them had each FAULT_... bit
 * @routers: answers with the Router flag
 * @sourced: frames about something else with this address as sender
 * @other_source: answers and announcements that come from another address
 * @joins: reports of its solicited-node group
 * @leaves: reports that the group was left
 * @longest_gap: ns between two answers that follow each other
 * @first_answer: time of the first answer, 0 for none
 * @last_answer: time of the last answer, 0 for none
 */
struct vip {
	struct ip address;
	uint64_t requests;
	uint64_t invalid;
	uint64_t probes;
	uint64_t answered;
	uint64_t probes_answered;
	uint64_t told;
	uint64_t open;
	uint64_t replies;
	uint64_t unsolicited;
	uint64_t malformed;
	uint64_t faults[FAULTS];
	uint64_t routers;
	uint64_t sourced;
	uint64_t other_source;
	uint64_t joins;
	uint64_t leaves;
	int64_t longest_gap;
	int64_t first_answer;
	int64_t last_answer;
	struct answerer *answerers;
	size_t n_answerers;
	struct dual *duals;
	size_t n_duals;
	struct announcement *announcements;
	size_t n_announcements;
	struct round *rounds;
	size_t n_rounds;
	struct life *lives;
	size_t n_lives;
};

/**
 * struct tally - all addresses of a capture
 * @filter: what counts
 * @vips: in the order they were first seen
 * @n_vips: how many
 * @end: time of the last frame, of any kind
 */
struct tally {
	struct tally_filter filter;
	struct vip *vips;
	size_t n_vips;
	int64_t end;
};

void tally_init(struct tally *tally, const struct tally_filter *filter);
void tally_time(struct tally *tally, int64_t time);
void tally_frame(struct tally *tally, const struct frame *frame);
void tally_group(struct tally *tally, int64_t time, const struct ip *group,
		 bool joined);
void tally_end(struct tally *tally);
void tally_free(struct tally *tally);
uint64_t vip_unanswered(const struct vip *vip);

#endif /* JUDGE_TALLY_H */
