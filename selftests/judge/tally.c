// SPDX-License-Identifier: GPL-2.0
/*
 * Counting: frames in, figures out. The words are explained in tally.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tally.h"

/* One more element at the end of an array; growing by one is enough here. */
static void *append(void **array, size_t *count, size_t size)
{
	char *grown = realloc(*array, (*count + 1) * size);

	if (!grown) {
		fprintf(stderr, "l2judge: out of memory\n");
		exit(2);
	}
	*array = grown;
	grown += *count * size;
	memset(grown, 0, size);
	(*count)++;
	return grown;
}

#define APPEND(array, count) \
	append((void **)&(array), &(count), sizeof(*(array)))

static bool same_mac(const uint8_t *a, const uint8_t *b)
{
	return memcmp(a, b, MAC_LEN) == 0;
}

static struct vip *find_vip(struct tally *tally, const struct ip *address)
{
	struct vip *vip;
	size_t i;

	for (i = 0; i < tally->n_vips; i++)
		if (ip_same(&tally->vips[i].address, address))
			return &tally->vips[i];
	if (!tally->filter.any_vip && !ip_same(&tally->filter.vip, address))
		return NULL;
	vip = APPEND(tally->vips, tally->n_vips);
	vip->address = *address;
	return vip;
}

/* An address nobody asked for may still be answered or announced, but the
 * sender of any old request is no VIP: look only, do not add.
 */
static struct vip *known_vip(struct tally *tally, const struct ip *address)
{
	size_t i;

	for (i = 0; i < tally->n_vips; i++)
		if (ip_same(&tally->vips[i].address, address))
			return &tally->vips[i];
	return NULL;
}

static struct life *find_life(struct vip *vip, const uint8_t *asker)
{
	size_t i;

	for (i = 0; i < vip->n_lives; i++)
		if (same_mac(vip->lives[i].asker, asker))
			return &vip->lives[i];
	return NULL;
}

static bool in_window(const struct tally *tally, int64_t time)
{
	return time >= tally->filter.since && time < tally->filter.until;
}

static bool is_client(const struct tally *tally, const uint8_t *mac)
{
	return tally->filter.any_client ||
	       same_mac(tally->filter.client, mac);
}

static void count_request(struct tally *tally, struct vip *vip,
			  const struct frame *frame)
{
	struct life *life;

	if (frame->tip.version == 6 && frame->faults) {
		vip->invalid += in_window(tally, frame->time);
		return;
	}
	life = find_life(vip, frame->sha);
	if (!life)
		life = APPEND(vip->lives, vip->n_lives);
	memset(life, 0, sizeof(*life));
	memcpy(life->asker, frame->sha, MAC_LEN);
	life->time = frame->time;
	life->sip = frame->sip;
	life->probe = ip_is_none(&frame->sip);
	life->counts = in_window(tally, frame->time) &&
		       is_client(tally, frame->sha);
	if (!life->counts)
		return;
	vip->requests++;
	vip->probes += life->probe;
}

/* The sequence of MACs that answer: a run for as long as it is the same one. */
static void count_answerer(struct vip *vip, const struct frame *frame)
{
	struct answerer *run = NULL;

	if (vip->n_answerers)
		run = &vip->answerers[vip->n_answerers - 1];
	if (!run || !same_mac(run->mac, frame->sha)) {
		run = APPEND(vip->answerers, vip->n_answerers);
		memcpy(run->mac, frame->sha, MAC_LEN);
		run->first = frame->time;
	}
	run->last = frame->time;
	run->answers++;
}

static void count_dual(struct vip *vip, struct life *life,
		       const struct frame *frame)
{
	struct dual *dual;

	if (life->dual || same_mac(life->first, frame->sha))
		return;
	life->dual = true;
	dual = APPEND(vip->duals, vip->n_duals);
	dual->request = life->time;
	dual->time = frame->time;
	memcpy(dual->asker, life->asker, MAC_LEN);
	memcpy(dual->first, life->first, MAC_LEN);
	memcpy(dual->second, frame->sha, MAC_LEN);
}

static bool for_all_nodes(const struct frame *frame)
{
	static const uint8_t all[MAC_LEN] = { 0x33, 0x33, 0, 0, 0, 1 };
	static const struct ip group = {
		.version = 6, .bytes = { 0xff, 2, [15] = 1 },
	};

	return same_mac(frame->dst, all) && ip_same(&frame->tip, &group);
}

/* RFC 4861, section 7.2.4: to whoever asked, and to all where it has no address. */
static bool to_asker(const struct life *life, const struct frame *frame)
{
	if (frame->tip.version != 6)
		return true;
	return life->probe ? for_all_nodes(frame) :
			     ip_same(&frame->tip, &life->sip);
}

static void count_faults(struct vip *vip, const struct frame *frame,
			 const struct life *life)
{
	unsigned int faults = frame->faults;
	int i;

	if (life && !to_asker(life, frame))
		faults |= FAULT_DESTINATION;
	vip->malformed += faults != 0;
	for (i = 0; i < FAULTS; i++)
		vip->faults[i] += faults >> i & 1;
	vip->routers += frame->router;
}

/* Allowed, but where every advertisement is to come from its target it is wrong. */
static void count_source(struct vip *vip, const struct frame *frame)
{
	vip->other_source += !ip_same(&frame->source, &frame->sip);
}

static void count_life(struct vip *vip, struct life *life,
		       const struct frame *frame)
{
	if (life->answered) {
		count_dual(vip, life, frame);
		return;
	}
	if (life->told) {
		life->told = false;
		vip->told--;
	}
	life->answered = true;
	memcpy(life->first, frame->sha, MAC_LEN);
	vip->answered++;
	vip->probes_answered += life->probe;
}

/* @life is the request that it answers, NULL where there is none. */
static void count_answer(struct tally *tally, struct vip *vip,
			 struct life *life, const struct frame *frame)
{
	if (life ? !life->counts : !in_window(tally, frame->time) ||
				   !is_client(tally, frame->tha))
		return;

	vip->replies++;
	count_faults(vip, frame, life);
	count_source(vip, frame);
	if (!vip->first_answer)
		vip->first_answer = frame->time;
	else if (frame->time - vip->last_answer > vip->longest_gap)
		vip->longest_gap = frame->time - vip->last_answer;
	vip->last_answer = frame->time;
	count_answerer(vip, frame);
	if (life)
		count_life(vip, life, frame);
	else
		vip->unsolicited++;
}

static bool alive(const struct life *life, int64_t time)
{
	return time - life->time <= LIFE_NS;
}

static struct life *life_answered(struct vip *vip, const struct frame *frame)
{
	struct life *life = find_life(vip, frame->tha);

	return life && alive(life, frame->time) ? life : NULL;
}

/* The probe that an advertisement to all nodes answers, by tally.h's rule. */
static struct life *probe_answered(struct vip *vip, const struct frame *frame)
{
	size_t i;

	if (frame->tip.version != 6)
		return NULL;
	for (i = 0; i < vip->n_lives; i++) {
		struct life *life = &vip->lives[i];

		if (life->probe && alive(life, frame->time) &&
		    (!life->answered || !same_mac(life->first, frame->sha)))
			return life;
	}
	return NULL;
}

static bool for_everyone(const struct frame *frame)
{
	static const uint8_t all[MAC_LEN] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff
	};

	return same_mac(frame->dst, all) && same_mac(frame->src, frame->sha);
}

static size_t find_round(struct vip *vip, const struct frame *frame,
			 unsigned int form)
{
	struct round *round;
	int64_t gap = -1;
	size_t i;

	for (i = vip->n_rounds; i-- > 0;) {
		round = &vip->rounds[i];
		if (!same_mac(round->mac, frame->sha))
			continue;
		if (!(round->forms & form)) {
			round->forms |= form;
			return i;
		}
		gap = frame->time - round->time;
		break;
	}
	round = APPEND(vip->rounds, vip->n_rounds);
	round->time = frame->time;
	memcpy(round->mac, frame->sha, MAC_LEN);
	round->forms = form;
	round->gap = gap;
	return vip->n_rounds - 1;
}

/* Whoever waits for an answer learns from an announcement too. */
static void tell_askers(struct vip *vip, const struct frame *frame)
{
	size_t i;

	for (i = 0; i < vip->n_lives; i++) {
		struct life *life = &vip->lives[i];

		if (!life->counts || life->answered || life->told ||
		    !alive(life, frame->time))
			continue;
		life->told = true;
		vip->told++;
	}
}

static unsigned int form_of(const struct frame *frame)
{
	if (frame->sip.version == 6)
		return FORM_ND;
	return frame->op == FRAME_TELL ? FORM_REPLY : FORM_REQUEST;
}

static bool is_accepted(const struct frame *frame, unsigned int form)
{
	switch (form) {
	case FORM_ND:
		return for_all_nodes(frame) && !frame->faults;
	case FORM_REPLY:
		return for_everyone(frame) &&
		       same_mac(frame->tha, frame->sha);
	default:
		return for_everyone(frame);
	}
}

static void count_announcement(struct tally *tally, struct vip *vip,
			       const struct frame *frame)
{
	struct announcement *entry;

	tell_askers(vip, frame);
	if (!in_window(tally, frame->time))
		return;
	if (!tally->filter.any_announcer &&
	    !same_mac(tally->filter.announcer, frame->sha))
		return;
	count_source(vip, frame);
	entry = APPEND(vip->announcements, vip->n_announcements);
	entry->time = frame->time;
	memcpy(entry->mac, frame->sha, MAC_LEN);
	entry->form = form_of(frame);
	entry->accepted = is_accepted(frame, entry->form);
	entry->round = find_round(vip, frame, entry->form);
}

/* Sent from the address, but about another: caches may learn it all the same. */
static void count_sourced(struct tally *tally, const struct frame *frame)
{
	const struct ip *about = frame->op == FRAME_ASK ? &frame->tip :
							  &frame->sip;
	struct vip *vip = known_vip(tally, &frame->source);

	if (vip && !ip_same(&frame->source, about) &&
	    in_window(tally, frame->time))
		vip->sourced++;
}

static void count_told(struct tally *tally, const struct frame *frame)
{
	struct vip *vip = find_vip(tally, &frame->sip);
	struct life *life;

	if (!vip)
		return;
	if (!frame->gratuitous) {
		count_answer(tally, vip, life_answered(vip, frame), frame);
		return;
	}
	life = probe_answered(vip, frame);
	if (life)
		count_answer(tally, vip, life, frame);
	else
		count_announcement(tally, vip, frame);
}

/**
 * tally_init() - start with nothing seen
 * @tally: set up
 * @filter: what counts; its one address, if it names one, has figures from the
 *	start, also when the capture never mentions it
 */
void tally_init(struct tally *tally, const struct tally_filter *filter)
{
	memset(tally, 0, sizeof(*tally));
	tally->filter = *filter;
	if (!filter->any_vip)
		find_vip(tally, &filter->vip);
}

/**
 * tally_time() - the capture has reached a time, whatever was captured
 * @tally: the figures
 * @time: ns since 1970
 */
void tally_time(struct tally *tally, int64_t time)
{
	if (time > tally->end)
		tally->end = time;
}

/**
 * tally_frame() - one more frame
 * @tally: the figures
 * @frame: what it says
 */
void tally_frame(struct tally *tally, const struct frame *frame)
{
	struct vip *vip;

	tally_time(tally, frame->time);
	if (frame->op == FRAME_TELL || frame->gratuitous) {
		count_told(tally, frame);
	} else {
		vip = find_vip(tally, &frame->tip);
		if (vip)
			count_request(tally, vip, frame);
	}
	count_sourced(tally, frame);
}

/**
 * tally_group() - one more group that a multicast listener report names
 * @tally: the figures
 * @time: when, ns since 1970
 * @group: which
 * @joined: it is listened to, else it was left
 */
void tally_group(struct tally *tally, int64_t time, const struct ip *group,
		 bool joined)
{
	size_t i;

	if (!in_window(tally, time))
		return;
	for (i = 0; i < tally->n_vips; i++) {
		struct vip *vip = &tally->vips[i];

		if (!ip_solicited_group(group, &vip->address))
			continue;
		if (joined)
			vip->joins++;
		else
			vip->leaves++;
	}
}

/**
 * tally_end() - no more frames: requests whose life was not over are open
 * @tally: the figures
 */
void tally_end(struct tally *tally)
{
	size_t i, j;

	for (i = 0; i < tally->n_vips; i++) {
		struct vip *vip = &tally->vips[i];

		for (j = 0; j < vip->n_lives; j++) {
			const struct life *life = &vip->lives[j];

			if (life->counts && !life->answered && !life->told &&
			    tally->end - life->time < LIFE_NS)
				vip->open++;
		}
	}
}

/**
 * tally_free() - forget everything
 * @tally: the figures
 */
void tally_free(struct tally *tally)
{
	size_t i;

	for (i = 0; i < tally->n_vips; i++) {
		free(tally->vips[i].answerers);
		free(tally->vips[i].duals);
		free(tally->vips[i].announcements);
		free(tally->vips[i].rounds);
		free(tally->vips[i].lives);
	}
	free(tally->vips);
}

/**
 * vip_unanswered() - requests whose life ended without an answer
 * @vip: whose
 *
 * Return: how many; valid after tally_end().
 */
uint64_t vip_unanswered(const struct vip *vip)
{
	return vip->requests - vip->answered - vip->open;
}
