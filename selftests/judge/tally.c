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

static struct vip *find_vip(struct tally *tally, uint32_t address)
{
	struct vip *vip;
	size_t i;

	for (i = 0; i < tally->n_vips; i++)
		if (tally->vips[i].address == address)
			return &tally->vips[i];
	if (!tally->filter.any_vip && tally->filter.vip != address)
		return NULL;
	vip = APPEND(tally->vips, tally->n_vips);
	vip->address = address;
	return vip;
}

/* An address nobody asked for may still be answered or announced, but the
 * sender of any old request is no VIP: look only, do not add.
 */
static struct vip *known_vip(struct tally *tally, uint32_t address)
{
	size_t i;

	for (i = 0; i < tally->n_vips; i++)
		if (tally->vips[i].address == address)
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
	struct life *life = find_life(vip, frame->sha);

	if (!life)
		life = APPEND(vip->lives, vip->n_lives);
	memset(life, 0, sizeof(*life));
	memcpy(life->asker, frame->sha, MAC_LEN);
	life->time = frame->time;
	life->probe = frame->sip == 0;
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

static void count_answer(struct tally *tally, struct vip *vip,
			 const struct frame *frame)
{
	struct life *life = find_life(vip, frame->tha);

	if (life && frame->time - life->time > LIFE_NS)
		life = NULL;
	if (life ? !life->counts : !in_window(tally, frame->time) ||
				   !is_client(tally, frame->tha))
		return;

	vip->replies++;
	if (!same_mac(frame->src, frame->sha) ||
	    !same_mac(frame->dst, frame->tha))
		vip->malformed++;
	if (!vip->first_answer)
		vip->first_answer = frame->time;
	else if (frame->time - vip->last_answer > vip->longest_gap)
		vip->longest_gap = frame->time - vip->last_answer;
	vip->last_answer = frame->time;
	count_answerer(vip, frame);

	if (!life) {
		vip->unsolicited++;
		return;
	}
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
		    frame->time - life->time > LIFE_NS)
			continue;
		life->told = true;
		vip->told++;
	}
}

static void count_announcement(struct tally *tally, struct vip *vip,
			       const struct frame *frame)
{
	bool reply = frame->op == ARP_REPLY;
	struct announcement *entry;

	tell_askers(vip, frame);
	if (!in_window(tally, frame->time))
		return;
	if (!tally->filter.any_announcer &&
	    !same_mac(tally->filter.announcer, frame->sha))
		return;
	entry = APPEND(vip->announcements, vip->n_announcements);
	entry->time = frame->time;
	memcpy(entry->mac, frame->sha, MAC_LEN);
	entry->op = frame->op;
	entry->accepted = for_everyone(frame) &&
			  (!reply || same_mac(frame->tha, frame->sha));
	entry->round = find_round(vip, frame,
				  reply ? FORM_REPLY : FORM_REQUEST);
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
		find_vip(tally, filter->vip);
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
 * tally_frame() - one more ARP frame
 * @tally: the figures
 * @frame: what it says
 */
void tally_frame(struct tally *tally, const struct frame *frame)
{
	struct vip *vip;

	tally_time(tally, frame->time);
	if (frame->op != ARP_REQUEST && frame->op != ARP_REPLY)
		return;
	if (frame->sip == frame->tip) {
		vip = find_vip(tally, frame->sip);
		if (vip)
			count_announcement(tally, vip, frame);
		return;
	}
	if (frame->op == ARP_REPLY) {
		vip = find_vip(tally, frame->sip);
		if (vip)
			count_answer(tally, vip, frame);
		return;
	}
	vip = find_vip(tally, frame->tip);
	if (vip)
		count_request(tally, vip, frame);
	vip = known_vip(tally, frame->sip);
	if (vip && in_window(tally, frame->time))
		vip->sourced++;
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
