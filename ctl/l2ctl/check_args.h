/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The grammar of a service's checks on the command line. Pure.
 */
#ifndef L2CTL_CHECK_ARGS_H
#define L2CTL_CHECK_ARGS_H

#include <json-c/json.h>

#include "l2ctl/args.h"

/**
 * check_args() - TYPE TARGET [OPTIONS], or "none"
 * @args: the words after "check"; ends with the first that is none of a check's
 * @checks: JSON list the check is appended to
 * @none: set where it is "none"
 * @err: filled in on failure
 *
 * Return: 0; -EINVAL for wrong words; -ENOMEM.
 */
int check_args(struct args *args, struct json_object *checks, bool *none,
	       struct l2a_error *err);

#endif /* L2CTL_CHECK_ARGS_H */
