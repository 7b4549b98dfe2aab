// SPDX-License-Identifier: GPL-2.0
/*
 * A whole set of services at once: refused as a whole, or written one record
 * after the other. The store knows single records only, so what has been written
 * when it fails stays; the answer tells of each change whether it was made, and
 * the same request again makes the rest.
 */
#include <errno.h>
#include <event2/buffer.h>
#include <event2/http.h>
#include <stdlib.h>
#include <string.h>

#include "api_json.h"
#include "api_priv.h"
#include "apply.h"
#include "log.h"

/**
 * struct api_apply - changes on their way to the store, one at a time
 * @next: in &api.applies
 * @prev: in &api.applies; NULL once the API is closed
 * @agent: to be told what was stored
 * @req: who asked for it; NULL once the client has gone
 * @plan: what to do
 * @at: the one that is on its way
 * @done: those before it, as they were stored
 */
struct api_apply {
	struct api_apply *next, **prev;
	struct agent *agent;
	struct evhttp_request *req;
	struct apply_plan plan;
	size_t at;
	struct el_item *done;
};

/* What is asked for. */

static bool take_flag(json_object *obj, const char *key, bool *flag)
{
	json_object *value;

	if (!json_object_object_get_ex(obj, key, &value))
		return true;
	*flag = json_object_get_boolean(value);
	return json_object_is_type(value, json_type_boolean);
}

/* One service: as it is put alone, and its name. */
static int take_service(json_object *obj, struct apply_list *wanted,
			struct l2a_error *err)
{
	struct api_condition condition;
	json_object *value = NULL;
	struct record *rec;
	const char *body;
	char *name;

	if (!json_object_object_get_ex(obj, "name", &value) ||
	    !json_object_is_type(value, json_type_string))
		return l2a_fail(err, -EINVAL, "services: each has a \"name\"");
	name = xstrdup(json_object_get_string(value));
	if (!config_name_ok(name)) {
		l2a_fail(err, -EINVAL, "service %s: name: " API_NAME_RULE, name,
			 RECORD_NAME_MAX);
		free(name);
		return err->code;
	}
	json_object_object_del(obj, "name");
	body = json_object_to_json_string_ext(obj, JSON_C_TO_STRING_PLAIN);
	rec = api_service_parse(body, &condition, err);
	if (!rec) {
		l2a_prefix(err, "service %s", name);
	} else if (condition.create || condition.version) {
		l2a_fail(err, -EINVAL, "service %s: a set has no conditions",
			 name);
		record_put(rec);
		rec = NULL;
	} else {
		apply_add(wanted, name, rec, 0);
	}
	free(name);
	if (!rec)
		return err->code;
	record_put(rec);
	return 0;
}

static int take_services(json_object *obj, struct apply_list *wanted,
			 struct l2a_error *err)
{
	json_object *list;
	int ret = 0;

	if (!json_object_object_get_ex(obj, "services", &list) ||
	    !json_object_is_type(list, json_type_array))
		return l2a_fail(err, -EINVAL, "services: a list expected");
	for (size_t i = 0; !ret && i < json_object_array_length(list); i++)
		ret = take_service(json_object_array_get_idx(list, i), wanted,
				   err);
	return ret;
}

static void add_known(const struct el_service_info *info, void *arg)
{
	apply_add(arg, info->name, info->rec, info->version);
}

static int make_plan(struct api *api, json_object *obj, struct apply_plan *plan,
		     bool *dry_run, struct l2a_error *err)
{
	struct apply_list wanted = { NULL, 0 }, known = { NULL, 0 };
	struct el_now now = agent_now();
	bool prune = false;
	int ret;

	if (!take_flag(obj, "prune", &prune) ||
	    !take_flag(obj, "dry_run", dry_run))
		return l2a_fail(err, -EINVAL, "prune, dry_run: true or false");
	ret = take_services(obj, &wanted, err);
	election_services(agent_info(api->agent).election, &now, add_known,
			  &known);
	if (!ret)
		ret = apply_plan(&wanted, &known, prune, plan, err);
	apply_list_clear(&wanted);
	apply_list_clear(&known);
	return ret;
}

/* The answer: a list with an object for each change, sent bit by bit. */

static void say(struct evhttp_request *req, const char *before, json_object *obj,
		const char *after)
{
	struct evbuffer *buf = evbuffer_new();

	if (!buf)
		abort();
	evbuffer_add_printf(buf, "%s%s%s", before,
			    obj ? json_object_to_json_string_ext(obj,
					JSON_C_TO_STRING_PLAIN |
					JSON_C_TO_STRING_NOSLASHESCAPE) : "",
			    after);
	evhttp_send_reply_chunk(req, buf);
	evbuffer_free(buf);
}

/* @applied: "yes", "no", or "unknown". */
static void say_change(struct evhttp_request *req, const struct apply_plan *plan,
		       size_t at, const char *applied, const char *error)
{
	const struct apply_change *change = &plan->v[at];
	json_object *obj = json_object_new_object();

	json_object_object_add(obj, "name", json_object_new_string(change->name));
	json_object_object_add(obj, "op",
			       json_object_new_string(apply_op(change)));
	json_object_object_add(obj, "changed", json_object_get(change->diff));
	json_object_object_add(obj, "applied", json_object_new_string(applied));
	json_object_object_add(obj, "error", error ?
			       json_object_new_string(error) : NULL);
	say(req, at ? "," : "", obj, "\n");
	json_object_put(obj);
}

static void say_begin(struct evhttp_request *req)
{
	evhttp_add_header(evhttp_request_get_output_headers(req),
			  "Content-Type", "application/json");
	evhttp_send_reply_start(req, 200, "OK");
	say(req, "[", NULL, "");
}

static void say_end(struct evhttp_request *req)
{
	say(req, "]", NULL, "\n");
	evhttp_send_reply_end(req);
}

/* Making the changes. */

static void on_client_gone(struct evhttp_connection *conn, void *arg)
{
	struct api_apply *apply = arg;

	(void)conn;
	api_abandon(apply->req);
	apply->req = NULL;
}

static void let_go(struct api_apply *apply)
{
	if (!apply->req)
		return;
	evhttp_connection_set_closecb(evhttp_request_get_connection(apply->req),
				      NULL, NULL);
	say_end(apply->req);
	apply->req = NULL;
}

static void apply_free(struct api_apply *apply)
{
	let_go(apply);
	if (apply->prev)
		*apply->prev = apply->next;
	if (apply->next)
		apply->next->prev = apply->prev;
	apply_plan_clear(&apply->plan);
	free(apply->done);
	free(apply);
}

/* Told at once, and before the client: what it asks next is answered by this. */
static void finish(struct api_apply *apply)
{
	if (apply->at)
		agent_stored(apply->agent, apply->done, apply->at);
	apply_free(apply);
}

static void go_on(struct api_apply *apply);

static void fail(struct api_apply *apply, const struct store_reply *reply)
{
	const char *applied = reply->result == EL_UNKNOWN ? "unknown" : "no";
	const char *error = reply->result == EL_CONFLICT ?
			    "changed meanwhile" : reply->error;

	log_warn("not applied service=%s: %s", apply->plan.v[apply->at].name,
		 error);
	for (size_t i = apply->at; apply->req && i < apply->plan.n; i++) {
		say_change(apply->req, &apply->plan, i, applied, error);
		applied = "no";
		error = NULL;
	}
	finish(apply);
}

static void stored(void *arg, const struct store_reply *reply)
{
	struct api_apply *apply = arg;
	const struct apply_change *change = &apply->plan.v[apply->at];

	/* The API is closed: this one was the last. */
	if (!apply->prev) {
		apply_free(apply);
		return;
	}
	if (reply->result != EL_OK) {
		fail(apply, reply);
		return;
	}
	log_notice("%s service=%s", change->rec ? "set" : "deleted",
		   change->name);
	apply->done[apply->at] = (struct el_item){
		.kind = RECORD_SERVICE,
		.name = change->name,
		.version = reply->items[0].version,
		.rec = change->rec,
	};
	if (apply->req)
		say_change(apply->req, &apply->plan, apply->at, "yes", NULL);
	apply->at++;
	go_on(apply);
}

static void go_on(struct api_apply *apply)
{
	struct agent_info info = agent_info(apply->agent);
	const struct apply_change *change = &apply->plan.v[apply->at];
	char key[RECORD_KEY_MAX], *value;

	if (apply->at == apply->plan.n) {
		finish(apply);
		return;
	}
	record_key(RECORD_SERVICE, change->name, key);
	if (!change->rec) {
		info.store->delete_if(info.handle, key, change->version, stored,
				      apply);
		return;
	}
	value = record_format(change->rec);
	info.store->put_if(info.handle, key, change->version, value, stored,
			   apply);
	free(value);
}

static void begin(struct api *api, struct evhttp_request *req,
		  struct apply_plan *plan)
{
	struct api_apply *apply = xmalloc(sizeof(*apply));

	apply->agent = api->agent;
	apply->req = req;
	apply->plan = *plan;
	apply->done = xmalloc((plan->n + 1) * sizeof(*apply->done));
	apply->prev = &api->applies;
	apply->next = api->applies;
	if (apply->next)
		apply->next->prev = &apply->next;
	api->applies = apply;
	evhttp_connection_set_closecb(evhttp_request_get_connection(req),
				      on_client_gone, apply);
	say_begin(req);
	go_on(apply);
}

void api_apply(struct api *api, struct evhttp_request *req)
{
	char *body = api_body(req);
	json_object *obj = json_tokener_parse(body);
	struct apply_plan plan = { NULL, 0 };
	struct l2a_error err;
	bool dry_run = false;

	free(body);
	if (!json_object_is_type(obj, json_type_object)) {
		api_refuse(req, 400, "the body is no JSON object");
	} else if (make_plan(api, obj, &plan, &dry_run, &err)) {
		api_refuse(req, 400, "%s", err.text);
	} else if (!dry_run) {
		begin(api, req, &plan);
	} else {
		say_begin(req);
		for (size_t i = 0; i < plan.n; i++)
			say_change(req, &plan, i, "no", NULL);
		say_end(req);
		apply_plan_clear(&plan);
	}
	json_object_put(obj);
}

void api_apply_close(struct api *api)
{
	for (struct api_apply *apply = api->applies, *next; apply; apply = next) {
		next = apply->next;
		if (apply->req)
			evhttp_connection_set_closecb(evhttp_request_get_connection(apply->req),
						      NULL, NULL);
		apply->req = NULL;
		apply->next = NULL;
		apply->prev = NULL;
	}
}
