// SPDX-License-Identifier: GPL-2.0
/*
 * The HTTP client's work, done by libcurl: its sockets and its timer in the
 * event loop, and one easy handle for each attempt of a call.
 *
 * libcurl must not be called from within its own callbacks: these only take
 * notes, and http_deliver() is called when it has returned.
 */
#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http_priv.h"
#include "lib/clock.h"
#include "names.h"
#include "secret.h"

#define ANSWER_MOST	(64UL << 20)	/* bytes of a body, or of a line */
#define CONNECTION_S	60		/* then certificates are read again */

/* ------------------------------------------------------------ the loop */

static void finished(struct http_client *client)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(client->multi, &left))) {
		struct http_call *call = NULL;
		CURLcode code = msg->data.result;

		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &call);
		http_attempt_over(call, code);
	}
}

static void act(struct http_client *client, curl_socket_t fd, int what)
{
	int running;

	curl_multi_socket_action(client->multi, fd, what, &running);
	finished(client);
	http_deliver(client);
}

static void on_socket(evutil_socket_t fd, short what, void *arg)
{
	act(arg, fd, (what & EV_READ ? CURL_CSELECT_IN : 0) |
		     (what & EV_WRITE ? CURL_CSELECT_OUT : 0));
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	act(arg, CURL_SOCKET_TIMEOUT, 0);
}

static int want_timer(CURLM *multi, long ms, void *arg)
{
	struct http_client *client = arg;
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	(void)multi;
	if (ms < 0)
		return event_del(client->timer);
	return event_add(client->timer, &tv);
}

static int want_socket(CURL *easy, curl_socket_t fd, int what, void *arg,
		       void *socket_arg)
{
	struct http_client *client = arg;
	struct event *ev = socket_arg;
	short events = EV_PERSIST;

	(void)easy;
	if (ev)
		event_free(ev);
	curl_multi_assign(client->multi, fd, NULL);
	if (what == CURL_POLL_REMOVE)
		return 0;
	if (what & CURL_POLL_IN)
		events |= EV_READ;
	if (what & CURL_POLL_OUT)
		events |= EV_WRITE;
	ev = event_new(client->base, fd, events, on_socket, client);
	if (!ev || event_add(ev, NULL))
		return -1;
	curl_multi_assign(client->multi, fd, ev);
	return 0;
}

int http_curl_open(struct http_client *client, struct l2a_error *err)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		return l2a_fail(err, -ENOMEM, "libcurl cannot be used");
	client->multi = curl_multi_init();
	client->timer = evtimer_new(client->base, on_timer, client);
	if (!client->multi || !client->timer)
		return l2a_fail(err, -ENOMEM, "libcurl cannot be used: out of memory");
	curl_multi_setopt(client->multi, CURLMOPT_SOCKETFUNCTION, want_socket);
	curl_multi_setopt(client->multi, CURLMOPT_SOCKETDATA, client);
	curl_multi_setopt(client->multi, CURLMOPT_TIMERFUNCTION, want_timer);
	curl_multi_setopt(client->multi, CURLMOPT_TIMERDATA, client);
	curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS,
			  (long)client->most + 1);
	return 0;
}

void http_curl_close(struct http_client *client)
{
	curl_multi_cleanup(client->multi);
	if (client->timer)
		event_free(client->timer);
	curl_global_cleanup();
}

/* ------------------------------------------------------------ one attempt */

static size_t on_body(char *data, size_t size, size_t n, void *arg)
{
	struct http_call *call = arg;
	struct http_buffer *in = &call->in;
	size_t len = size * n;

	if (in->len + len > ANSWER_MOST) {
		snprintf(call->why, sizeof(call->why),
			 "the answer is longer than %lu bytes", ANSWER_MOST);
		return 0;
	}
	if (in->len + len + 1 > in->size) {
		in->size = 2 * (in->len + len + 1);
		in->data = realloc(in->data, in->size);
		if (!in->data)
			abort();
	}
	memcpy(in->data + in->len, data, len);
	in->len += len;
	in->data[in->len] = '\0';
	http_data(call);
	return len;
}

/* An empty line ends the headers of an answer. */
static size_t on_header(char *data, size_t size, size_t n, void *arg)
{
	if (size * n == 2 && data[0] == '\r')
		http_begun(arg);
	return size * n;
}

/*
 * What follows needs some of libcurl 7.88; Debian 11 has 7.74. There a request
 * that must not be sent twice has a connection of its own, which libcurl does
 * not try again on; and giving up a slow name waits for the resolver.
 */
#if CURL_AT_LEAST_VERSION(7, 80, 0)

/*
 * Called when there is a connection and before anything is sent on it. libcurl
 * sends again by itself where a connection it had kept turns out to be dead;
 * what must not be done twice must not be sent twice.
 */
static int before_sending(void *arg, char *ip, char *local_ip, int port,
			  int local_port)
{
	struct http_call *call = arg;

	(void)ip;
	(void)local_ip;
	(void)port;
	(void)local_port;
	if (call->attempt_sent && !call->repeat) {
		snprintf(call->why, sizeof(call->why),
			 "the connection ended before the answer");
		return CURL_PREREQFUNC_ABORT;
	}
	call->attempt_sent = true;
	call->sent = true;
	return CURL_PREREQFUNC_OK;
}

static void guard_sending(struct http_call *call)
{
	curl_easy_setopt(call->easy, CURLOPT_PREREQFUNCTION, before_sending);
	curl_easy_setopt(call->easy, CURLOPT_PREREQDATA, call);
	curl_easy_setopt(call->easy, CURLOPT_MAXLIFETIME_CONN,
			 (long)CONNECTION_S);
}

void http_curl_look(struct http_call *call)
{
	(void)call;
}

#else

static void guard_sending(struct http_call *call)
{
	curl_easy_setopt(call->easy, CURLOPT_FRESH_CONNECT, !call->repeat);
}

void http_curl_look(struct http_call *call)
{
	long bytes = 0;

	curl_easy_getinfo(call->easy, CURLINFO_REQUEST_SIZE, &bytes);
	if (bytes)
		call->sent = true;
}

#endif

static void add_header(struct http_call *call, const char *text)
{
	struct curl_slist *list = curl_slist_append(call->sent_headers, text);

	if (!list)
		abort();
	call->sent_headers = list;
}

static int set_token(struct http_call *call)
{
	const struct http_config *config = &call->client->config;
	char *token, *text;

	if (!config->token && !config->token_file)
		return 0;
	token = config->token_file ?
		secret_read(config->token_file, &call->err) :
		xstrdup(config->token);
	if (!token)
		return call->err.code;
	if (asprintf(&text, "Authorization: Bearer %s", token) < 0)
		abort();
	add_header(call, text);
	free(text);
	free(token);
	return 0;
}

static int set_password(struct http_call *call)
{
	const struct http_config *config = &call->client->config;
	char *password;

	if (!config->user)
		return 0;
	password = config->password_file ?
		   secret_read(config->password_file, &call->err) : xstrdup("");
	if (!password)
		return call->err.code;
	curl_easy_setopt(call->easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
	curl_easy_setopt(call->easy, CURLOPT_USERNAME, config->user);
	curl_easy_setopt(call->easy, CURLOPT_PASSWORD, password);
	free(password);
	return 0;
}

static void set_pem(CURL *easy, CURLoption file, CURLoption blob,
		    const char *path, const char *pem)
{
	struct curl_blob b = { NULL, 0, CURL_BLOB_COPY };

	if (path)
		curl_easy_setopt(easy, file, path);
	if (!pem)
		return;
	b.data = (void *)(uintptr_t)pem;
	b.len = strlen(pem);
	curl_easy_setopt(easy, blob, &b);
}

static void set_tls(struct http_call *call)
{
	const struct http_config *config = &call->client->config;
	CURL *easy = call->easy;

#if CURL_AT_LEAST_VERSION(7, 87, 0)
	curl_easy_setopt(easy, CURLOPT_CA_CACHE_TIMEOUT, 0L);
#endif
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION,
			 (long)CURL_SSLVERSION_TLSv1_2);
	/*
	 * The system's directory would be trusted beside it. Not NULL: that is the
	 * system's again from libcurl 8.17 on.
	 */
	if (config->ca_file || config->ca_pem)
		curl_easy_setopt(easy, CURLOPT_CAPATH, "/dev/null");
#if CURL_AT_LEAST_VERSION(7, 77, 0)
	set_pem(easy, CURLOPT_CAINFO, CURLOPT_CAINFO_BLOB, config->ca_file,
		config->ca_pem);
#else
	curl_easy_setopt(easy, CURLOPT_CAINFO, config->ca_file);
#endif
	set_pem(easy, CURLOPT_SSLCERT, CURLOPT_SSLCERT_BLOB, config->cert_file,
		config->cert_pem);
	set_pem(easy, CURLOPT_SSLKEY, CURLOPT_SSLKEY_BLOB, config->key_file,
		config->key_pem);
}

/*
 * Where the certificates carry another name than the endpoint: ask for that
 * name, and connect to the endpoint.
 */
static void set_url(struct http_call *call)
{
	const struct http_client *client = call->client;
	const char *endpoint = client->endpoints[call->endpoint];
	const char *name = client->config.server_name;
	const char *host = strstr(endpoint, "://") + 3, *port;
	char *url, *to;

	if (!name || strncmp(endpoint, "https://", 8)) {
		if (asprintf(&url, "%s%s", endpoint, call->path) < 0)
			abort();
	} else {
		port = strrchr(host, ':');
		if (!port || strchr(port, ']'))
			port = "";
		if (asprintf(&url, "https://%s%s%s", name, port, call->path) < 0 ||
		    asprintf(&to, "::%s", host) < 0)
			abort();
		call->connect_to = curl_slist_append(NULL, to);
		curl_easy_setopt(call->easy, CURLOPT_CONNECT_TO,
				 call->connect_to);
		free(to);
	}
	curl_easy_setopt(call->easy, CURLOPT_URL, url);
	free(url);
}

static void set_times(struct http_call *call)
{
	uint64_t now = l2a_clock_ns(CLOCK_MONOTONIC);
	uint64_t left = call->attempt_ms;

	/* libcurl takes 0 for forever. */
	if (call->deadline &&
	    l2a_deadline_left(call->deadline, now) / L2A_NSEC_PER_MSEC < left)
		left = l2a_deadline_left(call->deadline, now) /
		       L2A_NSEC_PER_MSEC + 1;
	curl_easy_setopt(call->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)left);
	/* A stream has no end by itself: call->timer watches over it. */
	if (!call->line)
		curl_easy_setopt(call->easy, CURLOPT_TIMEOUT_MS, (long)left);
}

static void set_request(struct http_call *call)
{
	CURL *easy = call->easy;

	curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->why);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
#if CURL_AT_LEAST_VERSION(7, 85, 0)
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS,
			 CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
	/* One answer a connection at a time: a stream holds nobody up. */
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
#if CURL_AT_LEAST_VERSION(7, 87, 0)
	/* Else giving up waits for the resolver's thread. */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
	guard_sending(call);
	if (call->body) {
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
				 (curl_off_t)strlen(call->body));
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call->body);
	}
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call->method);
	for (struct curl_slist *h = call->headers; h; h = h->next)
		add_header(call, h->data);
	/* Else a long body waits for a "100 Continue" that few send. */
	add_header(call, "Expect:");
}

int http_curl_start(struct http_call *call)
{
	int ret;

	call->endpoint = call->client->current;
	call->attempts++;
	call->attempt_sent = false;
	call->why[0] = '\0';
	call->in.len = 0;
	call->easy = curl_easy_init();
	if (!call->easy)
		return l2a_fail(&call->err, -ENOMEM, "out of memory");
	set_request(call);
	set_url(call);
	set_tls(call);
	set_times(call);
	ret = set_token(call);
	if (!ret)
		ret = set_password(call);
	curl_easy_setopt(call->easy, CURLOPT_HTTPHEADER, call->sent_headers);
	if (!ret && curl_multi_add_handle(call->client->multi, call->easy))
		ret = l2a_fail(&call->err, -ENOMEM, "libcurl takes no more requests");
	if (ret)
		http_curl_stop(call);
	return ret;
}

void http_curl_stop(struct http_call *call)
{
	if (!call->easy)
		return;
	curl_multi_remove_handle(call->client->multi, call->easy);
	curl_easy_cleanup(call->easy);
	curl_slist_free_all(call->sent_headers);
	curl_slist_free_all(call->connect_to);
	call->easy = NULL;
	call->sent_headers = NULL;
	call->connect_to = NULL;
}
