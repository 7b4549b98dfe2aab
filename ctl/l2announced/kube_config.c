// SPDX-License-Identifier: GPL-2.0
/*
 * Where the API server is and who we are there.
 *
 * A kubeconfig file has lists of clusters, users and contexts, each with names;
 * a context names one of each of the others. Much may stand in it that is
 * kubectl's alone. What we would have to do and cannot is refused.
 */
#include <errno.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kube_config.h"
#include "names.h"
#include "yaml_file.h"

/* The file as it stands. NULL is "not there". */
struct cluster {
	char *server;
	char *server_name;
	char *ca_file, *ca_data;
	char *insecure;
	char *proxy_url;
};

struct user {
	char *cert_file, *cert_data;
	char *key_file, *key_data;
	char *token, *token_file;
};

struct context {
	char *cluster, *user;
};

struct named_cluster {
	char *name;
	struct cluster it;
};

struct named_user {
	char *name;
	struct user it;
};

struct named_context {
	char *name;
	struct context it;
};

struct raw {
	char *current;
	struct named_cluster *clusters;
	unsigned int n_clusters;
	struct named_user *users;
	unsigned int n_users;
	struct named_context *contexts;
	unsigned int n_contexts;
};

#define OPTIONAL	(CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)
#define TEXT(key, type, member) \
	CYAML_FIELD_STRING_PTR(key, OPTIONAL, type, member, 0, CYAML_UNLIMITED)
#define NAMED(what) \
	static const cyaml_schema_field_t named_##what##_fields[] = { \
		TEXT("name", struct named_##what, name), \
		CYAML_FIELD_MAPPING(#what, CYAML_FLAG_DEFAULT, \
				    struct named_##what, it, what##_fields), \
		CYAML_FIELD_END \
	}; \
	static const cyaml_schema_value_t what##_entry = { \
		CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct named_##what, \
				    named_##what##_fields), \
	}
#define LIST(key, member, count, entry) \
	CYAML_FIELD_SEQUENCE_COUNT(key, OPTIONAL, struct raw, member, count, \
				   &(entry), 0, CYAML_UNLIMITED)

static const cyaml_schema_field_t cluster_fields[] = {
	TEXT("server", struct cluster, server),
	TEXT("tls-server-name", struct cluster, server_name),
	TEXT("certificate-authority", struct cluster, ca_file),
	TEXT("certificate-authority-data", struct cluster, ca_data),
	TEXT("insecure-skip-tls-verify", struct cluster, insecure),
	TEXT("proxy-url", struct cluster, proxy_url),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t user_fields[] = {
	TEXT("client-certificate", struct user, cert_file),
	TEXT("client-certificate-data", struct user, cert_data),
	TEXT("client-key", struct user, key_file),
	TEXT("client-key-data", struct user, key_data),
	TEXT("token", struct user, token),
	TEXT("tokenFile", struct user, token_file),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t context_fields[] = {
	TEXT("cluster", struct context, cluster),
	TEXT("user", struct context, user),
	CYAML_FIELD_END
};

NAMED(cluster);
NAMED(user);
NAMED(context);

static const cyaml_schema_field_t fields[] = {
	TEXT("current-context", struct raw, current),
	LIST("clusters", clusters, n_clusters, cluster_entry),
	LIST("users", users, n_users, user_entry),
	LIST("contexts", contexts, n_contexts, context_entry),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct raw, fields),
};

/* One reading: the file, and where to complain. */
struct reading {
	const char *file;
	struct l2a_error *err;
};

/* What is empty is not there. */
static const char *given(const char *text)
{
	return text && text[0] ? text : NULL;
}

/* ------------------------------------------------------------ finding */

/* @v: of structures that begin with their name. */
static const void *find(const struct reading *r, const char *what,
			const char *name, const void *v, size_t n, size_t size)
{
	for (size_t i = 0; i < n; i++) {
		const char *entry = (const char *)v + i * size;
		const char *its = *(char *const *)(const void *)entry;

		if (its && !strcmp(its, name))
			return entry;
	}
	l2a_fail(r->err, -EINVAL, "%s: there is no %s \"%s\"", r->file, what,
		 name);
	return NULL;
}

static const struct context *find_context(const struct reading *r,
					  const struct raw *raw, const char *name)
{
	const struct named_context *c;

	name = given(name) ? name : given(raw->current);
	if (!name) {
		l2a_fail(r->err, -EINVAL, "%s: there is no current-context",
			 r->file);
		return NULL;
	}
	c = find(r, "context", name, raw->contexts, raw->n_contexts, sizeof(*c));
	if (!c)
		return NULL;
	if (given(c->it.cluster) && given(c->it.user))
		return &c->it;
	l2a_fail(r->err, -EINVAL, "%s: context \"%s\" names no %s", r->file,
		 name, given(c->it.cluster) ? "user" : "cluster");
	return NULL;
}

/* ------------------------------------------------------------ taking over */

/* A path is taken from where the file is. */
static char *path_from(const char *file, const char *path)
{
	const char *slash = strrchr(file, '/');
	char *full;

	if (path[0] == '/' || !slash)
		return xstrdup(path);
	if (asprintf(&full, "%.*s/%s", (int)(slash - file), file, path) < 0)
		abort();
	return full;
}

static char *decode(const char *base64)
{
	size_t size = strlen(base64) / 4 * 3 + 4;
	char *text = xmalloc(size + 1);

	if (b64_pton(base64, (unsigned char *)text, size) > 0)
		return text;
	free(text);
	return NULL;
}

/* The text in the file goes before a file it names, as with kubectl. */
static int take_pem(const struct reading *r, const char *key, const char *data,
		    const char *file, char **to_pem, char **to_file)
{
	if (given(data)) {
		*to_pem = decode(data);
		if (!*to_pem)
			return l2a_fail(r->err, -EINVAL, "%s: %s-data is not base64",
					r->file, key);
	} else if (given(file)) {
		*to_file = path_from(r->file, file);
	}
	return 0;
}

/* "https://HOST[:PORT][/PATH]" */
static int take_server(const struct reading *r, const char *server,
		       struct kube_access *access)
{
	const char *host = given(server) ? strstr(server, "://") : NULL;
	const char *path;
	size_t len;

	if (!host || (strncmp(server, "https://", 8) &&
		      strncmp(server, "http://", 7)) ||
	    !host[3] || host[3] == '/')
		return l2a_fail(r->err, -EINVAL, "%s: server \"%s\" is not https://HOST:PORT",
				r->file, server ? server : "");
	path = strchr(host + 3, '/');
	len = path ? (size_t)(path - server) : strlen(server);
	access->server = xstrdup(server);
	access->server[len] = '\0';
	access->path = xstrdup(path ? path : "");
	len = strlen(access->path);
	while (len && access->path[len - 1] == '/')
		access->path[--len] = '\0';
	return 0;
}

static int take_cluster(const struct reading *r, const struct cluster *cluster,
			struct kube_access *access)
{
	int ret = take_server(r, cluster->server, access);

	if (ret)
		return ret;
	if (given(cluster->insecure) && strcmp(cluster->insecure, "false"))
		return l2a_fail(r->err, -EINVAL, "%s: insecure-skip-tls-verify: whoever answered could have two nodes hold one service; certificate-authority says whom to trust",
				r->file);
	if (given(cluster->proxy_url))
		return l2a_fail(r->err, -EINVAL, "%s: proxy-url: the API server must be reached directly",
				r->file);
	access->server_name = xstrdup(given(cluster->server_name));
	return take_pem(r, "certificate-authority", cluster->ca_data,
			cluster->ca_file, &access->ca_pem, &access->ca_file);
}

static int take_user(const struct reading *r, const char *name,
		     const struct user *user, struct kube_access *access)
{
	bool cert = given(user->cert_data) || given(user->cert_file);
	bool key = given(user->key_data) || given(user->key_file);
	int ret;

	if (cert != key)
		return l2a_fail(r->err, -EINVAL, "%s: user \"%s\": client-certificate and client-key need each other",
				r->file, name);
	if (!cert && !given(user->token) && !given(user->token_file))
		return l2a_fail(r->err, -EINVAL, "%s: user \"%s\" has no token, tokenFile or client-certificate (exec and auth-provider are kubectl's alone)",
				r->file, name);
	/* A file can be read anew: it goes first, as with kubectl. */
	if (given(user->token_file))
		access->token_file = path_from(r->file, user->token_file);
	else
		access->token = xstrdup(given(user->token));
	ret = take_pem(r, "client-certificate", user->cert_data, user->cert_file,
		       &access->cert_pem, &access->cert_file);
	if (ret)
		return ret;
	return take_pem(r, "client-key", user->key_data, user->key_file,
			&access->key_pem, &access->key_file);
}

static int take(const struct reading *r, const struct raw *raw,
		const char *name, struct kube_access *access)
{
	const struct context *context = find_context(r, raw, name);
	const struct named_cluster *cluster;
	const struct named_user *user;
	int ret;

	if (!context)
		return -EINVAL;
	cluster = find(r, "cluster", context->cluster, raw->clusters,
		       raw->n_clusters, sizeof(*cluster));
	user = cluster ? find(r, "user", context->user, raw->users, raw->n_users,
			      sizeof(*user)) : NULL;
	if (!user)
		return -EINVAL;
	ret = take_cluster(r, &cluster->it, access);
	if (!ret)
		ret = take_user(r, user->name, &user->it, access);
	return ret;
}

int kube_config_file(const char *file, const char *context,
		     struct kube_access *access, struct l2a_error *err)
{
	const struct reading r = { file, err };
	struct raw *raw = NULL;
	int ret;

	memset(access, 0, sizeof(*access));
	ret = yaml_file_load(file, &schema, CYAML_CFG_IGNORE_UNKNOWN_KEYS,
			     (void **)&raw, err);
	if (ret)
		return ret;
	ret = take(&r, raw, context, access);
	yaml_file_free(&schema, raw);
	if (ret)
		kube_config_free(access);
	return ret;
}

/* ------------------------------------------------------------ in a pod */

int kube_config_pod(const char *host, const char *port,
		    struct kube_access *access, struct l2a_error *err)
{
	bool ipv6 = host && strchr(host, ':');

	memset(access, 0, sizeof(*access));
	if (!given(host) || !given(port))
		return l2a_fail(err, -EINVAL, "store: kubernetes: kubeconfig is missing, and this is no pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set");
	if (asprintf(&access->server, "https://%s%s%s:%s", ipv6 ? "[" : "", host,
		     ipv6 ? "]" : "", port) < 0)
		abort();
	access->path = xstrdup("");
	access->ca_file = xstrdup(KUBE_ACCOUNT_DIR "/ca.crt");
	access->token_file = xstrdup(KUBE_ACCOUNT_DIR "/token");
	return 0;
}

void kube_config_free(struct kube_access *access)
{
	char *const texts[] = {
		access->server, access->path, access->ca_file, access->ca_pem,
		access->cert_file, access->cert_pem, access->key_file,
		access->key_pem, access->server_name, access->token,
		access->token_file,
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		free(texts[i]);
	memset(access, 0, sizeof(*access));
}
