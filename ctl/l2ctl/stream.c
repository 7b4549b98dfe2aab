// SPDX-License-Identifier: GPL-2.0
/*
 * The controller's events: a request whose answer does not end, driven by libcurl's
 * multi interface between waits for other descriptors.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "l2ctl/late_curl.h"
#include "l2ctl/stream.h"
#include "lib/clock.h"

#define URL		"http://localhost/v1/events"
#define AGAIN_NS	L2A_NSEC_PER_SEC	/* between two looks for a controller */
#define WAIT_MS		1000

struct stream {
	const char *socket;
	struct stream_hooks hooks;
	const struct late_curl *lib;	/* NULL: there is none to ask with */
	CURLM *multi;
	CURL *easy;			/* NULL between two requests */
	struct lines lines;
	uint64_t again_ns;
	bool heard;			/* of the controller asked now */
	bool troubled;			/* told so */
};

static void tell_trouble(struct stream *s, const struct l2a_error *err)
{
	if (!s->troubled)
		s->hooks.trouble(err, s->hooks.arg);
	s->troubled = true;
}

static bool is_text(struct json_object *obj, const char *key)
{
	return json_object_is_type(json_object_object_get(obj, key),
				   json_type_string);
}

/* What is no event, an error's text among it, is told by the status. */
static void on_line(const char *line, void *arg)
{
	struct json_object *obj = json_tokener_parse(line);
	struct stream *s = arg;

	if (json_object_is_type(obj, json_type_object) &&
	    is_text(obj, "time") && is_text(obj, "event")) {
		s->heard = true;
		s->troubled = false;
		s->hooks.event(obj, s->hooks.arg);
	}
	json_object_put(obj);
}

static size_t on_data(char *data, size_t size, size_t n, void *arg)
{
	struct stream *s = arg;

	return lines_feed(&s->lines, data, size * n, on_line, s) ? 0 : size * n;
}

static void set_options(const struct stream *s, CURL *easy)
{
	s->lib->easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, s->socket);
	s->lib->easy_setopt(easy, CURLOPT_PROXY, "");
	s->lib->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	s->lib->easy_setopt(easy, CURLOPT_URL, URL);
	s->lib->easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_data);
	s->lib->easy_setopt(easy, CURLOPT_WRITEDATA, (void *)s);
}

static void ask(struct stream *s)
{
	CURL *easy = s->lib->easy_init();

	if (!easy)
		return;
	set_options(s, easy);
	if (s->lib->multi_add_handle(s->multi, easy) == CURLM_OK)
		s->easy = easy;
	else
		s->lib->easy_cleanup(easy);
}

/* No controller is no trouble: the module has its own events. */
static void look_why(struct stream *s, CURLcode code)
{
	struct l2a_error err = { 0 };
	long status = 0, os = 0;

	s->lib->easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
	s->lib->easy_getinfo(s->easy, CURLINFO_OS_ERRNO, &os);
	if (status && status / 100 != 2)
		l2a_fail(&err, -EREMOTEIO,
			 "the controller at %s tells no events: HTTP status %ld",
			 s->socket, status);
	else if (code == CURLE_COULDNT_CONNECT && os && os != ENOENT &&
		 os != ECONNREFUSED)
		l2a_fail(&err, (int)-os,
			 "the module's events alone: cannot reach the controller at %s: %s",
			 s->socket, strerror((int)os));
	if (err.code)
		tell_trouble(s, &err);
}

static void end_request(struct stream *s)
{
	if (!s->easy)
		return;
	s->lib->multi_remove_handle(s->multi, s->easy);
	s->lib->easy_cleanup(s->easy);
	s->easy = NULL;
	lines_clear(&s->lines);
}

static void on_end(struct stream *s, CURLcode code)
{
	bool heard = s->heard;

	if (!heard)
		look_why(s, code);
	end_request(s);
	s->heard = false;
	s->again_ns = l2a_boottime_ns() + AGAIN_NS;
	if (heard)
		s->hooks.ended(s->hooks.arg);
}

static void drive(struct stream *s)
{
	int running, left;
	CURLMsg *msg;

	if (!s->easy && l2a_boottime_ns() >= s->again_ns)
		ask(s);
	s->lib->multi_perform(s->multi, &running);
	while ((msg = s->lib->multi_info_read(s->multi, &left))) {
		if (msg->msg == CURLMSG_DONE)
			on_end(s, msg->data.result);
	}
}

/* libcurl's own poll does not tell of a descriptor that has hung up. */
static int wait_with_curl(struct stream *s, struct pollfd *fds, size_t n)
{
	struct curl_waitfd waits[STREAM_FDS_MOST];
	int ready;

	for (size_t i = 0; i < n; i++) {
		waits[i] = (struct curl_waitfd){
			.fd = fds[i].fd,
			.events = fds[i].events & POLLIN ? CURL_WAIT_POLLIN : 0,
		};
	}
	if (s->lib->multi_poll(s->multi, waits, (unsigned int)n, WAIT_MS, &ready))
		return -EIO;
	return poll(fds, n, 0) < 0 ? -errno : 0;
}

int stream_wait(struct stream *s, struct pollfd *fds, size_t n)
{
	if (!s->lib)
		return poll(fds, n, -1) < 0 ? -errno : 0;
	drive(s);
	return wait_with_curl(s, fds, n);
}

struct stream *stream_open(const char *socket, const struct stream_hooks *hooks)
{
	struct stream *s = calloc(1, sizeof(*s));
	struct l2a_error err = { 0 };

	if (!s)
		return NULL;
	s->socket = socket;
	s->hooks = *hooks;
	s->lib = late_curl(&err);
	if (!s->lib) {
		tell_trouble(s, &err);
		return s;
	}
	s->multi = s->lib->multi_init();
	if (s->multi)
		return s;
	free(s);
	return NULL;
}

void stream_close(struct stream *s)
{
	if (!s)
		return;
	if (s->lib) {
		end_request(s);
		s->lib->multi_cleanup(s->multi);
	}
	free(s);
}
