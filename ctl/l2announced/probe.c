// SPDX-License-Identifier: GPL-2.0
/*
 * One attempt of a check, in the event loop, which never waits for it.
 */
#include <errno.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/util.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "command.h"
#include "lib/clock.h"
#include "probe.h"

struct probe {
	struct probe_config c;
	struct command *command;
	struct evhttp_connection *http;
	unsigned int status;
	int fd;
	int error;		/* errno of a TCP connection that failed */
	struct event *ev;
};

/* Commands. */

static void on_command(void *arg, const struct command_end *end)
{
	struct probe *p = arg;

	p->command = NULL;
	p->c.done(p->c.arg, end->ok, end->text);
}

static void start_command(struct probe *p)
{
	const struct check *check = p->c.check;
	struct command_request request = {
		.argv = config_check_command(p->c.config, check->target),
		.env = p->c.env,
		.timeout_ms = check->timeout_ms,
		.wait_ms = check->interval_ms + check->timeout_ms,
		.quiet = true,
		.powerless = true,
		.done = on_command,
		.arg = p,
	};

	if (request.argv)
		p->command = command_start(p->c.runner, &request);
	else
		event_active(p->ev, 0, 0);
}

static void no_command(evutil_socket_t fd, short what, void *arg)
{
	struct probe *p = arg;

	(void)fd;
	(void)what;
	p->c.done(p->c.arg, false, "this node's configuration has no such command");
}

/* TCP connections. */

static void on_connected(evutil_socket_t fd, short what, void *arg)
{
	struct probe *p = arg;
	socklen_t len = sizeof(p->error);

	if (what & EV_TIMEOUT)
		p->error = ETIMEDOUT;
	else if (!p->error && getsockopt(fd, SOL_SOCKET, SO_ERROR, &p->error, &len))
		p->error = errno;
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
	p->c.done(p->c.arg, !p->error, strerror(p->error));
}

static int start_connecting(struct probe *p)
{
	struct sockaddr_storage addr;
	int len = sizeof(addr);

	if (evutil_parse_sockaddr_port(p->c.check->target,
				       (struct sockaddr *)(void *)&addr, &len))
		return -EINVAL;
	p->fd = socket(addr.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (p->fd < 0)
		return -errno;
	if (!connect(p->fd, (const struct sockaddr *)(const void *)&addr,
		     (socklen_t)len) || errno == EINPROGRESS)
		return 0;
	return -errno;
}

static void set_limit(struct probe *p)
{
	const struct timeval tv = l2a_timeval(p->c.check->timeout_ms *
					      L2A_NSEC_PER_MSEC);

	event_add(p->ev, &tv);
}

static void start_tcp(struct probe *p)
{
	p->error = -start_connecting(p);
	event_assign(p->ev, p->c.base, p->fd, EV_WRITE, on_connected, p);
	if (p->error)
		event_active(p->ev, 0, 0);
	else
		set_limit(p);
}

/* HTTP requests. */

/* All an attempt has come to; the connection cannot be freed any earlier. */
static void on_http_over(evutil_socket_t fd, short what, void *arg)
{
	const struct check *check;
	struct probe *p = arg;
	char text[64] = "no HTTP answer";

	(void)fd;
	check = p->c.check;
	evhttp_connection_free(p->http);
	p->http = NULL;
	if (p->status)
		snprintf(text, sizeof(text), "status %u", p->status);
	else if (what & EV_TIMEOUT)
		snprintf(text, sizeof(text), "no answer in time");
	p->c.done(p->c.arg, p->status >= check->status_least &&
		  p->status <= check->status_most, text);
}

/* The status is there: the rest is of no interest. */
static int on_headers(struct evhttp_request *req, void *arg)
{
	struct probe *p = arg;

	p->status = (unsigned int)evhttp_request_get_response_code(req);
	event_active(p->ev, 0, 0);
	return -1;
}

static void on_reply(struct evhttp_request *req, void *arg)
{
	struct probe *p = arg;

	if (req && !p->status)
		p->status = (unsigned int)evhttp_request_get_response_code(req);
	event_active(p->ev, 0, 0);
}

/* An IPv6 address stands in brackets, for a URL. */
static struct evhttp_connection *http_connect(struct probe *p,
					      const struct evhttp_uri *uri)
{
	int port = evhttp_uri_get_port(uri);
	char *host = xstrdup(evhttp_uri_get_host(uri));
	struct evhttp_connection *http;
	char *bare = host;

	if (*bare == '[') {
		bare++;
		bare[strcspn(bare, "]")] = '\0';
	}
	http = evhttp_connection_base_new(p->c.base, NULL, bare,
					  (uint16_t)(port < 0 ? 80 : port));
	free(host);
	return http;
}

/* A new connection each time: one that was kept open would prove little. */
static void ask(struct probe *p)
{
	const char *url = p->c.check->target;
	const char *host = strstr(url, "://") + 3;
	size_t len = strcspn(host, "/");
	struct evhttp_request *req = evhttp_request_new(on_reply, p);
	char *authority = strndup(host, len);
	struct evkeyvalq *headers;

	if (!req || !authority)
		abort();
	evhttp_request_set_header_cb(req, on_headers);
	headers = evhttp_request_get_output_headers(req);
	evhttp_add_header(headers, "Host", authority);
	evhttp_add_header(headers, "Connection", "close");
	evhttp_add_header(headers, "User-Agent", "l2announced");
	free(authority);
	if (evhttp_make_request(p->http, req, EVHTTP_REQ_GET,
				host[len] ? host + len : "/"))
		event_active(p->ev, 0, 0);
}

static void on_no_url(evutil_socket_t fd, short what, void *arg)
{
	struct probe *p = arg;

	(void)fd;
	(void)what;
	p->c.done(p->c.arg, false, "cannot be asked for: some of this URL must be percent-encoded");
}

static void start_http(struct probe *p)
{
	struct evhttp_uri *uri = evhttp_uri_parse(p->c.check->target);

	/* The API refuses these, but others write to the store as well. */
	if (!uri) {
		event_assign(p->ev, p->c.base, -1, 0, on_no_url, p);
		event_active(p->ev, 0, 0);
		return;
	}
	p->status = 0;
	p->http = http_connect(p, uri);
	if (!p->http)
		out_of_memory();
	event_assign(p->ev, p->c.base, -1, 0, on_http_over, p);
	set_limit(p);
	evhttp_uri_free(uri);
	ask(p);
}

struct probe *probe_new(const struct probe_config *config)
{
	struct probe *p = xmalloc(sizeof(*p));

	p->c = *config;
	p->fd = -1;
	p->ev = evtimer_new(p->c.base, no_command, p);
	if (!p->ev)
		abort();
	return p;
}

void probe_free(struct probe *p)
{
	if (!p)
		return;
	command_cancel(p->command);
	event_free(p->ev);
	if (p->fd >= 0)
		close(p->fd);
	if (p->http)
		evhttp_connection_free(p->http);
	free(p);
}

void probe_start(struct probe *p)
{
	switch (p->c.check->type) {
	case CHECK_COMMAND:
		start_command(p);
		break;
	case CHECK_TCP:
		start_tcp(p);
		break;
	case CHECK_HTTP:
		start_http(p);
		break;
	}
}
