/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The election, as a model: renewing, fencing, claiming and handing over of one
 * service between two nodes, with clocks. spin explores every interleaving and
 * asserts that at most one node answers (I1) and, where a claim is written, that its
 * token is greater than all before it (I2). A claim is two steps: it is made of what
 * was seen, token and all, and written by a put_if, where that is what is there.
 *
 * Time is counted in ticks by one process, which lets a tick pass whenever it
 * likes: so a node may be frozen for any while, and an answer of the store may
 * take any time to arrive. Only differences of time are kept, up to what matters,
 * so that the states are finite. What the code knows by versions the model knows by
 * flags: whether a record is still what its node wrote, and what the other saw. What
 * a put_if compares with may be written over while it is on its way: then it will be
 * refused, which for a claim is told by doing away with it there and then.
 *
 * How it maps onto the code
 *   send, answer   ctl/l2announced/member.c: put_own() counts the lease from when
 *                  the renewal is sent; renewed() sets it when the store says yes
 *   look           view.c: a record seen to change begins the duration anew
 *   fence          fence.c: consider(): put_if of "fenced", where nothing was seen
 *                  to change for the duration
 *   claim          claim.c: claim(): the token seen and one more, in a put_if of the
 *                  version seen; where it took effect the activation, which names
 *                  the incarnation. Refused, or lost on the way, it is forgotten
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
 *   -DCLAIM_BLIND      a claim is written whatever the version (by I2)
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
mtype = { NONE, CLAIM, CLAIMED };
mtype op[2] = NONE;	/* a claim is on its way; it was written, and the activation is */
byte claim_inc[2];
byte claim_token[2];
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

inline forget_claim(i)
{
	op[i] = NONE; claim_inc[i] = 0; claim_token[i] = 0
}

/* A claim on its way was made of another version. */
inline outdate(i)
{
	if
#ifndef CLAIM_BLIND
	:: op[i] == CLAIM -> forget_claim(i)
#endif
	:: else -> skip
	fi
}

inline write_holder(n, inc)
{
	holder = n; holder_inc = inc;
	outdate(0);
	outdate(1)
}

/* Node n's record is another version now: whoever watched it begins anew. */
inline node_changed(n, observer)
{
	current[n] = false;
#ifndef FENCE_BLIND
	unchanged[observer] = 0
#endif
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

	do
	/* A first life, or one after a fence: its first renewal is its join. */
	:: d_step { !sent[i] && !member[i] && own_inc[i] < MOST &&
		    (incarnation[i] == 0 || fenced[i]) ->
		own_inc[i]++; mine[i] = true;
		sent[i] = true; written[i] = false; since_sent[i] = 0 }

	/* Renew. */
	:: d_step { !sent[i] && member[i] ->
		sent[i] = true; written[i] = false; since_sent[i] = 0;
#ifdef RENEW_EARLY
		kernel_renew(i, own_inc[i], DURATION - MARGIN);
#endif
		check() }

	/* The store writes it, where the record is what this node wrote last. */
	:: d_step { sent[i] && !written[i] && mine[i] ->
		incarnation[i] = own_inc[i]; fenced[i] = false;
		node_changed(i, o); written[i] = true }

	/* The store's yes arrives: the lease counts from when it was asked. */
	:: d_step { sent[i] && written[i] ->
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
	:: d_step { sent[i] && !written[i] && !mine[i] ->
		sent[i] = false; member[i] = false; since_sent[i] = 0;
		serving[i] = false; lease[i] = 0 }

	/* The process finds itself fenced, or is another since: as above. */
	:: d_step { !sent[i] && member[i] && fenced[i] ->
		member[i] = false; serving[i] = false; lease[i] = 0 }

	/* Look at the other's record. */
	:: d_step { !current[o] -> current[o] = true; unchanged[i] = 0 }

	/* Fence it, where it was not seen to change for its duration. */
	:: d_step { member[i] && incarnation[o] > 0 && !fenced[o] &&
#ifndef FENCE_BLIND
		    current[o] &&
#endif
		    unchanged[i] >= WAIT ->
		fenced[o] = true; mine[o] = false; current[o] = true; unchanged[i] = 0 }

	/* Claim what is free, or was held by an incarnation that is over. */
	:: d_step { member[i] && op[i] == NONE && token < MOST && lease[i] > 0 &&
		    (holder == NOBODY ||
		     (holder == o && (fenced[o] || incarnation[o] != holder_inc)) ||
		     (holder == i && holder_inc != own_inc[i])) ->
		op[i] = CLAIM; claim_inc[i] = own_inc[i];
		claim_token[i] = token + 1 }

	/* The store writes it. */
	:: d_step { op[i] == CLAIM ->
		assert(claim_token[i] > token);
		token = claim_token[i]; claim_token[i] = 0;
		op[i] = CLAIMED;
		write_holder(i, claim_inc[i]) }

	/* Lost. */
	:: d_step { op[i] == CLAIM -> forget_claim(i) }

	/* The activation, however late, names the incarnation that claimed. */
	:: d_step { op[i] == CLAIMED ->
		kernel_activate(i, claim_inc[i]);
		forget_claim(i);
		check() }

	/* Hand over: silent first, then the record is freed. */
	:: d_step { member[i] && op[i] == NONE && holder == i &&
		    holder_inc == own_inc[i] && serving[i] ->
#ifndef RELEASE_LOUD
		serving[i] = false
#endif
	   };
	   d_step {
		if
		:: holder == i && holder_inc == own_inc[i] ->
			write_holder(NOBODY, 0)
		:: else -> skip
		fi };
#ifdef RELEASE_LOUD
	   serving[i] = false
#endif
	od
}

#ifdef FENCE_BLIND
#define COUNTS(i, o)	true
#else
#define COUNTS(i, o)	(current[o] && !fenced[o])
#endif

/* A tick for everybody: leases run down, observers count up. */
inline tick(i, o)
{
	if
	:: lease[i] > 0 -> lease[i]--
	:: else -> skip
	fi;
	if
	:: COUNTS(i, o) && unchanged[i] < DURATION -> unchanged[i]++
	:: else -> skip
	fi;
	if
	:: sent[i] && since_sent[i] < DURATION - MARGIN -> since_sent[i]++
	:: else -> skip
	fi
}

proctype clock()
{
	do
	:: d_step { tick(0, 1); tick(1, 0) }
	od
}

init
{
	atomic { run node(0); run node(1); run clock() }
}
