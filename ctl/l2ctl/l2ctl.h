/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the nouns of l2ctl share: the invocation, and how a verb ends.
 */
#ifndef L2CTL_H
#define L2CTL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "l2ctl/args.h"
#include "lib/error.h"
#include "lib/genl.h"
#include "lib/writer.h"

/* Exit statuses. */
#define CTL_OK		0
#define CTL_REFUSED	1
#define CTL_USAGE	2

/* The controller's socket: by default, and the variable that names another. */
#define CTL_SOCKET	"/run/l2announce/l2announced.sock"
#define CTL_SOCKET_ENV	"L2ANNOUNCED_SOCKET"

struct batch;

/**
 * struct ctl - one invocation, or one line of a batch
 * @started_ns: CLOCK_BOOTTIME before anything else was done; a ttl counts from
 *	here
 * @flags: L2A_WRITER_*
 * @socket: the controller's unix socket
 * @what: "vip add", to begin messages about wrong words with
 * @words: the whole command, to begin messages about refusals with
 * @batch: the batch this is a line of, else NULL
 */
struct ctl {
	uint64_t started_ns;
	unsigned int flags;
	const char *socket;
	char what[64];
	char words[256];
	struct batch *batch;
};

/**
 * struct verb - one thing that can be done to a noun
 * @name: as typed; NULL where the noun is a command by itself
 * @args: what follows, for people; "" for nothing
 * @help: what it does, in a few words
 * @run: does it; returns CTL_OK, CTL_REFUSED or CTL_USAGE
 */
struct verb {
	const char *name;
	const char *args;
	const char *help;
	int (*run)(struct ctl *ctl, struct args *args);
};

/**
 * struct noun - one thing l2ctl knows about
 * @name: as typed
 * @help: what it is
 * @verbs: ends with one that has no @run
 */
struct noun {
	const char *name;
	const char *help;
	const struct verb *verbs;
};

extern const struct noun noun_vip, noun_lease, noun_announce, noun_monitor,
	noun_stats, noun_settings, noun_service, noun_apply, noun_node,
	noun_move, noun_why, noun_status,
	noun_reload;

/** ctl_set_words() - remember the command; a long one is cut */
void ctl_set_words(struct ctl *ctl, char **words);

/** ctl_refused() - print what was refused; returns CTL_REFUSED */
int ctl_refused(const struct ctl *ctl, const struct l2a_error *err);

/** ctl_misused() - print what is wrong with the command line; CTL_USAGE */
int ctl_misused(const struct ctl *ctl, const struct l2a_error *err);

/**
 * ctl_writer() - begin output on stdout as the options say
 * @ctl: the invocation
 * @style: how rows look
 *
 * Return: the writer; there is no return without one.
 */
struct l2a_writer *ctl_writer(const struct ctl *ctl,
			      enum l2a_writer_style style);

/** ctl_written() - end output; returns CTL_OK or CTL_REFUSED */
int ctl_written(const struct ctl *ctl, struct l2a_writer *w);

/** ctl_wrong_word() - print what is wrong with a word, NULL for none; CTL_USAGE */
int ctl_wrong_word(const struct ctl *ctl, const char *word, const char *what);

/** ctl_help() - print a summary of all commands; CTL_OK */
int ctl_help(void);

/** ctl_run() - carry out one command; its words become those of @ctl */
int ctl_run(struct ctl *ctl, char **words);

/** ctl_shows() - whether a command shows how things stand; a wrong one may */
bool ctl_shows(char *const *words);

/** ctl_family() - open the family, or say why not; NULL then. Once in a batch */
struct l2a_genl *ctl_family(const struct ctl *ctl);

/** ctl_kernel() - the same, after all that waits in a batch has been sent */
struct l2a_genl *ctl_kernel(const struct ctl *ctl);

/**
 * ctl_kernel_request() - send a request that is answered with a verdict alone
 * @ctl: the invocation
 * @g: from ctl_family(), closed
 * @msg: the request, freed; NULL where there was no memory for it
 *
 * In a batch it may wait for others to be sent with it.
 *
 * Return: CTL_OK or CTL_REFUSED.
 */
int ctl_kernel_request(const struct ctl *ctl, struct l2a_genl *g,
		       struct nl_msg *msg);

/** ctl_kernel_done() - close the family and turn a call's result into a status */
int ctl_kernel_done(const struct ctl *ctl, struct l2a_genl *g, int ret,
		    const struct l2a_error *err);

/* The fields of an object, as every command shows them. */
void vip_fields(struct l2a_writer *w, const struct l2a_vip *vip);
void lease_fields(struct l2a_writer *w, const struct l2a_lease *lease,
		  uint64_t now_ns);

#endif /* L2CTL_H */
