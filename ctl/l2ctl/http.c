// SPDX-License-Identifier: GPL-2.0
/*
 * Asking the local controller: HTTP with JSON on its unix socket.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "http.h"
#include "late_curl.h"

/*
 * A controller that is frozen still has its socket accept: without a limit we
 * would wait with it. It answers from memory, or bit by bit, so such a silence
 * is far beyond any load.
 */
#define SILENCE_S	10L

/* Said before the request is there, and so before it is known who may make it. */
#define TOO_LARGE	413

/* Set before anything else is done. */
static const struct late_curl *lib;

int http_refusal(long status, struct json_object *answer,
		 struct l2a_error *err)
{
	struct json_object *line;

	if (json_object_is_type(answer, json_type_object) &&
	    json_object_object_get_ex(answer, "error", &line) &&
	    json_object_is_type(line, json_type_string))
		return l2a_fail(err, -EREMOTEIO, "%s",
				json_object_get_string(line));
	if (status == TOO_LARGE)
		return l2a_fail(err, -EREMOTEIO,
				"not permitted, or too large: who may only read sends 64 KiB at the most, root 16 MiB");
	return l2a_fail(err, -EREMOTEIO,
			"the controller refused with HTTP status %ld", status);
}

static int unreachable(CURL *curl, CURLcode code, const char *socket,
		       struct l2a_error *err)
{
	long os = 0;

	if (code == CURLE_OPERATION_TIMEDOUT)
		return l2a_fail(err, -ETIMEDOUT,
				"the controller at %s accepts and does not answer: is it stopped?",
				socket);
	lib->easy_getinfo(curl, CURLINFO_OS_ERRNO, &os);
	if (code == CURLE_COULDNT_CONNECT && os)
		return l2a_fail(err, (int)-os,
				"cannot reach the controller at %s: %s%s",
				socket, strerror((int)os),
				os == EACCES ? "" : ": is l2announced running?");
	return l2a_fail(err, -EIO, "cannot talk to the controller at %s: %s",
			socket, lib->easy_strerror(code));
}

/* The URL's host means nothing on a unix socket; HTTP wants one. */
static char *make_url(CURL *curl, const char *path, const char *name)
{
	char *escaped = name ? lib->easy_escape(curl, name, 0) : NULL;
	char *url = NULL;

	if (name && !escaped)
		return NULL;
	if (asprintf(&url, "http://localhost%s%s%s", path, name ? "/" : "",
		     escaped ? escaped : "") < 0)
		url = NULL;
	lib->free(escaped);
	return url;
}

static void set_body(CURL *curl, struct curl_slist *headers,
		     struct json_object *body)
{
	if (!body)
		return;
	lib->easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	lib->easy_setopt(curl, CURLOPT_COPYPOSTFIELDS,
			 json_object_to_json_string_ext(body,
				JSON_C_TO_STRING_PLAIN |
				JSON_C_TO_STRING_NOSLASHESCAPE));
}

/* Sends the request; what comes back is written to @in. */
static CURLcode perform(CURL *curl, const char *socket, const char *method,
			const char *url, struct json_object *body, FILE *in)
{
	struct curl_slist *headers;
	CURLcode code;

	headers = lib->slist_append(NULL, "Content-Type: application/json");
	if (!headers)
		return CURLE_OUT_OF_MEMORY;
	lib->easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, socket);
	lib->easy_setopt(curl, CURLOPT_PROXY, "");
	lib->easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	lib->easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, SILENCE_S);
	lib->easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	lib->easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, SILENCE_S);
	lib->easy_setopt(curl, CURLOPT_URL, url);
	/* Else libcurl goes up for a name "..", which a record may have. */
	lib->easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	set_body(curl, headers, body);
	lib->easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
	lib->easy_setopt(curl, CURLOPT_WRITEDATA, in);
	code = lib->easy_perform(curl);
	lib->slist_free_all(headers);
	return code;
}

static int exchange(CURL *curl, const char *socket, const char *method,
		    const char *url, struct json_object *body, char **text,
		    long *status, struct l2a_error *err)
{
	size_t size = 0;
	FILE *in = open_memstream(text, &size);
	CURLcode code;

	if (!in)
		return l2a_fail(err, -ENOMEM, "out of memory");
	code = perform(curl, socket, method, url, body, in);
	if (fclose(in))
		return l2a_fail(err, -ENOMEM, "out of memory");
	if (code != CURLE_OK)
		return unreachable(curl, code, socket, err);
	lib->easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status);
	return 0;
}

static int call(CURL *curl, const char *socket, const char *method,
		const char *path, const char *name, struct json_object *body,
		struct json_object **answer, struct l2a_error *err)
{
	char *url = make_url(curl, path, name);
	struct json_object *got = NULL;
	char *text = NULL;
	long status = 0;
	int ret;

	if (!url)
		return l2a_fail(err, -ENOMEM, "out of memory");
	ret = exchange(curl, socket, method, url, body, &text, &status, err);
	if (!ret && text && *text)
		got = json_tokener_parse(text);
	if (!ret && status / 100 != 2)
		ret = http_refusal(status, got, err);
	if (!ret && answer && !got)
		ret = l2a_fail(err, -EBADMSG,
			       "the controller at %s answered with something that is not JSON",
			       socket);
	if (!ret && answer)
		*answer = json_object_get(got);
	json_object_put(got);
	free(text);
	free(url);
	return ret;
}

int http_call(const char *socket, const char *method, const char *path,
	      const char *name, struct json_object *body,
	      struct json_object **answer, struct l2a_error *err)
{
	CURL *curl;
	int ret;

	/* To libcurl an empty path means the network, of all things. */
	if (!*socket)
		return l2a_fail(err, -EINVAL,
				"the controller's socket has an empty path");
	if (strlen(socket) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		return l2a_fail(err, -ENAMETOOLONG,
				"\"%s\": longer than a unix socket's path may be",
				socket);
	lib = late_curl(err);
	if (!lib)
		return err->code;
	curl = lib->easy_init();
	if (!curl)
		return l2a_fail(err, -ENOMEM, "out of memory");
	ret = call(curl, socket, method, path, name, body, answer, err);
	lib->easy_cleanup(curl);
	return ret;
}
