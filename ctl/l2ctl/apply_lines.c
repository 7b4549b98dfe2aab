// SPDX-License-Identifier: GPL-2.0
/*
 * In which line of a file of services something stands. libcyaml forgets the lines
 * once it has read a file: this walks over it again, event by event.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "l2ctl/apply_lines.h"

/* How deep things are: services: [ { KEY: [VALUE] } ] */
#define IN_FILE		1
#define IN_SERVICE	3

/* A key, or one of its values. */
struct place {
	unsigned int service;	/* counts from 1; 0 outside of any */
	unsigned int line;
	char *key;
	char *value;		/* NULL for the key itself */
};

/* All of them; @broken: the line from which on it is no YAML, 0 where it is. */
struct places {
	struct place *v;
	size_t n;
	unsigned int broken;
};

struct walk {
	struct places *places;
	unsigned int depth;
	unsigned int service;
	bool at_key;
	char *key;
};

static void add(struct walk *w, const yaml_event_t *event, const char *value)
{
	struct places *to = w->places;
	struct place *v = realloc(to->v, (to->n + 1) * sizeof(*v));

	/* Lines are a help: without memory there are none. */
	if (!v)
		return;
	to->v = v;
	v += to->n++;
	v->service = w->depth < IN_SERVICE ? 0 : w->service;
	v->line = (unsigned int)event->start_mark.line + 1;
	v->key = strdup(w->key ? w->key : "");
	v->value = value ? strdup(value) : NULL;
}

static void scalar(struct walk *w, const yaml_event_t *event)
{
	const char *text = (const char *)event->data.scalar.value;
	bool in_mapping = w->depth == IN_FILE || w->depth == IN_SERVICE;

	if (in_mapping && w->at_key) {
		free(w->key);
		w->key = strdup(text);
		add(w, event, NULL);
	} else {
		add(w, event, text);
	}
	w->at_key = !w->at_key;
}

static void take(struct walk *w, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		scalar(w, event);
		break;
	case YAML_ALIAS_EVENT:
		w->at_key = !w->at_key;
		break;
	case YAML_MAPPING_START_EVENT:
	case YAML_SEQUENCE_START_EVENT:
		w->service += ++w->depth == IN_SERVICE;
		w->at_key = true;
		break;
	case YAML_MAPPING_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
		w->depth--;
		w->at_key = true;
		break;
	default:
		break;
	}
}

static struct places walk(const char *text, size_t len)
{
	struct places places = { NULL, 0, 0 };
	struct walk w = { .places = &places };
	yaml_parser_t parser;
	yaml_event_t event;
	bool end = false;

	if (!yaml_parser_initialize(&parser))
		return places;
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	while (!end && yaml_parser_parse(&parser, &event)) {
		take(&w, &event);
		end = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	if (!end)
		places.broken = (unsigned int)parser.problem_mark.line + 1;
	yaml_parser_delete(&parser);
	free(w.key);
	return places;
}

static void forget(struct places *places)
{
	for (size_t i = 0; i < places->n; i++) {
		free(places->v[i].key);
		free(places->v[i].value);
	}
	free(places->v);
}

static bool is(const char *text, const char *word)
{
	return text && !strcmp(text, word);
}

unsigned int apply_lines_key(const char *text, size_t len, const char *key,
			     unsigned int from)
{
	struct places places = walk(text, len);
	unsigned int line = from;

	for (size_t i = 0; i < places.n; i++) {
		const struct place *p = &places.v[i];

		if (p->value || p->line < from || !is(p->key, key))
			continue;
		line = p->line;
		break;
	}
	forget(&places);
	return line;
}

unsigned int apply_lines_broken(const char *text, size_t len)
{
	struct places places = walk(text, len);

	forget(&places);
	return places.broken;
}

/* Whether a text goes on with a word, bare or in quotes, that then ends. */
static bool begins(const char *text, const char *word)
{
	size_t len = strlen(word);

	text += *text == '"';
	return len && !strncmp(text, word, len) && strchr(": \",", text[len]);
}

static unsigned int find_service(const struct places *places, const char *text)
{
	unsigned int found = 0;

	for (size_t i = 0; i < places->n; i++) {
		const struct place *p = &places->v[i];

		if (p->service && p->value && is(p->key, "name") &&
		    begins(text, p->value))
			found = p->service;
	}
	return found;
}

/* The line of a service, of a key in it, or of a key's value: the last that fits. */
static unsigned int find_line(const struct places *places, unsigned int service,
			      const char *rest)
{
	unsigned int line = 0, rank = 0;

	for (size_t i = 0; i < places->n; i++) {
		const struct place *p = &places->v[i];
		unsigned int fits = 1;

		if (p->service != service || !p->key)
			continue;
		if (begins(rest, p->key) && !p->value)
			fits = 2;
		else if (begins(rest, p->key) && strchr(rest, ' ') &&
			 begins(strchr(rest, ' ') + 1, p->value))
			fits = 3;
		if (fits <= rank)
			continue;
		rank = fits;
		line = p->line;
	}
	return line;
}

unsigned int apply_lines_of(const char *text, size_t len, const char *refusal)
{
	static const char start[] = "service ";
	const char *name = refusal + strlen(start);
	struct places places;
	const char *rest;
	unsigned int service, line = 0;

	if (strncmp(refusal, start, strlen(start)))
		return 0;
	rest = strstr(name, ": ");
	places = walk(text, len);
	service = find_service(&places, name);
	if (service)
		line = find_line(&places, service, rest ? rest + 2 : "");
	forget(&places);
	return line;
}
