/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The grammar of services on the command line: words into the JSON that the
 * controller takes. Pure.
 */
#ifndef L2CTL_SERVICE_ARGS_H
#define L2CTL_SERVICE_ARGS_H

#include <json-c/json.h>

#include "l2ctl/args.h"

/**
 * service_args_body() - vip ADDR... dev PATTERN... [OPTIONS], to the last word
 * @args: the words after the service's name
 * @body: receives the object, to be given to json_object_put()
 * @err: filled in on failure
 *
 * The word after a keyword is a value whatever it is; those after it are, as
 * far as they are no keywords themselves.
 *
 * Return: 0; -EINVAL for wrong words; -ENOMEM.
 */
int service_args_body(struct args *args, struct json_object **body,
		      struct l2a_error *err);

/**
 * service_args_change() - the same for what is to change, one part or more
 * @args: the words after the service's name
 * @body: receives the parts that are named, to be given to json_object_put()
 * @err: filled in on failure
 *
 * Return: 0; -EINVAL for wrong words; -ENOMEM.
 */
int service_args_change(struct args *args, struct json_object **body,
			struct l2a_error *err);

#endif /* L2CTL_SERVICE_ARGS_H */
