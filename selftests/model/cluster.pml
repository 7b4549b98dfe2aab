/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The election of three nodes over two services: renewing, fencing, claiming,
 * handing over, crashing and starting anew. spin explores every interleaving and
 * asserts that at most one node answers for a service (I1) and that every claim's
 * token is greater than all before it (I2); and, as an LTL formula under weak
 * fairness, that once some nodes are well for good, and the others are gone, the
 * first service comes to be answered and stays so, whatever becomes of the second,
 * which is its equal (I3).
 *
 * There is no clock in it. What time does is said by what must have come before
 * what: a record is ripe when it has not changed for its duration, and the lease
 * that came of it is over by then. That two clocks which drift keep to this is what
 * election.pml and drift.pml show, with fewer nodes. A lease may be over earlier,
 * and a node may freeze at any point and go on after any while.
 *
 * Nothing is counted: histories have no end, and what is explored has no bound but
 * the number of nodes and services. Versions, tokens and incarnations are only ever
 * compared with the present one:
 *   - a claim is "current" while its node's record has the incarnation that made it
 *   - an activation is gone when the kernel's lease gets a newer token than its own
 *   - a put_if takes place in one step with what it depends on. Sent earlier, it is
 *     refused where the record has been written since; and where it has not, all
 *     that it depends on is still so: a holder that is over stays over, a record
 *     that is ripe stays ripe. The answer is a step of its own, however late
 *
 * How it maps onto the code (ctl/l2announced unless a folder is named)
 *   join        member.c: begin(), join_anew(): the record is absent, fenced, or has
 *               been watched for its duration
 *   renew, yes  member.c: put_own(), member_put_done(), renewed(); the kernel's
 *               lease is given by the yes alone
 *   see fenced  member.c: a renewal refused, or member_seen(); stand_down()
 *   fence       fence.c: consider(), put_if of the version that was watched
 *   claim       claim.c: may_claim(), claim(); view.c: view_dead()
 *   activate    claim.c: took_effect(), tell_kernel(); kmod/term.h: it names the
 *               incarnation, and what answers has a lease of the same
 *   lose, hand over
 *               claim.c: should_stay(), tell_kernel(), bar(), release()
 *   crash       the process ends, or the machine: what the kernel was told may stay
 *
 * Wider than the code: whoever may fence or claim does (assign.c picks one), until
 * all is calm also with its lease over, which a request sent earlier amounts to; and
 * services are handed over at any moment. Not in it, but
 * in drift.pml: requests that are lost, views that are old. In neither: a process
 * that takes up its predecessor's incarnation, services that share a VIP, who
 * should hold: selftests/sim has those.
 *
 * Each of these takes one rule away, and must be found:
 *   -DFENCE_EARLY      a record is fenced before it is ripe
 *   -DFENCE_BLIND      what was found ripe is fenced, whatever it is by then
 *   -DRENEW_EARLY      the kernel is renewed before the store's yes
 *   -DNO_TOKEN         an activation does not name its incarnation
 *   -DCLAIM_BLIND      a claim is written whatever the version
 *   -DCLAIM_EARLY      what its holder does not answer for now is claimed
 *   -DRELEASE_LOUD     the record is freed before the kernel is silent
 *   -DSTALE_VIEW       a record known before falling silent may activate again
 * and by the formula:
 *   -DNO_FENCE         nobody fences
 *   -DNO_RETURN        what an earlier life of one's own held is left alone
 *   -DNO_STAND_DOWN    who is fenced goes on as if nothing had happened
 */

#define NODES		3
#define SERVICES	2
#define NOBODY		NODES
#define AT(i, s)	((i) * SERVICES + (s))

/* A node's record in the store; one that is absent is as good as fenced. */
mtype:record = { LIVE, RIPE, FENCED };
/* Its controller: joining and renewing it waits for the store's yes. */
mtype:member = { OUT, JOINING, IN, RENEWING };
/* What that makes of a service. */
mtype:work = { NONE, CLAIMING, CLAIMED, TOLD, FREED };

mtype:record record[NODES] = FENCED;
byte holder[SERVICES] = NOBODY;
bool current[SERVICES];

/* The kernels. */
bool lease[NODES];
bool serving[NODES * SERVICES];

mtype:member member[NODES] = OUT;
mtype:work work[NODES * SERVICES] = NONE;

/* From now on these nodes are well for good, and the others are gone. */
bool calm;
bool well[NODES];

#ifdef FENCE_BLIND
byte aim[NODES] = NOBODY;
#endif
#ifdef CLAIM_BLIND
bool outdated[NODES * SERVICES];
#endif
#ifdef STALE_VIEW
bool had[NODES * SERVICES];
#endif

#define ANSWERS(i, s)	(lease[i] && serving[AT(i, s)])
#define ANSWERED(s)	(ANSWERS(0, s) || ANSWERS(1, s) || ANSWERS(2, s))
#define ACTS(i)		(!calm || well[i])
#define JUDGES(i)	(JOINED(i) && (!calm || well[i] && lease[i]))
#define JOINED(i)	(member[i] == IN || member[i] == RENEWING)
#define OVER(s)		(holder[s] == NOBODY || record[holder[s]] == FENCED || !current[s])

#ifdef FENCE_EARLY
#define MAY_FENCE(o)	(record[o] != FENCED)
#else
#define MAY_FENCE(o)	(record[o] == RIPE)
#endif
#ifdef CLAIM_EARLY
#define MAY_CLAIM(i, s)	(OVER(s) || !lease[holder[s]])
#elif defined(NO_RETURN)
#define MAY_CLAIM(i, s)	(OVER(s) && holder[s] != i)
#else
#define MAY_CLAIM(i, s)	OVER(s)
#endif

inline check(s)
{
	assert(ANSWERS(0, s) + ANSWERS(1, s) + ANSWERS(2, s) <= 1)
}

inline check_all()
{
	check(0);
	check(1);
	skip
}

inline fence(o)
{
	record[o] = FENCED;
#ifndef FENCE_BLIND
#ifndef FENCE_EARLY
#ifndef RENEW_EARLY
	assert(!lease[o])
#endif
#endif
#endif
}

inline write_claim(i, s)
{
#ifdef CLAIM_BLIND
	outdated[AT(0, s)] = work[AT(0, s)] == CLAIMING;
	outdated[AT(1, s)] = work[AT(1, s)] == CLAIMING;
	outdated[AT(2, s)] = work[AT(2, s)] == CLAIMING;
#endif
	holder[s] = i; current[s] = true;
	work[AT(i, s)] = CLAIMED
}

inline silence(i, s)
{
	serving[AT(i, s)] = false;
	work[AT(i, s)] = NONE
}

inline activate(i, s)
{
	serving[AT(i, s)] = true;
	work[AT(i, s)] = TOLD;
	check(s)
}

/* What an earlier life claimed. */
inline not_current(i, s)
{
	if
	:: holder[s] == i -> current[s] = false
	:: else -> skip
	fi
}

/* The lease ends first, in the kernel; then its VIPs are silenced. */
inline stand_down(i)
{
	lease[i] = false;
	silence(i, 0);
	silence(i, 1);
	member[i] = OUT
}

/* What a node does about another. */
#if defined(NO_FENCE)
#define FENCES(o)
#elif defined(FENCE_BLIND)
#define FENCES(o)							\
	:: d_step { o != i && JUDGES(i) && record[o] == RIPE && \
		    aim[i] == NOBODY -> aim[i] = o }
#else
#define FENCES(o)							\
	:: d_step { o != i && JUDGES(i) && MAY_FENCE(o) -> fence(o) }
#endif

/* What it does about a service. */
#ifdef CLAIM_BLIND
#define CLAIM(s)							\
	:: d_step { JUDGES(i) && work[AT(i, s)] == NONE &&	\
		    MAY_CLAIM(i, s) -> work[AT(i, s)] = CLAIMING }	\
	:: d_step { work[AT(i, s)] == CLAIMING ->			\
		assert(!outdated[AT(i, s)]);				\
		write_claim(i, s) }
#else
#define CLAIM(s)							\
	:: d_step { JUDGES(i) && work[AT(i, s)] == NONE &&	\
		    MAY_CLAIM(i, s) -> write_claim(i, s) }
#endif

#define ACTIVATE(s)							\
	:: d_step { ACTS(i) && work[AT(i, s)] == CLAIMED -> activate(i, s) }

#define LOSE(s)								\
	:: d_step { ACTS(i) && work[AT(i, s)] == TOLD && holder[s] != i -> \
		silence(i, s) }

#ifdef RELEASE_LOUD
#define HAND_OVER(s)							\
	:: d_step { !calm && work[AT(i, s)] == TOLD && holder[s] == i -> \
		holder[s] = NOBODY; current[s] = false;			\
		work[AT(i, s)] = FREED }				\
	:: d_step { work[AT(i, s)] == FREED -> silence(i, s) }
#elif defined(STALE_VIEW)
#define HAND_OVER(s)							\
	:: d_step { !calm && work[AT(i, s)] == TOLD && holder[s] == i -> \
		silence(i, s); had[AT(i, s)] = true;			\
		holder[s] = NOBODY; current[s] = false }		\
	:: d_step { had[AT(i, s)] && JOINED(i) && work[AT(i, s)] == NONE -> \
		had[AT(i, s)] = false; activate(i, s) }
#else
#define HAND_OVER(s)							\
	:: d_step { !calm && work[AT(i, s)] == TOLD && holder[s] == i -> \
		silence(i, s);						\
		holder[s] = NOBODY; current[s] = false }
#endif

proctype node(byte i)
{
	do
	/* Join. */
	:: d_step { ACTS(i) && member[i] == OUT && record[i] != LIVE ->
		record[i] = LIVE; member[i] = JOINING;
		not_current(i, 0);
		not_current(i, 1);
		skip }

	/* Renew; where all is well there is no end to it, and no news in it. */
	:: d_step { ACTS(i) && member[i] == IN && record[i] != FENCED &&
		    !(calm && lease[i]) ->
		record[i] = LIVE; member[i] = RENEWING }
#ifdef RENEW_EARLY
	:: d_step { ACTS(i) && member[i] == IN -> lease[i] = true; check_all() }
#endif

	/* Yes: the lease counts from the sending, and may be over already. */
	:: d_step { ACTS(i) && member[i] == JOINING ->
#ifndef NO_TOKEN
		serving[AT(i, 0)] = false;
		serving[AT(i, 1)] = false;
#endif
		member[i] = IN;
		lease[i] = record[i] == LIVE;
		check_all() }
	:: d_step { ACTS(i) && member[i] == RENEWING ->
		member[i] = IN;
		lease[i] = lease[i] || record[i] == LIVE;
		check_all() }

#ifndef NO_STAND_DOWN
	/* See fenced. */
	:: d_step { ACTS(i) && member[i] == IN && record[i] == FENCED ->
		stand_down(i) }
#endif

	FENCES(0)
	FENCES(1)
	FENCES(2)
#ifdef FENCE_BLIND
	:: d_step { aim[i] != NOBODY -> fence(aim[i]); aim[i] = NOBODY }
#endif

	CLAIM(0)
	CLAIM(1)
	ACTIVATE(0)
	ACTIVATE(1)
	LOSE(0)
	LOSE(1)
	HAND_OVER(0)
	HAND_OVER(1)
	od
}

/*
 * The record has not changed for its duration, and the lease that came of it is over.
 * A node that is well renews before.
 */
#ifdef RENEW_EARLY
#define AND_THE_LEASE(i)	skip
#else
#define AND_THE_LEASE(i)	lease[i] = false
#endif
#define RIPEN(i)							\
	:: d_step { record[i] == LIVE && !(calm && well[i] && member[i] != OUT) -> \
		record[i] = RIPE; AND_THE_LEASE(i) }

/* The store was slow, or away. */
#define EXPIRE(i)							\
	:: d_step { lease[i] && !(calm && well[i]) -> lease[i] = false }

/* The process has ended; its kernel goes on with what it was told. */
inline gone(i)
{
	member[i] = OUT;
	work[AT(i, 0)] = NONE;
	work[AT(i, 1)] = NONE;
	skip
}

#define CRASH(i)							\
	:: d_step { !calm && member[i] != OUT -> gone(i) }

#define CALM(a, b, c)							\
	:: d_step { !calm ->						\
		calm = true; well[0] = a; well[1] = b; well[2] = c;	\
		if							\
		:: !b -> gone(1)					\
		:: else -> skip						\
		fi;							\
		if							\
		:: !c -> gone(2)					\
		:: else -> skip						\
		fi }

/* Time, and what happens to nodes. */
proctype world()
{
	do
	RIPEN(0)
	RIPEN(1)
	RIPEN(2)
	EXPIRE(0)
	EXPIRE(1)
	EXPIRE(2)
	CRASH(0)
	CRASH(1)
	CRASH(2)
#ifdef LIVENESS
	/* Which of them it is makes no difference. */
	CALM(1, 0, 0)
	CALM(1, 1, 0)
	CALM(1, 1, 1)
#endif
	od
}

/*
 * Not: (<> calm) -> (<> [] ANSWERED(0)). As an automaton without choices, which
 * spares the search the states in which it has guessed wrongly.
 */
#ifdef LIVENESS
never {
	do
	:: !calm
	:: calm && ANSWERED(0) -> goto answered
	:: calm && !ANSWERED(0) -> goto accept_silent
	od;
answered:
	do
	:: ANSWERED(0)
	:: !ANSWERED(0) -> goto accept_silent
	od;
accept_silent:
	do
	:: !ANSWERED(0)
	:: ANSWERED(0) -> goto answered
	od
}
#endif

init
{
	atomic { run node(0); run node(1); run node(2); run world() }
}
