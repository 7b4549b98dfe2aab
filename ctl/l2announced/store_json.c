// SPDX-License-Identifier: GPL-2.0
/*
 * What the stores that speak JSON share: their answers and their questions.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "names.h"
#include "store_json.h"

json_object *store_parse(const char *text, size_t len)
{
	struct json_tokener *tok = json_tokener_new();
	json_object *obj = NULL;

	if (tok && len <= INT32_MAX)
		obj = json_tokener_parse_ex(tok, text, (int)len);
	if (tok)
		json_tokener_free(tok);
	if (json_object_is_type(obj, json_type_object))
		return obj;
	json_object_put(obj);
	return NULL;
}

const char *store_text(json_object *obj, const char *key)
{
	json_object *value;

	if (!json_object_object_get_ex(obj, key, &value) ||
	    !json_object_is_type(value, json_type_string))
		return NULL;
	return json_object_get_string(value);
}

json_object *store_number(uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	return json_object_new_string(text);
}

char *store_finish(json_object *obj)
{
	char *text = xstrdup(json_object_to_json_string_ext(
			obj, JSON_C_TO_STRING_PLAIN |
			     JSON_C_TO_STRING_NOSLASHESCAPE));

	json_object_put(obj);
	return text;
}

void store_items_free(struct store_item *items, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(items[i].key);
		free(items[i].value);
	}
	free(items);
}
