/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The election with its versions, views and drifting clocks: renewing, fencing,
 * claiming and handing over of one service between two nodes. spin explores every
 * interleaving and asserts that at most one node answers (I1) and, where a claim is
 * written, that its token is greater than all before it (I2).
 *
 * Time is counted in ticks, and the clock lets a tick pass whenever it likes. So
 * a node may freeze and wake after any while, and what is on its way to or from
 * the store, or to the kernel, may take any time or be lost. The two nodes'
 * clocks tick in turn: over any while they differ by up to one tick, which is
 * what the margin is there for. Only durations are kept, up to what matters.
 *
 * Versions are only ever compared with the record's present one, so each place
 * that knows a version is one flag: is it still the present one? Every write
 * clears the flags of all others, and a put_if whose flag is cleared is refused.
 * The states are finite by that and by two bounds: incarnations of a node, and
 * claims. Within them the search leaves out nothing.
 *
 * How it maps onto the code (ctl/l2announced unless a folder is named)
 *   join        member.c: join_anew(): a new incarnation, put as the first renewal
 *   renew       member.c: put_own(): the lease counts from now
 *   written, stray
 *               the store's put_if of it; a stray one was given up for lost by
 *               its sender, who has sent another since
 *   yes         member.c: renewed(), set_lease()
 *   lost, refused, read
 *               member.c: member_put_done() with EL_UNKNOWN or EL_CONFLICT, then
 *               member_got(): ours and as sent, ours but older, unchanged, or
 *               overtaken
 *   fenced      member.c: member_seen(), overtaken(), stand_down()
 *   look        view.c: view_take_item(); a record seen to change begins the
 *               duration anew, the holder as seen may be out of date at once
 *   fence       fence.c: consider(), put_if of the version seen
 *   claim, release, give, took effect, holder lost, read again
 *               claim.c: claim(), release(), give(), claim_done(), took_effect()
 *   activate, fall silent
 *               claim.c: tell_kernel(), bar()
 *   kernel      kmod/lease.c: a newer incarnation ends what the older activated;
 *               kmod/term.h: an activation names its incarnation, and what
 *               answers is compared with the deadline for each request
 *
 * Wider than the code, where that only adds behaviours: a node may judge others
 * with its own lease run out, hand over at any moment, and knows at once which
 * incarnations are over. A crash for good is a freeze without end. Not in it:
 * a process that takes up its predecessor's incarnation, suspend, services that
 * share a VIP, who should hold (assign.c): selftests/sim has those.
 *
 * The room that check explores whole: a duration of 2 ticks, one incarnation of each
 * node, three claims or gifts, answers late but not lost. election.pml beside this has more
 * incarnations, and with them the token. -DMOST=2, -DLOST_RENEWALS=true and
 * -DLOST_CLAIMS=true make this room larger, for a machine with the time.
 *
 * Each of these takes one rule away, and must be found:
 *   -DNO_MARGIN        the lease lasts the whole duration
 *   -DFENCE_EARLY      the observer waits one tick less than the duration
 *   -DFENCE_BLIND      fencing a version that was not the one seen
 *   -DRENEW_EARLY      the kernel is renewed before the store's yes
 *   -DRENEW_LATE       the lease counts from the yes, not from the sending
 *   -DCLAIM_BLIND      a claim is written whatever the version (by I2)
 *   -DRELEASE_LOUD     the record is let go before the kernel is silent
 *   -DSTALE_VIEW       a record known before falling silent may activate again
 *   -DANY_ORDER        the kernel may be told of silence before an activation
 */

#ifndef DURATION
#define DURATION	2
#endif
#ifndef MOST
#define MOST		1	/* incarnations of node 0; node 1 has one */
#endif
#ifndef CLAIMS
#define CLAIMS		3
#endif
#ifndef LOST_RENEWALS
#define LOST_RENEWALS	false
#endif
#ifndef LOST_CLAIMS
#define LOST_CLAIMS	false
#endif

#ifdef NO_MARGIN
#define LEASE		DURATION
#else
#define LEASE		(DURATION - 1)
#endif
#ifdef FENCE_EARLY
#define WAIT		(DURATION - 1)
#else
#define WAIT		DURATION
#endif
#ifdef FENCE_BLIND
#define SEEN(i)		true
#else
#define SEEN(i)		seen[i]
#endif
#ifdef NO_TOKEN
#define SAME(x, y)	true
#else
#define SAME(x, y)	((x) == (y))
#endif
#ifdef RELEASE_LOUD
#define SILENT(i)	true
#else
#define SILENT(i)	(!told[i] && activating[i] == 0 && !silencing[i])
#endif
#ifdef ANY_ORDER
#define IN_ORDER(i)	true
#else
#define IN_ORDER(i)	(activating[i] == 0)
#endif

#define NOBODY		2
#define TOOK_EFFECT(i)	(op[i] == CLAIMED || op[i] == OLD_CLAIMED || \
			 op[i] == RELEASED || op[i] == OLD_RELEASED || \
			 op[i] == GIVEN || op[i] == OLD_GIVEN)

/* The store. */
byte incarnation[2];	/* node/0, node/1; 0: there is none */
bool fenced[2];
byte holder = NOBODY;
byte holder_inc;
byte token;

/* The kernels. */
byte lease[2];		/* ticks left */
byte lease_inc[2];
bool serving[2];
byte serving_inc[2];

/* member.c of each node. */
mtype = { OUT, JOINING, IN };
mtype member[2] = OUT;
byte own_inc[2];
bool own[2];		/* it knows its record's present version */
mtype = { IDLE, WAITING, UNSURE };
mtype renewal[2] = IDLE;
bool flying[2];		/* the put_if may still be written */
bool written[2];	/* it has been */
bool stray[2];		/* an earlier one may still be written */
byte since[2];		/* ticks since it was sent */

/* fence.c of each node, about the other one. */
bool seen[2];		/* the record is as seen last */
byte unchanged[2];	/* ticks since it was seen to change */

/* claim.c of each node: the holder record as it knows it. */
bool fresh[2];		/* that is the present version */
byte known[2] = NOBODY;
byte known_inc[2];
bool barred[2];		/* that version activates nothing any more */
mtype = { NONE, CLAIM, RELEASE, GIVE, UNKNOWN, CLAIMED, RELEASED, GIVEN,
	  OLD_CLAIMED, OLD_RELEASED, OLD_GIVEN, OUTDATED };
mtype op[2] = NONE;
byte op_inc[2];		/* a claim's, or that of the node it is given to */
byte op_token[2];
byte stray_claim[2];	/* the incarnation in it, 0: there is none */
byte stray_token[2];
bool stray_release[2];
bool told[2];		/* what the kernel was last told */
byte activating[2];	/* on its way to the kernel: the incarnation it names */
bool silencing[2];	/* on its way, behind it */

bool ahead;		/* whose clock ticks next */

#define ANSWERS(i)	(serving[i] && lease[i] > 0 && SAME(serving_inc[i], lease_inc[i]))
#define OVER(n, inc)	(incarnation[n] > (inc) || \
			 (incarnation[n] == (inc) && fenced[n]))
#define MINE(i)		(member[i] == IN && known[i] == (i) && known_inc[i] == own_inc[i])

inline check()
{
	assert(!(ANSWERS(0) && ANSWERS(1)))
}

/* A newer incarnation begins a new term. */
inline kernel_renew(i, left)
{
	if
	:: own_inc[i] > lease_inc[i] ->
		lease_inc[i] = own_inc[i];
#ifndef NO_TOKEN
		serving[i] = false; serving_inc[i] = 0
#endif
	:: else -> skip
	fi;
	lease[i] = left
}

inline put_own(i)
{
	stray[i] = flying[i];
	flying[i] = own[i];
	written[i] = false;
	renewal[i] = WAITING;
	since[i] = 0
}

inline forget_renewal(i)
{
	renewal[i] = IDLE; flying[i] = false; written[i] = false; since[i] = 0
}

inline stand_down(i)
{
	forget_renewal(i);
	member[i] = OUT; own[i] = false; lease[i] = 0
}

/* Node n's record is another version now: who knew the one before is outdated. */
inline node_changed(n, other)
{
	flying[n] = false; stray[n] = false;
	seen[other] = false;
#ifndef FENCE_BLIND
	unchanged[other] = 0
#endif
}

inline forget_strays(i)
{
	stray_claim[i] = 0; stray_token[i] = 0; stray_release[i] = false
}

inline outdate(i)
{
	fresh[i] = false;
	forget_strays(i);
	if
#ifndef CLAIM_BLIND
	:: op[i] == CLAIM -> op[i] = UNKNOWN; op_inc[i] = 0; op_token[i] = 0
#endif
	:: op[i] == RELEASE -> op[i] = UNKNOWN
	:: op[i] == GIVE -> op[i] = UNKNOWN; op_inc[i] = 0; op_token[i] = 0
	:: op[i] == CLAIMED -> op[i] = OLD_CLAIMED
	:: op[i] == RELEASED -> op[i] = OLD_RELEASED
	:: op[i] == GIVEN -> op[i] = OLD_GIVEN
	:: else -> skip
	fi
}

inline write_claim(n, inc, tok)
{
	assert(tok > token);
	holder = n; holder_inc = inc; token = tok
}

inline know(n, who, inc, present)
{
	known[n] = who; known_inc[n] = inc; fresh[n] = present; barred[n] = false
}

inline bar(i)
{
#ifndef STALE_VIEW
	barred[i] = true
#else
	skip
#endif
}

proctype node(byte i)
{
	byte o = 1 - i;

	do
	/*
	 * Its own record.
	 */
	/* Join. */
	:: d_step { member[i] == OUT && own_inc[i] < (i == 0 -> MOST : 1) ->
		own_inc[i]++; own[i] = true; member[i] = JOINING; put_own(i) }

	/* Renew. */
	:: d_step { member[i] != OUT && renewal[i] == IDLE ->
		put_own(i);
#ifdef RENEW_EARLY
		kernel_renew(i, LEASE); check()
#endif
		}

	/* Written. */
	:: d_step { flying[i] ->
		node_changed(i, o);
		incarnation[i] = own_inc[i]; fenced[i] = false;
		written[i] = true; own[i] = true }

	/* Stray. */
	:: d_step { stray[i] ->
		node_changed(i, o);
		incarnation[i] = own_inc[i]; fenced[i] = false;
		own[i] = false }

	/* Yes. */
	:: d_step { renewal[i] == WAITING && written[i] ->
		if
#ifdef RENEW_LATE
		:: true -> kernel_renew(i, LEASE)
#else
		:: since[i] < LEASE -> kernel_renew(i, LEASE - since[i])
		:: else -> skip
#endif
		fi;
		member[i] = IN;
		forget_renewal(i);
		check() }

	/* Lost, or refused. */
	:: d_step { renewal[i] == WAITING && (LOST_RENEWALS || !flying[i] && !written[i]) ->
		renewal[i] = UNSURE }

	/* Read. */
	:: d_step { renewal[i] == UNSURE ->
		if
		:: incarnation[i] == own_inc[i] && !fenced[i] && written[i] ->
			own[i] = true; renewal[i] = WAITING
		:: incarnation[i] == own_inc[i] && !fenced[i] && !written[i] ->
			own[i] = true; renewal[i] = IDLE
		:: !(incarnation[i] == own_inc[i] && !fenced[i]) && own[i] ->
			renewal[i] = IDLE
		:: else -> stand_down(i)
		fi }

	/* Fenced. */
	:: d_step { member[i] == IN && incarnation[i] == own_inc[i] && fenced[i] ->
		stand_down(i) }

	/*
	 * The other's record.
	 */
	/* Look. */
	:: d_step { incarnation[o] > 0 && !seen[i] ->
		seen[i] = true; unchanged[i] = 0 }

	/* Fence. */
	:: d_step { member[i] == IN && incarnation[o] > 0 && !fenced[o] && SEEN(i) &&
		    unchanged[i] >= WAIT ->
		node_changed(o, i);
		fenced[o] = true; own[o] = false;
		seen[i] = true; unchanged[i] = 0 }

	/*
	 * The holder record.
	 */
	/* Look. */
	:: d_step { !fresh[i] ->
		know(i, holder, holder_inc, true);
		if
		:: TOOK_EFFECT(i) ->
			op[i] = OUTDATED; op_inc[i] = 0
		:: else -> skip
		fi }

	/* Claim what is free. */
	:: d_step { op[i] == NONE && !MINE(i) && member[i] == IN && lease[i] > 0 &&
		    token < CLAIMS &&
		    (known[i] == NOBODY || OVER(known[i], known_inc[i])) ->
		if
		:: fresh[i] -> op[i] = CLAIM; op_inc[i] = own_inc[i];
			op_token[i] = token + 1
		:: else -> op[i] = UNKNOWN
		fi }

	/* Claimed. */
	:: d_step { op[i] == CLAIM ->
		write_claim(i, op_inc[i], op_token[i]);
		op[i] = CLAIMED; op_token[i] = 0;
		outdate(o);
		fresh[i] = false; forget_strays(i) }

	:: d_step { stray_claim[i] > 0 && token < CLAIMS ->
		write_claim(i, stray_claim[i], stray_token[i]);
		outdate(o); outdate(i) }

	/* Release: silent first. */
	:: d_step { op[i] == NONE && MINE(i) && SILENT(i) ->
		bar(i);
		op[i] = (fresh[i] -> RELEASE : UNKNOWN) }

	/* Give, likewise, to the incarnation that the other has by now. */
	:: d_step { op[i] == NONE && MINE(i) && SILENT(i) && incarnation[o] > 0 &&
		    token < CLAIMS ->
		bar(i);
		if
		:: fresh[i] -> op[i] = GIVE; op_inc[i] = incarnation[o];
			op_token[i] = token + 1
		:: else -> op[i] = UNKNOWN
		fi }

	/* Released. */
	:: d_step { op[i] == RELEASE ->
		holder = NOBODY; holder_inc = 0;
		op[i] = RELEASED;
		outdate(o);
		fresh[i] = false; forget_strays(i) }

	/* Given. */
	:: d_step { op[i] == GIVE ->
		write_claim(o, op_inc[i], op_token[i]);
		op[i] = GIVEN; op_token[i] = 0;
		outdate(o);
		fresh[i] = false; forget_strays(i) }

	:: d_step { stray_release[i] ->
		holder = NOBODY; holder_inc = 0;
		outdate(o); outdate(i) }

	/* Took effect: what was written is known, and may be outdated by now. */
	:: d_step { op[i] == CLAIMED || op[i] == OLD_CLAIMED ->
		know(i, i, op_inc[i], op[i] == CLAIMED);
		op[i] = NONE; op_inc[i] = 0 }

	:: d_step { op[i] == RELEASED || op[i] == OLD_RELEASED ->
		know(i, NOBODY, 0, op[i] == RELEASED);
		op[i] = NONE }

	:: d_step { op[i] == GIVEN || op[i] == OLD_GIVEN ->
		know(i, o, op_inc[i], op[i] == GIVEN);
		op[i] = NONE; op_inc[i] = 0 }

	:: d_step { op[i] == OUTDATED -> op[i] = NONE }

	/* Holder lost: on its way there, or the answer on its way back. */
	:: d_step { LOST_CLAIMS && op[i] == CLAIM && stray_claim[i] == 0 ->
		stray_claim[i] = op_inc[i]; stray_token[i] = op_token[i];
		op[i] = UNKNOWN; op_inc[i] = 0; op_token[i] = 0 }

	:: d_step { LOST_CLAIMS && op[i] == RELEASE ->
		stray_release[i] = true; op[i] = UNKNOWN }

	/* A give is lost with its answer only: a stray one would be a claim's like. */
	:: d_step { LOST_CLAIMS && TOOK_EFFECT(i) ->
		op[i] = UNKNOWN; op_inc[i] = 0 }

	/* Read again, or not even that. */
	:: d_step { op[i] == UNKNOWN ->
		if
		:: !fresh[i] -> know(i, holder, holder_inc, true)
		:: else -> skip
		fi;
		op[i] = NONE }

	:: d_step { LOST_CLAIMS && op[i] == UNKNOWN -> op[i] = NONE }

	/*
	 * What the kernel is told.
	 */
	/* Activate. */
	:: d_step { MINE(i) && !barred[i] && !told[i] && activating[i] == 0 &&
		    !silencing[i] ->
		told[i] = true; activating[i] = own_inc[i] }

	/* Fall silent, by wish or because it is not ours any more. */
	:: d_step { told[i] && !silencing[i] ->
		if
		:: MINE(i) -> bar(i)
		:: else -> skip
		fi;
		told[i] = false; silencing[i] = true }

	/*
	 * The kernel, in the order it was told.
	 */
	:: d_step { activating[i] > 0 ->
		if
		:: SAME(activating[i], lease_inc[i]) ->
			serving[i] = true; serving_inc[i] = activating[i]
		:: else -> skip
		fi;
		activating[i] = 0;
		check() }

	:: d_step { silencing[i] && IN_ORDER(i) ->
		serving[i] = false; serving_inc[i] = 0; silencing[i] = false }
	od
}

/* A tick for one node: its lease runs down, it counts up. */
inline tick(i, o)
{
	if
	:: lease[i] > 0 -> lease[i]--
	:: else -> skip
	fi;
	if
	:: (flying[i] || written[i]) && since[i] < LEASE -> since[i]++
	:: else -> skip
	fi;
	if
	:: SEEN(i) && incarnation[o] > 0 && !fenced[o] && unchanged[i] < WAIT ->
		unchanged[i]++
	:: else -> skip
	fi
}

proctype clock()
{
	do
	:: d_step { !ahead -> tick(0, 1); ahead = true }
	:: d_step { ahead -> tick(1, 0); ahead = false }
	od
}

init
{
	atomic { run node(0); run node(1); run clock() }
}
