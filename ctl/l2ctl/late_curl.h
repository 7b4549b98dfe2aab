/* SPDX-License-Identifier: GPL-2.0 */
/*
 * libcurl, loaded by the first who talks to a controller. It brings some thirty
 * libraries along, and most of what l2ctl does is about the kernel alone.
 */
#ifndef L2CTL_LATE_CURL_H
#define L2CTL_LATE_CURL_H

#include <curl/curl.h>

#include "lib/error.h"

/** struct late_curl - libcurl's functions, each under its name without "curl_" */
struct late_curl {
	typeof(curl_easy_init) *easy_init;
	typeof(curl_easy_setopt) *easy_setopt;
	typeof(curl_easy_perform) *easy_perform;
	typeof(curl_easy_getinfo) *easy_getinfo;
	typeof(curl_easy_strerror) *easy_strerror;
	typeof(curl_easy_escape) *easy_escape;
	typeof(curl_easy_cleanup) *easy_cleanup;
	typeof(curl_multi_init) *multi_init;
	typeof(curl_multi_cleanup) *multi_cleanup;
	typeof(curl_multi_add_handle) *multi_add_handle;
	typeof(curl_multi_remove_handle) *multi_remove_handle;
	typeof(curl_multi_perform) *multi_perform;
	typeof(curl_multi_info_read) *multi_info_read;
	typeof(curl_multi_poll) *multi_poll;
	typeof(curl_free) *free;
	typeof(curl_slist_append) *slist_append;
	typeof(curl_slist_free_all) *slist_free_all;
};

/**
 * late_curl() - load libcurl, where it is not loaded yet
 * @err: says why not
 *
 * Return: its functions until the process ends, or NULL.
 */
const struct late_curl *late_curl(struct l2a_error *err);

#endif /* L2CTL_LATE_CURL_H */
