/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the API server is and who we are there: as a pod is told by the cluster
 * it runs in, or as a kubeconfig file says.
 */
#ifndef L2A_KUBE_CONFIG_H
#define L2A_KUBE_CONFIG_H

#include "lib/error.h"

/* Where a pod finds its service account. */
#define KUBE_ACCOUNT_DIR	"/var/run/secrets/kubernetes.io/serviceaccount"

/**
 * struct kube_access - how to reach an API server
 * @server: "https://HOST:PORT"
 * @path: what all paths there begin with, "" for most
 * @ca_file: whom to trust; NULL: @ca_pem; neither: whom the system trusts
 * @ca_pem: the same as text
 * @cert_file: our certificate; NULL: @cert_pem; neither: none
 * @cert_pem: the same as text
 * @key_file: its key
 * @key_pem: the same as text
 * @server_name: the name in the server's certificate, or NULL
 * @token: bearer token; NULL: none
 * @token_file: a file that has it
 */
struct kube_access {
	char *server;
	char *path;
	char *ca_file, *ca_pem;
	char *cert_file, *cert_pem;
	char *key_file, *key_pem;
	char *server_name;
	char *token, *token_file;
};

/**
 * kube_config_file() - as a kubeconfig file says
 * @file: path
 * @context: which of its contexts; NULL: its current one
 * @access: filled in on success; kube_config_free() frees what it holds
 * @err: one line that names the file, the entry and the rule
 *
 * Return: 0 or a negative errno.
 */
int kube_config_file(const char *file, const char *context,
		     struct kube_access *access, struct l2a_error *err);

/**
 * kube_config_pod() - as a pod is told
 * @host: the environment's KUBERNETES_SERVICE_HOST, or NULL
 * @port: the environment's KUBERNETES_SERVICE_PORT, or NULL
 * @access: filled in on success
 * @err: says what is missing
 *
 * Return: 0 or a negative errno.
 */
int kube_config_pod(const char *host, const char *port,
		    struct kube_access *access, struct l2a_error *err);

/** kube_config_free() - free what an access holds */
void kube_config_free(struct kube_access *access);

#endif /* L2A_KUBE_CONFIG_H */
