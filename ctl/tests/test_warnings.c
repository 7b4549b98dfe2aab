// SPDX-License-Identifier: GPL-2.0
/*
 * Warnings: where kernel and store disagree, which clocks will not do, and which
 * of the administrator's rules may drop ARP.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <net/if.h>	/* before linux/if.h, which then leaves out what it has */
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter_arp/arp_tables.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "l2announced/arp_rules.h"
#include "l2announced/present.h"
#include "l2announced/warnings.h"

static struct names found;

static int end(void **state)
{
	(void)state;
	names_clear(&found);
	return 0;
}

static void vip(struct l2a_vip *vip, const char *addr, uint32_t state)
{
	memset(vip, 0, sizeof(*vip));
	assert_int_equal(l2a_addr_parse(addr, &vip->addr, NULL), 0);
	vip->state = state;
}

/* A service with the VIP 10.0.0.1, and what the kernel has of it. */
static void disagree(const char *holder, bool mine, uint32_t state)
{
	char *text = (char[]){ "10.0.0.1" };
	const struct names vips = { 1, &text };
	const struct warnings_held held = { "web", &vips, holder, mine };
	struct l2a_vip kernel;

	vip(&kernel, "10.0.0.1", state);
	names_clear(&found);
	warnings_disagree(&held, 1, &kernel, 1, &found);
}

static void test_agree(void **state)
{
	(void)state;
	disagree("me", true, L2ANNOUNCE_VIP_STATE_ACTIVE);
	assert_int_equal(found.n, 0);
	disagree("other", false, L2ANNOUNCE_VIP_STATE_STANDBY);
	assert_int_equal(found.n, 0);
	disagree(NULL, false, L2ANNOUNCE_VIP_STATE_STANDBY);
	assert_int_equal(found.n, 0);
}

static void test_disagree(void **state)
{
	(void)state;
	disagree("me", true, L2ANNOUNCE_VIP_STATE_STANDBY);
	assert_int_equal(found.n, 1);
	assert_string_equal(found.v[0], "10.0.0.1: the store says that this node holds web, but its kernel does not answer for it");
	disagree("other", false, L2ANNOUNCE_VIP_STATE_ACTIVE);
	assert_int_equal(found.n, 1);
	assert_string_equal(found.v[0], "10.0.0.1: active in this node's kernel, but the store says that other holds it");
	disagree(NULL, false, L2ANNOUNCE_VIP_STATE_ACTIVE);
	assert_int_equal(found.n, 1);
	assert_non_null(strstr(found.v[0], "that nobody holds it"));
}

/* Of two services with one VIP the one that is held here counts. */
static void test_shared(void **state)
{
	char *text = (char[]){ "10.0.0.1" };
	const struct names vips = { 1, &text };
	const struct warnings_held held[] = {
		{ "a", &vips, "me", true }, { "b", &vips, NULL, false },
	};
	struct l2a_vip kernel;

	(void)state;
	vip(&kernel, "10.0.0.1", L2ANNOUNCE_VIP_STATE_ACTIVE);
	warnings_disagree(held, 2, &kernel, 1, &found);
	assert_int_equal(found.n, 0);
}

static void test_clock(void **state)
{
	(void)state;
	assert_null(warnings_clock("tsc"));
	assert_null(warnings_clock("kvm-clock"));
	assert_null(warnings_clock("arch_sys_counter"));
	assert_non_null(warnings_clock("jiffies"));
	assert_non_null(warnings_clock("hpet"));
}

/* Rules, as nftables tells of them. */

static struct nl_msg *message(int type)
{
	const struct nfgenmsg header = { .nfgen_family = NFPROTO_ARP };
	struct nl_msg *msg;

	msg = nlmsg_alloc_simple((NFNL_SUBSYS_NFTABLES << 8) | type, 0);
	assert_int_equal(nlmsg_append(msg, (void *)(uintptr_t)&header,
				      sizeof(header), NLMSG_ALIGNTO), 0);
	return msg;
}

static void chain(const char *name, bool base, uint32_t policy)
{
	struct nl_msg *msg = message(NFT_MSG_NEWCHAIN);

	nla_put_string(msg, NFTA_CHAIN_TABLE, "filter");
	nla_put_string(msg, NFTA_CHAIN_NAME, name);
	if (base) {
		nla_put_u32(msg, NFTA_CHAIN_POLICY, htonl(policy));
		nla_put(msg, NFTA_CHAIN_HOOK, 0, NULL);
	}
	arp_rules_chain(nlmsg_hdr(msg), &found);
	nlmsg_free(msg);
}

static void test_policies(void **state)
{
	(void)state;
	chain("INPUT", true, NF_ACCEPT);
	chain("own", false, 0);
	assert_int_equal(found.n, 0);
	chain("OUTPUT", true, NF_DROP);
	assert_int_equal(found.n, 1);
	assert_string_equal(found.v[0], "nftables: table arp filter, chain OUTPUT");
}

static void put_verdict(struct nl_msg *msg, uint32_t code)
{
	struct nlattr *list, *data, *imm, *verdict;

	list = nla_nest_start(msg, NFTA_LIST_ELEM);
	nla_put_string(msg, NFTA_EXPR_NAME, "immediate");
	data = nla_nest_start(msg, NFTA_EXPR_DATA);
	imm = nla_nest_start(msg, NFTA_IMMEDIATE_DATA);
	verdict = nla_nest_start(msg, NFTA_DATA_VERDICT);
	nla_put_u32(msg, NFTA_VERDICT_CODE, htonl(code));
	nla_nest_end(msg, verdict);
	nla_nest_end(msg, imm);
	nla_nest_end(msg, data);
	nla_nest_end(msg, list);
}

static void rule(const char *name, uint32_t code)
{
	struct nl_msg *msg = message(NFT_MSG_NEWRULE);
	struct nlattr *list, *other;

	nla_put_string(msg, NFTA_RULE_TABLE, "filter");
	nla_put_string(msg, NFTA_RULE_CHAIN, name);
	list = nla_nest_start(msg, NFTA_RULE_EXPRESSIONS);
	other = nla_nest_start(msg, NFTA_LIST_ELEM);
	nla_put_string(msg, NFTA_EXPR_NAME, "counter");
	nla_nest_end(msg, other);
	put_verdict(msg, code);
	nla_nest_end(msg, list);
	arp_rules_rule(nlmsg_hdr(msg), &found);
	nlmsg_free(msg);
}

static void test_rules(void **state)
{
	(void)state;
	rule("INPUT", NF_ACCEPT);
	rule("INPUT", (uint32_t)NFT_RETURN);
	assert_int_equal(found.n, 0);
	rule("INPUT", NF_DROP);
	rule("INPUT", NF_DROP);
	assert_int_equal(found.n, 1);
	assert_string_equal(found.v[0], "nftables: table arp filter, chain INPUT");
}

/* The old arptables' table: an entry each for rules, policies, and the end. */

struct entry {
	/* A struct with an open end may not stand before another. */
	_Alignas(struct arpt_entry) char head[sizeof(struct arpt_entry)];
	struct xt_standard_target to;
};

static struct arpt_entry *head(struct entry *e)
{
	return (struct arpt_entry *)e->head;
}

static struct entry entry(const char *target, int verdict)
{
	struct entry e = { .to.verdict = verdict };

	head(&e)->target_offset = sizeof(struct arpt_entry);
	head(&e)->next_offset = sizeof(struct entry);
	strcpy(e.to.target.u.user.name, target);
	return e;
}

static void test_arptables(void **state)
{
	const int accept = -NF_ACCEPT - 1, drop = -NF_DROP - 1;
	struct entry table[] = {
		entry("", accept), entry("", accept), entry("ERROR", drop),
	};

	(void)state;
	assert_false(arp_rules_entries(table, sizeof(table)));
	table[0] = entry("", XT_RETURN);
	assert_false(arp_rules_entries(table, sizeof(table)));
	table[1] = entry("", drop);
	assert_true(arp_rules_entries(table, sizeof(table)));
	assert_false(arp_rules_entries(table, sizeof(table[0])));
	/* Lengths are believed as far as they can be true. */
	assert_false(arp_rules_entries(table, 2 * sizeof(table[0]) - 1));
	head(&table[0])->next_offset = 0;
	assert_false(arp_rules_entries(table, sizeof(table)));
}

/* A part of the kernel that is built in has no folder in /sys/module. */
static void test_built_in(void **state)
{
	static const char list[] = "kernel/net/netfilter/nf_tables_set.ko\n"
				   "kernel/net/netfilter/nf_tables.ko\n";
	char path[] = "/tmp/test_warnings-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, list, sizeof(list) - 1), sizeof(list) - 1);
	close(fd);
	assert_true(present_in(path, "nf_tables"));
	assert_true(present_in(path, "nf_tables_set"));
	assert_false(present_in(path, "tables"));
	assert_false(present_in(path, "nf_tables_s"));
	unlink(path);
	assert_false(present_in(path, "nf_tables"));
	assert_false(present("no_part_of_any_kernel"));
}

#define TEST(name)	cmocka_unit_test_teardown(name, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_agree),
		TEST(test_disagree),
		TEST(test_shared),
		TEST(test_clock),
		TEST(test_policies),
		TEST(test_rules),
		TEST(test_arptables),
		TEST(test_built_in),
	};

	return cmocka_run_group_tests_name("warnings", tests, NULL, NULL);
}
