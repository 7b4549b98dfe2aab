/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The election of three nodes over two services: renewing, fencing, claiming,
 * handing over, crashing and starting anew. spin explores every interleaving and
 * asserts that at most one node answers for a service (I1) and, where a claim is
 * written, that its token is greater than all before it (I2); and, as an LTL formula
 * under weak fairness, that once some nodes are well for good, and the others are
 * gone, the first service comes to be answered and stays so, whatever becomes of the
 * second, which is its equal (I3).
 *
 * Nothing is counted: histories have no end, and what is explored has no bound but
 * the number of nodes and services, and that of claims on their way. Versions, tokens
 * and incarnations are only ever compared:
 *   - a claim is "current" while its node's record has the incarnation that made it
 *   - an activation is gone when the kernel's lease gets a newer token than its own
 *   - tokens count from the greatest that was ever claimed with, GREATEST: one more
 *     is greater than all, and is GREATEST itself once it is written
 *   - a claim is made of what is seen, the token and one more, and is on its way then
 *     for any while, also beyond its node's life; or it is lost. The put_if of it is
 *     refused where the record was written since, which is told by doing away with it
 *     there and then. Its answer is a step of its own, however late.
 *     No more than two are on their way at once: of those for one service one is
 *     written, the others are refused, and services do not know of each other
 *   - the other put_ifs take place in one step with what they depend on. Sent earlier,
 *     one is refused where the record has been written since; and where it has not,
 *     all that it depends on is still so: a holder that is over stays over, a record
 *     that is ripe stays ripe
 *
 * Time, as of the node whose record it is
 *   A renewal is sent, is written, and is said yes to; what it gives counts from the
 *   sending. Who will fence sees the record written, and then waits. So there are
 *   three things that run: the lease, the age of what is on its way, and that wait,
 *   of which one is enough for a record, its observer's who comes to fence it. They
 *   run in ticks of one clock, the holder's: that of the observer differs from it by a
 *   tick at the most, over any while, and so a wait of the whole duration is at least
 *   the duration less one tick, which is the lease. That this is so of two clocks
 *   which tick each by itself is what drift.pml explores. A lease may end earlier, and
 *   a node may freeze at any point and go on after any while.
 *
 *   With -DCOARSE sending and writing are one step, and so are seeing and waiting: a
 *   record that is ripe has no lease, by assumption. It is what makes the formula's
 *   histories few enough to follow; the assertions are explored without, and so is
 *   what it assumes. The formula has one claim on its way at a time: a rival that is
 *   refused changes nothing.
 *
 * How it maps onto the code (ctl/l2announced unless a folder is named)
 *   join        member.c: begin(), join_anew(): the record is absent, fenced, or has
 *               been watched for its duration
 *   renew, yes  member.c: put_own(), member_put_done(), renewed(); the kernel's
 *               lease is given by the yes alone
 *   see fenced  member.c: a renewal refused, or member_seen(); stand_down()
 *   look, fence view.c: take_node(); fence.c: consider(), put_if of the version that
 *               was watched
 *   claim       claim.c: may_claim(), claim(): held(s)->token + 1; view.c: view_dead()
 *   written     the store's put_if of s->holder_version: put_holder()
 *   activate    claim.c: took_effect(), tell_kernel(); kmod/term.h: it names the
 *               incarnation, and what answers has a lease of the same
 *   lose, hand over
 *               claim.c: should_stay(), tell_kernel(), bar(), release(), which keeps
 *               the token where it frees the record
 *   give        claim.c: successor(), give(): in one write, with a token one larger.
 *               The incarnation it names is the one last seen, of which there may be
 *               a newer one by then
 *   crash       the process ends, or the machine: what the kernel was told may stay
 *
 * Wider than the code: whoever may fence or claim does (assign.c picks one), until
 * all is calm also with its lease over, which a request sent earlier amounts to; and
 * services are handed over at any moment. Not in it, but in drift.pml: views that are
 * old, activations on their way to the kernel. In neither: a process that takes up
 * its predecessor's incarnation, services that share a VIP, who should hold:
 * selftests/sim has those.
 *
 * Each of these takes one rule away, and must be found:
 *   -DNO_MARGIN        the lease lasts the whole duration (not -DCOARSE)
 *   -DRENEW_LATE       the lease counts from the yes (not -DCOARSE)
 *   -DFENCE_EARLY      a record is fenced before it is ripe
 *   -DFENCE_BLIND      what was found ripe is fenced, whatever it is by then
 *   -DRENEW_EARLY      the kernel is renewed before the store's yes
 *   -DNO_TOKEN         an activation does not name its incarnation
 *   -DCLAIM_BLIND      a claim is written whatever the version (by I2)
 *   -DFORGET_TOKEN     who hands over writes no token (by I2)
 *   -DCLAIM_EARLY      what its holder does not answer for now is claimed
 *   -DRELEASE_LOUD     the record is let go before the kernel is silent
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

/* In ticks of the holder's clock: by drift the observer's wait may be one less. */
#define DURATION	2
#ifdef NO_MARGIN
#define LEASE		DURATION
#else
#define LEASE		(DURATION - 1)
#endif
#ifdef FENCE_EARLY
#define WAIT		(DURATION - 2)
#else
#define WAIT		(DURATION - 1)
#endif

/* A node's record in the store; one that is absent is as good as fenced. */
mtype:record = { LIVE, WATCHED, FENCED };
/* Its controller, and the renewal it has on its way. */
mtype:member = { OUT, JOINING, IN };
mtype:renewal = { IDLE, SENT, WRITTEN };
/* What that makes of a service. */
mtype:work = { NONE, CLAIMING, CLAIMED, TOLD, FREED };

/* The store. Tokens count from the greatest of all claims so far. */
#define GREATEST	1
mtype:record record[NODES] = FENCED;
byte holder[SERVICES] = NOBODY;
byte token[SERVICES] = GREATEST;
bool current[SERVICES];

/* The kernels: ticks left of the lease, and what was activated under it. */
byte lease[NODES];
bool serving[NODES * SERVICES];

/* The controllers. */
mtype:member member[NODES] = OUT;
mtype:renewal renewal[NODES] = IDLE;
byte since[NODES];		/* ticks since it was sent */
byte watched[NODES];		/* ticks since the record was seen as it is */
mtype:work work[NODES * SERVICES] = NONE;

/* Claims on their way. */
byte claim_token[NODES * SERVICES];
bool past[NODES * SERVICES];	/* its incarnation is not the record's any more */

/* From now on these nodes are well for good, and the others are gone. */
bool calm;
bool well[NODES];

#ifdef FENCE_BLIND
byte aim[NODES] = NOBODY;
#endif
#ifdef STALE_VIEW
bool had[NODES * SERVICES];
#endif

#define ANSWERS(i, s)	(lease[i] > 0 && serving[AT(i, s)])
#define ANSWERED(s)	(ANSWERS(0, s) || ANSWERS(1, s) || ANSWERS(2, s))
#define ACTS(i)		(!calm || well[i])
#define JUDGES(i)	(member[i] == IN && (!calm || well[i] && lease[i] > 0))
/* Where sending is writing, what would be refused is not sent. */
#if defined(COARSE) && !defined(RENEW_EARLY)
#define MAY_SEND(i)	(record[i] != FENCED)
#else
#define MAY_SEND(i)	true
#endif
#define RIPE(i)		(record[i] == WATCHED && watched[i] >= WAIT)
#define OVER(s)		(holder[s] == NOBODY || record[holder[s]] == FENCED || !current[s])

#ifdef CLAIM_EARLY
#define MAY_CLAIM(i, s)	(OVER(s) || lease[holder[s]] == 0)
#elif defined(NO_RETURN)
#define MAY_CLAIM(i, s)	(OVER(s) && holder[s] != i)
#else
#define MAY_CLAIM(i, s)	OVER(s)
#endif

/*
 * Which node is which, and which service, makes no difference to anybody: of the
 * states that are the same but for the names, one is kept. (The formula names a
 * service, and fairness names nodes.)
 */
#ifndef LIVENESS
c_code {
	static void exchange(unsigned char *a, unsigned char *b)
	{
		unsigned char c = *a;

		*a = *b;
		*b = c;
	}

	/* All there is to a node. */
	static unsigned long key(int i)
	{
		unsigned long k = now.record[i];
		int s, at;

		k = k << 3 | now.member[i];
		k = k << 3 | now.renewal[i];
		k = k << 2 | now.since[i];
		k = k << 2 | now.watched[i];
		k = k << 2 | now.lease[i];
		for (s = 0; s < SERVICES; s++) {
			at = AT(i, s);
			k = k << 2 | (now.holder[s] == i ? 1 + now.current[s] : 0);
			k = k << 3 | now.work[at];
			k = k << 1 | now.serving[at];
			k = k << 2 | now.claim_token[at];
			k = k << 1 | now.past[at];
#ifdef STALE_VIEW
			k = k << 1 | now.had[at];
#endif
		}
		return k;
	}

	static void exchange_work(int a, int b)
	{
		exchange(&now.work[a], &now.work[b]);
		exchange(&now.serving[a], &now.serving[b]);
		exchange(&now.claim_token[a], &now.claim_token[b]);
		exchange(&now.past[a], &now.past[b]);
#ifdef STALE_VIEW
		exchange(&now.had[a], &now.had[b]);
#endif
	}

	static void rename_in(unsigned char *node, int a, int b)
	{
		if (*node == a)
			*node = b;
		else if (*node == b)
			*node = a;
	}

	static void exchange_nodes(int a, int b)
	{
		int s;

		exchange(&now.record[a], &now.record[b]);
		exchange(&now.member[a], &now.member[b]);
		exchange(&now.renewal[a], &now.renewal[b]);
		exchange(&now.since[a], &now.since[b]);
		exchange(&now.watched[a], &now.watched[b]);
		exchange(&now.lease[a], &now.lease[b]);
		for (s = 0; s < SERVICES; s++) {
			exchange_work(AT(a, s), AT(b, s));
			rename_in(&now.holder[s], a, b);
		}
#ifdef FENCE_BLIND
		exchange(&now.aim[a], &now.aim[b]);
		for (s = 0; s < NODES; s++)
			rename_in(&now.aim[s], a, b);
#endif
	}

	static void exchange_services(void)
	{
		int i;

		exchange(&now.holder[0], &now.holder[1]);
		exchange(&now.token[0], &now.token[1]);
		exchange(&now.current[0], &now.current[1]);
		for (i = 0; i < NODES; i++)
			exchange_work(AT(i, 0), AT(i, 1));
	}

	/* Three need three comparisons. */
	static void sort(unsigned long k[NODES])
	{
		static const unsigned char first[NODES] = { 0, 1, 0 };
		int n, i;
		unsigned long t;

		for (n = 0; n < NODES; n++)
			k[n] = key(n);
		for (n = 0; n < NODES; n++) {
			i = first[n];
			if (k[i] <= k[i + 1])
				continue;
			exchange_nodes(i, i + 1);
			t = k[i]; k[i] = k[i + 1]; k[i + 1] = t;
		}
	}

	/* Of all the ways to name them the one with the least keys. */
	static void rename_all(void)
	{
		unsigned long a[NODES], b[NODES];

		sort(a);
		exchange_services();
		sort(b);
		if (memcmp(a, b, sizeof(a)) < 0) {
			exchange_services();
			sort(a);
		}
	}
}
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

inline forget_renewal(i)
{
	renewal[i] = IDLE; since[i] = 0
}

/* A record of a life that is over is as good as one that names nobody. */
inline hold(i, s, this_life)
{
#ifdef NO_RETURN
	holder[s] = i; current[s] = this_life
#else
	if
	:: this_life -> holder[s] = i; current[s] = true
	:: else -> holder[s] = NOBODY; current[s] = false
	fi
#endif
}

/* What an earlier life claimed. */
inline not_current(i, s)
{
	if
	:: holder[s] == i -> hold(i, s, false)
	:: else -> skip
	fi;
	if
	:: work[AT(i, s)] == CLAIMING -> past[AT(i, s)] = true
	:: else -> skip
	fi
}

inline write_own(i)
{
	record[i] = LIVE; watched[i] = 0; renewal[i] = WRITTEN;
	if
	:: member[i] == JOINING -> not_current(i, 0); not_current(i, 1)
	:: else -> skip
	fi
}

inline send_own(i)
{
#ifdef RENEW_EARLY
	lease[i] = LEASE;
#endif
	since[i] = 0;
#ifdef COARSE
	if
	:: member[i] == JOINING || record[i] != FENCED -> write_own(i)
	:: else -> skip	/* refused */
	fi
#else
	renewal[i] = SENT
#endif
}

inline fence(o)
{
	record[o] = FENCED; watched[o] = 0
}

inline forget_claim(i, s)
{
	claim_token[AT(i, s)] = 0; past[AT(i, s)] = false;
	work[AT(i, s)] = NONE
}

/*
 * The record is another than a claim on its way was made of: the put_if will be
 * refused, and as nothing else comes of it, is so here.
 */
inline outdate(i, s)
{
	if
#ifndef CLAIM_BLIND
	:: work[AT(i, s)] == CLAIMING -> forget_claim(i, s)
#endif
	:: else -> skip
	fi
}

inline written(s)
{
	outdate(0, s);
	outdate(1, s);
	outdate(2, s)
}

/* There is a greater token than before: by now it concerns only who is not refused. */
inline surpass(i, s)
{
	if
	:: claim_token[AT(i, s)] > 0 -> claim_token[AT(i, s)]--
	:: else -> skip
	fi
}

/* Who has joined sees to what is its. */
inline begin_work(i, s)
{
	if
	:: member[i] == IN && holder[s] == i && current[s] -> work[AT(i, s)] = CLAIMED
	:: else -> skip
	fi
}

inline decide(i, s)
{
	work[AT(i, s)] = CLAIMING;
	claim_token[AT(i, s)] = token[s] + 1
}

inline write_claim(i, s)
{
	assert(claim_token[AT(i, s)] > GREATEST);
	hold(i, s, !past[AT(i, s)]);
	token[s] = GREATEST;
	forget_claim(i, s);
	written(s);
	surpass(0, s);
	surpass(1, s);
	surpass(2, s);
	begin_work(i, s)
}

inline free(s)
{
	holder[s] = NOBODY; current[s] = false;
#ifdef FORGET_TOKEN
	token[s] = GREATEST - 1;
#endif
	written(s)
}

/* Another's, in the incarnation it has, or had. */
inline give(s, j, seen)
{
	hold(j, s, seen);
#ifdef FORGET_TOKEN
	token[s] = GREATEST - 1;
#else
	token[s] = GREATEST;
#endif
	written(s);
	surpass(0, s);
	surpass(1, s);
	surpass(2, s);
	begin_work(j, s)
}

/* What is on its way stays so. */
inline end_work(i, s)
{
	if
	:: work[AT(i, s)] != CLAIMING -> work[AT(i, s)] = NONE
	:: else -> skip
	fi
}

inline silence(i, s)
{
	serving[AT(i, s)] = false;
	end_work(i, s)
}

inline activate(i, s)
{
	serving[AT(i, s)] = true;
	work[AT(i, s)] = TOLD;
	check(s)
}

/* The lease ends first, in the kernel; then its VIPs are silenced. */
inline stand_down(i)
{
	lease[i] = 0;
	silence(i, 0);
	silence(i, 1);
	forget_renewal(i);
	member[i] = OUT
}

/*
 * What makes no difference any more is forgotten, at the end of every step: what a
 * kernel has active whose lease is over for good, a renewal that is answered too late.
 */
inline forget(i)
{
	if
#ifndef NO_TOKEN
	:: member[i] != IN && lease[i] == 0 ->
		serving[AT(i, 0)] = false; serving[AT(i, 1)] = false
#endif
	:: member[i] == IN && renewal[i] == WRITTEN && since[i] >= LEASE ->
		forget_renewal(i)
	:: else -> skip
	fi
}

inline settle()
{
	forget(0);
	forget(1);
	forget(2);
#ifdef LIVENESS
	skip
#else
	c_code { rename_all(); }
#endif
}

/* What a node does about another. */
#if defined(NO_FENCE)
#define FENCES(o)
#elif defined(FENCE_BLIND)
#define FENCES(o)							\
	:: d_step { o != i && JUDGES(i) && RIPE(o) && aim[i] == NOBODY -> aim[i] = o; settle() }
#else
#define FENCES(o)							\
	:: d_step { o != i && JUDGES(i) && RIPE(o) -> fence(o); settle() }
#endif

/* What it does about a service. */
#ifdef LIVENESS
#define MOST		1
#else
#define MOST		2
#endif
#define ON_ITS_WAY(n)	(work[n] == CLAIMING)
#define ON_THEIR_WAY	(ON_ITS_WAY(0) + ON_ITS_WAY(1) + ON_ITS_WAY(2) + \
			 ON_ITS_WAY(3) + ON_ITS_WAY(4) + ON_ITS_WAY(5))
#define MAKES_CLAIM(i, s)						\
	(JUDGES(i) && work[AT(i, s)] == NONE && MAY_CLAIM(i, s) && ON_THEIR_WAY < MOST)

/* The claim; the store's put_if of it; it is lost. */
#define CLAIM(s)							\
	:: d_step { MAKES_CLAIM(i, s) -> decide(i, s); settle() }	\
	:: d_step { work[AT(i, s)] == CLAIMING -> write_claim(i, s); settle() } \
	:: d_step { !calm && work[AT(i, s)] == CLAIMING -> forget_claim(i, s); settle() }

#define ACTIVATE(s)							\
	:: d_step { ACTS(i) && work[AT(i, s)] == CLAIMED -> activate(i, s); settle() }

#define LOSE(s)								\
	:: d_step { ACTS(i) && work[AT(i, s)] == TOLD && holder[s] != i -> \
		silence(i, s); settle() }

/* Also what was never active: it may be another's before its turn has come. */
#define HAS(i, s)	(work[AT(i, s)] == TOLD || work[AT(i, s)] == CLAIMED)

#ifdef RELEASE_LOUD
#define HAND_OVER(s)							\
	:: d_step { !calm && work[AT(i, s)] == TOLD && holder[s] == i -> \
		free(s);						\
		work[AT(i, s)] = FREED; settle() }				\
	:: d_step { work[AT(i, s)] == FREED -> silence(i, s); settle() }
#elif defined(STALE_VIEW)
#define HAND_OVER(s)							\
	:: d_step { !calm && work[AT(i, s)] == TOLD && holder[s] == i -> \
		silence(i, s); had[AT(i, s)] = true;			\
		free(s); settle() }						\
	:: d_step { had[AT(i, s)] && member[i] == IN && work[AT(i, s)] == NONE -> \
		had[AT(i, s)] = false; activate(i, s); settle() }
#else
#define HAND_OVER(s)							\
	:: d_step { !calm && HAS(i, s) && holder[s] == i ->		\
		silence(i, s);						\
		free(s); settle() }
#endif

#if defined(RELEASE_LOUD)
#define GIVE_TO(s, j, seen)						\
	:: d_step { i != j && !calm && work[AT(i, s)] == TOLD && holder[s] == i -> \
		give(s, j, seen);					\
		work[AT(i, s)] = FREED; settle() }
#else
#define GIVE_TO(s, j, seen)						\
	:: d_step { i != j && !calm && HAS(i, s) && holder[s] == i ->	\
		silence(i, s);						\
		give(s, j, seen); settle() }
#endif
#define GIVE(s)								\
	GIVE_TO(s, 0, true)						\
	GIVE_TO(s, 1, true)						\
	GIVE_TO(s, 2, true)						\
	GIVE_TO(s, 0, false)						\
	GIVE_TO(s, 1, false)						\
	GIVE_TO(s, 2, false)

proctype node(byte i)
{
	do
	/* Join. */
	:: d_step { ACTS(i) && member[i] == OUT && (record[i] == FENCED || RIPE(i)) ->
		member[i] = JOINING; send_own(i); settle() }

	/* Renew; where all is well there is no end to it, and no news in it. */
	:: d_step { ACTS(i) && member[i] == IN && renewal[i] == IDLE &&
		    MAY_SEND(i) && !(calm && lease[i] > 0) ->
		send_own(i);
		check_all(); settle() }

#ifndef COARSE
	/* The store's put_if of it. */
	:: d_step { renewal[i] == SENT && (member[i] == JOINING || record[i] != FENCED) ->
		write_own(i); settle() }
#endif

	/* It was lost, or the answer is. */
	:: d_step { !calm && renewal[i] != IDLE && member[i] == IN ->
		forget_renewal(i); settle() }

	/* Yes: the lease counts from the sending, and may be over already. */
	:: d_step { ACTS(i) && renewal[i] == WRITTEN ->
		if
		:: member[i] == JOINING ->
#ifndef NO_TOKEN
			serving[AT(i, 0)] = false;
			serving[AT(i, 1)] = false;
#endif
			member[i] = IN;
			begin_work(i, 0);
			begin_work(i, 1)
		:: else -> skip
		fi;
#ifdef RENEW_LATE
		lease[i] = LEASE;
#else
		lease[i] = LEASE - since[i];
#endif
		forget_renewal(i);
		check_all(); settle() }

#ifndef NO_STAND_DOWN
	/* See fenced. */
	:: d_step { ACTS(i) && member[i] == IN && record[i] == FENCED ->
		stand_down(i); settle() }
#endif

	FENCES(0)
	FENCES(1)
	FENCES(2)
#ifdef FENCE_BLIND
	:: d_step { aim[i] != NOBODY -> fence(aim[i]); aim[i] = NOBODY; settle() }
#endif

	CLAIM(0)
	CLAIM(1)
	ACTIVATE(0)
	ACTIVATE(1)
	LOSE(0)
	LOSE(1)
	HAND_OVER(0)
	HAND_OVER(1)
	GIVE(0)
	GIVE(1)
	od
}

/* A node that is well renews before. */
#define STEADY(i)	(calm && well[i] && member[i] != OUT)

inline tick(i)
{
	watched[i]++;
	if
	:: lease[i] > 0 -> lease[i]--
	:: else -> skip
	fi;
	if
	:: renewal[i] != IDLE && since[i] < LEASE -> since[i]++
	:: else -> skip
	fi
}

#ifdef COARSE
#define AT_ONCE(i)	if :: !RIPE(i) -> tick(i) :: else -> skip fi
#else
#define AT_ONCE(i)	skip
#endif

/* Whoever will fence, or join, sees the record as it is, and counts from now. */
#define LOOK(i)								\
	:: d_step { record[i] == LIVE && !STEADY(i) ->			\
		record[i] = WATCHED; AT_ONCE(i); settle() }

/*
 * Time that nobody counts is left out: a lease may end, and a yes be lost, without.
 */
#define TICK(i)								\
	:: d_step { record[i] == WATCHED && !RIPE(i) && !STEADY(i) -> tick(i); settle() }

/* The store was slow, or away. */
#define EXPIRE(i)							\
	:: d_step { lease[i] > 0 && !(calm && well[i]) -> lease[i] = 0; settle() }

/* The process has ended; its kernel goes on with what it was told. */
inline gone(i)
{
	member[i] = OUT;
	forget_renewal(i);
	end_work(i, 0);
	end_work(i, 1);
	skip
}

#define CRASH(i)							\
	:: d_step { !calm && member[i] != OUT -> gone(i); settle() }

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
		fi; settle() }

/* Time, and what happens to nodes. */
proctype world()
{
	do
	LOOK(0)
	LOOK(1)
	LOOK(2)
	TICK(0)
	TICK(1)
	TICK(2)
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
