/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The election, as a model: renewing, fencing, claiming and handing over of one
 * service between two nodes, with clocks. spin explores every interleaving and
 * asserts that at most one node answers (I1) and that tokens grow (I2).
 *
 * Time is counted in ticks by one process, which lets a tick pass whenever it
 * likes: so a node may be frozen for any while, and an answer of the store may
 * take any time to arrive. Only differences of time are kept, up to what matters,
 * so that the states are finite. What the code knows by versions the model knows by
 * two flags: whether a record is still what its node wrote, and what the other saw.
 *
 * How it maps onto the code
 *   send, answer   ctl/l2announced/member.c: put_own() counts the lease from when
 *                  the renewal is sent; renewed() sets it when the store says yes
 *   look           view.c: a record seen to change begins the duration anew
 *   fence          fence.c: consider(): put_if of "fenced", where nothing was seen
 *                  to change for the duration
 *   claim          claim.c: claim(): put_if of the holder record, then the
 *                  activation, which names the incarnation
 *   release        claim.c: silent first, then the record is freed
 *   kernel         kmod/lease.c: a newer incarnation's renewal ends the term of
 *                  the older; kmod/term.h: the deadline is compared for each
 *                  request
 *
 * Not in it: drift (the margin covers it, selftests/sim has it), more than one
 * service, and the choice of who should hold (assign.c).
 *
 * Each of these takes one rule away, and must be found:
 *   -DFENCE_EARLY      the observer waits less than the duration
 *   -DRENEW_EARLY      the kernel is renewed before the store's yes
 *   -DFENCE_BLIND      fencing what is not what was seen
 *   -DNO_TOKEN         an activation does not name its incarnation
 *   -DRELEASE_LOUD     the record is freed before the kernel is silent
 */

#define DURATION	3
#define MARGIN		1
#define MOST		2	/* incarnations of a node, and tokens: bounds the search */

#ifdef FENCE_EARLY
#define WAIT		(DURATION - MARGIN - 1)
#else
#define WAIT		DURATION
#endif

#define NOBODY		2

/* The store: the records node/0, node/1 and the service's holder. */
byte incarnation[2];
bool fenced[2];
byte holder = NOBODY;
byte holder_inc;
byte token;

/* Of the record node/i: it is what node i wrote last, what the other saw last. */
bool mine[2];
bool current[2];

/* The kernels: ticks left of the lease, and what was activated. */
byte lease[2];
byte lease_inc[2];
bool serving[2];
byte serving_inc[2];

/* The controllers. */
byte own_inc[2];
bool member[2];
bool sent[2];		/* a renewal is on its way */
bool written[2];	/* and has been written */
byte since_sent[2];	/* ticks since it was sent */
bool claimed[2];	/* a claim was written, its activation is on its way */
byte claim_inc[2];
byte unchanged[2];	/* ticks since the other's record was seen to change */

#ifdef NO_TOKEN
#define SAME(x, y)	true
#else
#define SAME(x, y)	((x) == (y))
#endif
#define ANSWERS(i)	(serving[i] && lease[i] > 0 && SAME(serving_inc[i], lease_inc[i]))

inline check()
{
	assert(!(ANSWERS(0) && ANSWERS(1)))
}

/* A newer incarnation begins a new term. An older one, which the kernel refuses, never asks. */
inline kernel_renew(i, inc, left)
{
	assert(inc >= lease_inc[i]);
	lease_inc[i] = inc;
	lease[i] = left
}

/* Refused where the lease has another token than the activation names. */
inline kernel_activate(i, inc)
{
	if
	:: SAME(inc, lease_inc[i]) ->
		serving[i] = true; serving_inc[i] = inc
	:: else -> skip
	fi
}

proctype node(byte i)
{
	byte o = 1 - i;
	byte last = 0;

	do
	/* A first life, or one after a fence: its first renewal is its join. */
	:: atomic { !sent[i] && !member[i] && own_inc[i] < MOST &&
		    (incarnation[i] == 0 || fenced[i]) ->
		own_inc[i]++; mine[i] = true;
		sent[i] = true; written[i] = false; since_sent[i] = 0 }

	/* Renew. */
	:: atomic { !sent[i] && member[i] ->
		sent[i] = true; written[i] = false; since_sent[i] = 0;
#ifdef RENEW_EARLY
		kernel_renew(i, own_inc[i], DURATION - MARGIN);
#endif
		check() }

	/* The store writes it, where the record is what this node wrote last. */
	:: atomic { sent[i] && !written[i] && mine[i] ->
		incarnation[i] = own_inc[i]; fenced[i] = false;
		current[i] = false; written[i] = true }

	/* The store's yes arrives: the lease counts from when it was asked. */
	:: atomic { sent[i] && written[i] ->
		sent[i] = false; member[i] = true;
		if
		:: since_sent[i] < DURATION - MARGIN ->
			kernel_renew(i, own_inc[i],
				     DURATION - MARGIN - since_sent[i])
		:: else -> skip
		fi;
		since_sent[i] = 0;
		check() }

	/* The store's no: this incarnation is over, its VIPs are dropped. */
	:: atomic { sent[i] && !written[i] && !mine[i] ->
		sent[i] = false; member[i] = false; since_sent[i] = 0;
		serving[i] = false; lease[i] = 0 }

	/* The process finds itself fenced, or is another since: as above. */
	:: atomic { !sent[i] && member[i] && fenced[i] ->
		member[i] = false; serving[i] = false; lease[i] = 0 }

	/* Look at the other's record. */
	:: atomic { !current[o] -> current[o] = true; unchanged[i] = 0 }

	/* Fence it, where it was not seen to change for its duration. */
	:: atomic { member[i] && incarnation[o] > 0 && !fenced[o] &&
#ifndef FENCE_BLIND
		    current[o] &&
#endif
		    unchanged[i] >= WAIT ->
		fenced[o] = true; mine[o] = false; current[o] = true }

	/* Claim what is free, or was held by an incarnation that is over. */
	:: atomic { member[i] && !claimed[i] && token < MOST && lease[i] > 0 &&
		    (holder == NOBODY ||
		     (holder == o && (fenced[o] || incarnation[o] != holder_inc)) ||
		     (holder == i && holder_inc != own_inc[i])) ->
		token++;
		assert(token > last);
		last = token;
		holder = i; holder_inc = own_inc[i];
		claimed[i] = true; claim_inc[i] = own_inc[i] }

	/* The activation, however late, names the incarnation that claimed. */
	:: atomic { claimed[i] ->
		kernel_activate(i, claim_inc[i]);
		claimed[i] = false; claim_inc[i] = 0;
		check() }

	/* Hand over: silent first, then the record is freed. */
	:: atomic { member[i] && !claimed[i] && holder == i &&
		    holder_inc == own_inc[i] && serving[i] ->
#ifndef RELEASE_LOUD
		serving[i] = false
#endif
	   };
	   atomic {
		if
		:: holder == i && holder_inc == own_inc[i] ->
			holder = NOBODY; holder_inc = 0
		:: else -> skip
		fi };
#ifdef RELEASE_LOUD
	   serving[i] = false
#endif
	od
}

/* A tick for everybody: leases run down, observers count up. */
inline tick(i)
{
	if
	:: lease[i] > 0 -> lease[i]--
	:: else -> skip
	fi;
	if
	:: unchanged[i] < DURATION -> unchanged[i]++
	:: else -> skip
	fi;
	if
	:: sent[i] && since_sent[i] < DURATION -> since_sent[i]++
	:: else -> skip
	fi
}

proctype clock()
{
	do
	:: atomic { tick(0); tick(1) }
	od
}

init
{
	atomic { run node(0); run node(1); run clock() }
}
