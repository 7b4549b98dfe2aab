// SPDX-License-Identifier: GPL-2.0
/*
 * libcurl, loaded by the first who talks to a controller.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>

#include "late_curl.h"

#define LIBRARY	"libcurl.so.4"

static struct late_curl functions;

/* @to: a pointer to a function, which dlsym() knows as one to an object. */
static bool find(void *library, const char *name, void *to)
{
	void *symbol = dlsym(library, name);

	*(void **)to = symbol;
	return symbol;
}

static bool find_all(void *lib, struct late_curl *f)
{
	return find(lib, "curl_easy_init", &f->easy_init) &&
	       find(lib, "curl_easy_setopt", &f->easy_setopt) &&
	       find(lib, "curl_easy_perform", &f->easy_perform) &&
	       find(lib, "curl_easy_getinfo", &f->easy_getinfo) &&
	       find(lib, "curl_easy_strerror", &f->easy_strerror) &&
	       find(lib, "curl_easy_escape", &f->easy_escape) &&
	       find(lib, "curl_easy_cleanup", &f->easy_cleanup) &&
	       find(lib, "curl_multi_init", &f->multi_init) &&
	       find(lib, "curl_multi_cleanup", &f->multi_cleanup) &&
	       find(lib, "curl_multi_add_handle", &f->multi_add_handle) &&
	       find(lib, "curl_multi_remove_handle", &f->multi_remove_handle) &&
	       find(lib, "curl_multi_perform", &f->multi_perform) &&
	       find(lib, "curl_multi_info_read", &f->multi_info_read) &&
	       find(lib, "curl_multi_poll", &f->multi_poll) &&
	       find(lib, "curl_free", &f->free) &&
	       find(lib, "curl_slist_append", &f->slist_append) &&
	       find(lib, "curl_slist_free_all", &f->slist_free_all);
}

const struct late_curl *late_curl(struct l2a_error *err)
{
	void *library;

	if (functions.easy_init)
		return &functions;
	library = dlopen(LIBRARY, RTLD_NOW);
	if (library && find_all(library, &functions))
		return &functions;
	l2a_fail(err, -ELIBACC, "a controller cannot be asked without libcurl: %s",
		 dlerror());
	return NULL;
}
