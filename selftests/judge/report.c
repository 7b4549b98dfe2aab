// SPDX-License-Identifier: GPL-2.0
/*
 * The figures of an address, for people, scripts and assertions. There is one
 * source, a JSON object; the flat lines are its keys joined by dots, so that
 * "answerer.0.mac" is the MAC of the first element of the list "answerer".
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

#define KEY_MAX		128

typedef void (*visit_fn)(void *arg, const char *key, const char *value);

static void add_count(struct json_object *object, const char *key,
		      uint64_t value)
{
	json_object_object_add(object, key, json_object_new_uint64(value));
}

static void add_mac(struct json_object *object, const char *key,
		    const uint8_t *mac)
{
	char text[MAC_TEXT];

	mac_text(text, mac);
	json_object_object_add(object, key, json_object_new_string(text));
}

/* Decimal fractions are written exactly, not as the nearest double. */
static void add_decimal(struct json_object *object, const char *key,
			int64_t value, int64_t unit, int digits)
{
	int64_t fraction = llabs(value % unit);
	char text[48];

	snprintf(text, sizeof(text), "%" PRId64 ".%0*" PRId64, value / unit,
		 digits, fraction);
	json_object_object_add(object, key,
			       json_object_new_double_s((double)value /
							(double)unit, text));
}

static void add_time(struct json_object *object, const char *key, int64_t ns)
{
	add_decimal(object, key, ns, NSEC_PER_SEC, 9);
}

/* Unknown durations are -1. */
static void add_ms(struct json_object *object, const char *key, int64_t ns)
{
	if (ns < 0)
		json_object_object_add(object, key, json_object_new_int(-1));
	else
		add_decimal(object, key, ns / 1000, 1000, 3);
}

static struct json_object *add_list(struct json_object *object,
				    const char *key)
{
	struct json_object *list = json_object_new_array();

	json_object_object_add(object, key, list);
	return list;
}

static struct json_object *add_element(struct json_object *list)
{
	struct json_object *element = json_object_new_object();

	json_object_array_add(list, element);
	return element;
}

static void add_faults(struct json_object *object, const struct vip *vip)
{
	static const char *const keys[FAULTS] = {
		"fault_lladdr", "fault_checksum", "fault_hop_limit",
		"fault_code", "fault_options", "fault_source",
		"fault_destination", "fault_override", "fault_solicited",
	};
	int i;

	add_count(object, "malformed", vip->malformed);
	for (i = 0; i < FAULTS; i++)
		add_count(object, keys[i], vip->faults[i]);
	add_count(object, "routers", vip->routers);
}

static void add_requests(struct json_object *object, const struct vip *vip)
{
	add_count(object, "requests", vip->requests);
	add_count(object, "probes", vip->probes);
	add_count(object, "invalid", vip->invalid);
	add_count(object, "answered", vip->answered);
	add_count(object, "probes_answered", vip->probes_answered);
	add_count(object, "unanswered", vip_unanswered(vip));
	add_count(object, "told", vip->told);
	add_count(object, "open", vip->open);
	add_count(object, "replies", vip->replies);
	add_count(object, "unsolicited", vip->unsolicited);
	add_faults(object, vip);
	add_count(object, "sourced", vip->sourced);
	add_count(object, "other_source", vip->other_source);
	add_count(object, "dual_answers", vip->n_duals);
	add_ms(object, "longest_gap_ms",
	       vip->replies > 1 ? vip->longest_gap : -1);
	add_time(object, "first_answer", vip->first_answer);
	add_time(object, "last_answer", vip->last_answer);
}

static size_t distinct_macs(const struct vip *vip)
{
	size_t count = 0;
	size_t i, j;

	for (i = 0; i < vip->n_answerers; i++) {
		for (j = 0; j < i; j++)
			if (memcmp(vip->answerers[i].mac,
				   vip->answerers[j].mac, MAC_LEN) == 0)
				break;
		count += j == i;
	}
	return count;
}

static void add_sequence(struct json_object *object, const struct vip *vip)
{
	size_t size = vip->n_answerers * MAC_TEXT + 1;
	char *sequence = calloc(1, size);
	size_t i;

	if (!sequence)
		return;
	for (i = 0; i < vip->n_answerers; i++) {
		char *at = sequence + i * MAC_TEXT;

		mac_text(at, vip->answerers[i].mac);
		if (i + 1 < vip->n_answerers)
			at[MAC_TEXT - 1] = ',';
	}
	json_object_object_add(object, "sequence",
			       json_object_new_string(sequence));
	free(sequence);
}

static void add_answerers(struct json_object *object, const struct vip *vip)
{
	struct json_object *list;
	size_t i;

	add_count(object, "macs", distinct_macs(vip));
	add_count(object, "moves",
		  vip->n_answerers ? vip->n_answerers - 1 : 0);
	add_sequence(object, vip);
	list = add_list(object, "answerer");
	for (i = 0; i < vip->n_answerers; i++) {
		const struct answerer *run = &vip->answerers[i];
		struct json_object *element = add_element(list);

		add_mac(element, "mac", run->mac);
		add_count(element, "answers", run->answers);
		add_time(element, "first", run->first);
		add_time(element, "last", run->last);
		add_ms(element, "gap_ms",
		       i ? run->first - vip->answerers[i - 1].last : -1);
	}
}

static void add_duals(struct json_object *object, const struct vip *vip)
{
	struct json_object *list = add_list(object, "dual");
	size_t i;

	for (i = 0; i < vip->n_duals; i++) {
		const struct dual *dual = &vip->duals[i];
		struct json_object *element = add_element(list);

		add_time(element, "request", dual->request);
		add_time(element, "time", dual->time);
		add_mac(element, "asker", dual->asker);
		add_mac(element, "first", dual->first);
		add_mac(element, "second", dual->second);
	}
}

static void add_rounds(struct json_object *object, const struct vip *vip)
{
	unsigned int forms = vip->address.version == 6 ?
			     FORM_ND : FORM_REQUEST | FORM_REPLY;
	struct json_object *list;
	int64_t shortest = -1;
	int64_t longest = -1;
	size_t whole = 0;
	size_t i;

	for (i = 0; i < vip->n_rounds; i++) {
		const struct round *round = &vip->rounds[i];

		whole += round->forms == forms;
		if (round->gap < 0)
			continue;
		if (shortest < 0 || round->gap < shortest)
			shortest = round->gap;
		if (round->gap > longest)
			longest = round->gap;
	}
	add_count(object, "rounds", vip->n_rounds);
	add_count(object, "rounds_whole", whole);
	add_ms(object, "round_gap_min_ms", shortest);
	add_ms(object, "round_gap_max_ms", longest);
	list = add_list(object, "round");
	for (i = 0; i < vip->n_rounds; i++) {
		struct json_object *element = add_element(list);

		add_time(element, "time", vip->rounds[i].time);
		add_mac(element, "mac", vip->rounds[i].mac);
		add_ms(element, "gap_ms", vip->rounds[i].gap);
	}
}

static const char *form_name(unsigned int form)
{
	switch (form) {
	case FORM_ND:
		return "advertisement";
	case FORM_REPLY:
		return "reply";
	default:
		return "request";
	}
}

static void add_forms(struct json_object *object, const struct vip *vip)
{
	uint64_t requests = 0;
	uint64_t replies = 0;
	uint64_t unaccepted = 0;
	size_t i;

	for (i = 0; i < vip->n_announcements; i++) {
		requests += vip->announcements[i].form == FORM_REQUEST;
		replies += vip->announcements[i].form == FORM_REPLY;
		unaccepted += !vip->announcements[i].accepted;
	}
	add_count(object, "announcements", vip->n_announcements);
	add_count(object, "announcements_request", requests);
	add_count(object, "announcements_reply", replies);
	add_count(object, "announcements_unaccepted", unaccepted);
}

static void add_announcements(struct json_object *object,
			      const struct vip *vip)
{
	struct json_object *list;
	size_t i;

	add_forms(object, vip);
	list = add_list(object, "announcement");
	for (i = 0; i < vip->n_announcements; i++) {
		const struct announcement *entry = &vip->announcements[i];
		struct json_object *element = add_element(list);

		add_time(element, "time", entry->time);
		add_mac(element, "mac", entry->mac);
		json_object_object_add(element, "form",
				       json_object_new_string(form_name(entry->form)));
		json_object_object_add(element, "accepted",
				       json_object_new_boolean(entry->accepted));
		add_count(element, "round", entry->round);
	}
}

static void add_groups(struct json_object *object, const struct vip *vip)
{
	add_count(object, "mld_joins", vip->joins);
	add_count(object, "mld_leaves", vip->leaves);
}

/**
 * report_vip() - the figures of one address
 * @vip: the address, after tally_end()
 *
 * Return: a new JSON object; json_object_put() it.
 */
struct json_object *report_vip(const struct vip *vip)
{
	struct json_object *object = json_object_new_object();
	char text[IP_TEXT];

	ip_text(text, &vip->address);
	json_object_object_add(object, "vip", json_object_new_string(text));
	add_requests(object, vip);
	add_answerers(object, vip);
	add_duals(object, vip);
	add_announcements(object, vip);
	add_rounds(object, vip);
	if (vip->address.version == 6)
		add_groups(object, vip);
	return object;
}

static void walk(struct json_object *value, const char *key, visit_fn visit,
		 void *arg)
{
	char inner[KEY_MAX];
	size_t i;

	if (json_object_is_type(value, json_type_object)) {
		json_object_object_foreach(value, name, member) {
			snprintf(inner, sizeof(inner), "%s%s%s", key,
				 *key ? "." : "", name);
			walk(member, inner, visit, arg);
		}
		return;
	}
	if (json_object_is_type(value, json_type_array)) {
		for (i = 0; i < json_object_array_length(value); i++) {
			snprintf(inner, sizeof(inner), "%s.%zu", key, i);
			walk(json_object_array_get_idx(value, i), inner,
			     visit, arg);
		}
		return;
	}
	visit(arg, key, json_object_get_string(value));
}

static void print_line(void *arg, const char *key, const char *value)
{
	FILE *out = arg;

	fprintf(out, "%s=%s\n", key, value);
}

/**
 * report_lines() - key=value, a line each
 * @out: where to
 * @report: from report_vip()
 */
void report_lines(FILE *out, struct json_object *report)
{
	walk(report, "", print_line, out);
}

struct search {
	const char *key;
	char *value;
	size_t size;
	bool found;
};

static void match_line(void *arg, const char *key, const char *value)
{
	struct search *search = arg;

	if (strcmp(search->key, key) != 0)
		return;
	search->found = true;
	snprintf(search->value, search->size, "%s", value);
}

/**
 * report_get() - one value
 * @report: from report_vip()
 * @key: as in the flat lines
 * @value: where to
 * @size: bytes at @value
 *
 * Return: false where there is no such key.
 */
bool report_get(struct json_object *report, const char *key, char *value,
		size_t size)
{
	struct search search = { .key = key, .value = value, .size = size };

	walk(report, "", match_line, &search);
	return search.found;
}

static bool number(const char *text, double *value)
{
	char *end;

	*value = strtod(text, &end);
	return end != text && *end == '\0';
}

static bool holds(const char *seen, const char *op, const char *wanted)
{
	bool no = op[0] == '!';
	double a, b;

	if (!number(seen, &a) || !number(wanted, &b)) {
		if (op[0] != '=' && !no)
			return false;
		return (strcmp(seen, wanted) == 0) != no;
	}
	switch (op[0]) {
	case '<':
		return op[1] ? a <= b : a < b;
	case '>':
		return op[1] ? a >= b : a > b;
	default:
		return (a >= b && a <= b) != no;
	}
}

/**
 * report_expect() - hold the figures against a rule
 * @err: where an unmet rule is told
 * @report: from report_vip()
 * @rule: KEY OP VALUE without blanks, OP one of = != < <= > >=
 *
 * A key that is not there (an element a list does not have) meets no rule.
 *
 * Return: 0 where it holds, 1 where not, 2 where @rule is no rule.
 */
int report_expect(FILE *err, struct json_object *report, const char *rule)
{
	char key[KEY_MAX], op[3] = "", seen[4096];
	size_t key_len = strcspn(rule, "=!<>");
	size_t op_len = strspn(rule + key_len, "=!<>");
	const char *wanted = rule + key_len + op_len;

	if (key_len == 0 || key_len >= sizeof(key) || op_len == 0 ||
	    op_len >= sizeof(op) || !*wanted)
		return 2;
	memcpy(key, rule, key_len);
	key[key_len] = '\0';
	memcpy(op, rule + key_len, op_len);
	if (strcmp(op, "=") != 0 && strcmp(op, "!=") != 0 &&
	    strcmp(op, "<") != 0 && strcmp(op, "<=") != 0 &&
	    strcmp(op, ">") != 0 && strcmp(op, ">=") != 0)
		return 2;
	if (!report_get(report, key, seen, sizeof(seen))) {
		fprintf(err, "l2judge: expected %s, saw no %s\n", rule, key);
		return 1;
	}
	if (holds(seen, op, wanted))
		return 0;
	fprintf(err, "l2judge: expected %s, saw %s\n", rule,
		*seen ? seen : "nothing");
	return 1;
}
