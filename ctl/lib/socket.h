/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What requests and notifications have in common: a socket to the family, and
 * the errors of the way there. For lib/ alone.
 */
#ifndef L2A_LIB_SOCKET_H
#define L2A_LIB_SOCKET_H

#include "error.h"

struct nl_sock;

/**
 * l2a_socket_open() - connect a socket and look the family up
 * @sock: receives the socket, to be freed with nl_socket_free()
 * @id: receives the family's number
 * @err: filled in on failure
 *
 * Return: 0, or a negative errno.
 */
int l2a_socket_open(struct nl_sock **sock, int *id, struct l2a_error *err);

/**
 * l2a_socket_error() - put an error of libnl into ours
 * @err: filled in
 * @nle: what libnl returned, negative
 * @doing: what was tried
 *
 * Return: a negative errno.
 */
int l2a_socket_error(struct l2a_error *err, int nle, const char *doing);

#endif /* L2A_LIB_SOCKET_H */
