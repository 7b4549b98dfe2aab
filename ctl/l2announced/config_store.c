// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration of the store: which there are, and which keys each takes.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_store.h"
#include "names.h"

#define PREFIX		"/l2announce/"
#define PREFIX_MOST	256
#define NAMESPACE	"kube-system"
#define NAMESPACE_MOST	63

/* Each store by the bit its keys are marked with. */
enum store_bit {
	SQLITE = 1,
	ETCD = 2,
	KUBERNETES = 4,
};

/* What the defaults are; l2announced.yaml(5) gives the reasons. */
static const struct {
	const char *name;
	enum store_bit bit;
	uint32_t duration_ms;
} types[] = {
	{ "sqlite", SQLITE, 2000 },
	{ "etcd", ETCD, 3000 },
	{ "kubernetes", KUBERNETES, 6000 },
};

#define OPTIONAL	(CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)
#define TEXT(key, member) \
	CYAML_FIELD_STRING_PTR(key, OPTIONAL, struct raw_store, member, 1, \
			       CYAML_UNLIMITED)

static const cyaml_schema_value_t endpoint_entry = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, CYAML_UNLIMITED),
};

const cyaml_schema_field_t config_store_fields[] = {
	TEXT("type", type),
	TEXT("path", path),
	CYAML_FIELD_SEQUENCE_COUNT("endpoints", OPTIONAL, struct raw_store,
				   endpoints, n_endpoints, &endpoint_entry, 0,
				   CYAML_UNLIMITED),
	TEXT("prefix", prefix),
	TEXT("ca", ca),
	TEXT("cert", cert),
	TEXT("key", key),
	TEXT("server_name", server_name),
	TEXT("user", user),
	TEXT("password_file", password_file),
	TEXT("namespace", namespace),
	TEXT("kubeconfig", kubeconfig),
	TEXT("context", context),
	CYAML_FIELD_END
};

static int wrong_store(const struct config_checks *c, const char *key,
		       const char *type)
{
	return config_bad(c, key, "not for a store of type %s", type);
}

/* The keys which only some stores have, and which name files. */
static int check_keys(const struct config_checks *c, const struct raw_store *raw,
		      const char *type, unsigned int bit)
{
	const struct {
		const char *key;
		const char *value;
		unsigned int stores;
		bool file;
	} keys[] = {
		{ "path", raw->path, SQLITE, true },
		{ "prefix", raw->prefix, ETCD, false },
		{ "ca", raw->ca, ETCD, true },
		{ "cert", raw->cert, ETCD, true },
		{ "key", raw->key, ETCD, true },
		{ "server_name", raw->server_name, ETCD, false },
		{ "user", raw->user, ETCD, false },
		{ "password_file", raw->password_file, ETCD, true },
		{ "namespace", raw->namespace, KUBERNETES, false },
		{ "kubeconfig", raw->kubeconfig, KUBERNETES, true },
		{ "context", raw->context, KUBERNETES, false },
	};

	if (raw->endpoints && !(bit & ETCD))
		return wrong_store(c, "endpoints", type);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (!keys[i].value)
			continue;
		if (!(keys[i].stores & bit))
			return wrong_store(c, keys[i].key, type);
		if (keys[i].file && keys[i].value[0] != '/')
			return config_bad(c, keys[i].key,
					  "\"%s\" must be absolute",
					  keys[i].value);
	}
	return 0;
}

static int check_pairs(const struct config_checks *c, const struct raw_store *raw)
{
	if (raw->cert && !raw->key)
		return config_bad(c, "cert", "needs key: the certificate's private key");
	if (raw->key && !raw->cert)
		return config_bad(c, "key", "needs cert: the certificate it belongs to");
	if (raw->user && !raw->password_file)
		return config_bad(c, "user", "needs password_file");
	if (raw->password_file && !raw->user)
		return config_bad(c, "password_file", "needs user");
	return 0;
}

/* Of "SCHEME://HOST:PORT"; an IPv6 address stands in brackets. */
static bool host_and_port(const char *text)
{
	const char *colon = strrchr(text, ':');
	const char *digits = colon ? colon + 1 : "";
	size_t len = strlen(digits);

	if (!colon || colon == text || !len || len > 5 ||
	    strspn(digits, "0123456789") != len)
		return false;
	if (strtol(digits, NULL, 10) < 1 || strtol(digits, NULL, 10) > 65535)
		return false;
	if (text[0] == '[')
		return colon[-1] == ']';
	return strcspn(text, "/?#@[] \t:") == (size_t)(colon - text);
}

static int check_endpoint(const struct config_checks *c,
			  const struct raw_store *raw, const char *endpoint)
{
	bool tls = !strncmp(endpoint, "https://", 8);
	bool plain = !strncmp(endpoint, "http://", 7);

	if ((!tls && !plain) || !host_and_port(endpoint + (tls ? 8 : 7)))
		return config_bad(c, "endpoints", "\"%s\" is not http://HOST:PORT or https://HOST:PORT",
				  endpoint);
	if (plain && (raw->ca || raw->cert || raw->server_name))
		return config_bad(c, "endpoints", "\"%s\" must be https://, as there is %s",
				  endpoint, raw->ca ? "ca" : raw->cert ? "cert" :
				  "server_name");
	return 0;
}

static int check_etcd(const struct config_checks *c, const struct raw_store *raw,
		      struct config *config)
{
	const char *prefix = raw->prefix ? raw->prefix : PREFIX;
	int ret = 0;

	if (!raw->n_endpoints)
		return config_bad(c, "store", "endpoints is missing: at least one, http://HOST:PORT or https://HOST:PORT");
	for (unsigned int i = 0; !ret && i < raw->n_endpoints; i++) {
		ret = check_endpoint(c, raw, raw->endpoints[i]);
		for (unsigned int j = 0; !ret && j < i; j++) {
			if (!strcmp(raw->endpoints[i], raw->endpoints[j]))
				ret = config_bad(c, "endpoints", "\"%s\" is there twice",
						 raw->endpoints[i]);
		}
	}
	if (ret)
		return ret;
	/* Else it would be the beginning of somebody else's keys, too. */
	if (prefix[strlen(prefix) - 1] != '/' || strlen(prefix) > PREFIX_MOST)
		return config_bad(c, "prefix", "\"%s\" must end with \"/\" and be no longer than %d",
				  prefix, PREFIX_MOST);
	names_clear(&config->endpoints);
	for (unsigned int i = 0; i < raw->n_endpoints; i++)
		names_add(&config->endpoints, raw->endpoints[i]);
	config->store_prefix = xstrdup(prefix);
	config->store_ca = xstrdup(raw->ca);
	config->store_cert = xstrdup(raw->cert);
	config->store_key = xstrdup(raw->key);
	config->store_server_name = xstrdup(raw->server_name);
	config->store_user = xstrdup(raw->user);
	config->store_password_file = xstrdup(raw->password_file);
	return check_pairs(c, raw);
}

static bool namespace_ok(const char *name)
{
	size_t len = strlen(name);

	return len <= NAMESPACE_MOST && name[0] != '-' &&
	       name[len - 1] != '-' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

/* What the kubeconfig says is looked at when it is used: it may change. */
static int check_kubernetes(const struct config_checks *c,
			    const struct raw_store *raw, struct config *config)
{
	config->store_namespace = xstrdup(raw->namespace ? raw->namespace :
					  NAMESPACE);
	config->store_kubeconfig = xstrdup(raw->kubeconfig);
	config->store_context = xstrdup(raw->context);
	if (!namespace_ok(config->store_namespace))
		return config_bad(c, "namespace", "\"%s\" is no namespace: small letters, digits and \"-\" within, at most %d",
				  config->store_namespace, NAMESPACE_MOST);
	if (raw->context && !raw->kubeconfig)
		return config_bad(c, "context", "needs kubeconfig: the file it stands in");
	return 0;
}

static int check_sqlite(const struct config_checks *c,
			const struct raw_store *raw, struct config *config)
{
	config->store_path = xstrdup(raw->path);
	if (!raw->path)
		return config_bad(c, "store", "path is missing: where the database file should be");
	return 0;
}

static int check_store(const struct config_checks *c, unsigned int bit,
		       const struct raw_store *raw, struct config *config)
{
	switch (bit) {
	case ETCD:
		return check_etcd(c, raw, config);
	case KUBERNETES:
		return check_kubernetes(c, raw, config);
	default:
		return check_sqlite(c, raw, config);
	}
}

static void add_text(FILE *f, const char *key, const char *value)
{
	if (value)
		fprintf(f, " %s=%s", key, value);
}

/* For the log, and to tell whether a reload would have to change it. */
static char *describe(const struct config *config)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		abort();
	fputs(config->store_type, f);
	add_text(f, "path", config->store_path);
	for (size_t i = 0; i < config->endpoints.n; i++)
		add_text(f, "endpoint", config->endpoints.v[i]);
	add_text(f, "prefix", config->store_prefix);
	add_text(f, "ca", config->store_ca);
	add_text(f, "cert", config->store_cert);
	add_text(f, "key", config->store_key);
	add_text(f, "server_name", config->store_server_name);
	add_text(f, "user", config->store_user);
	add_text(f, "password_file", config->store_password_file);
	add_text(f, "namespace", config->store_namespace);
	add_text(f, "kubeconfig", config->store_kubeconfig);
	add_text(f, "context", config->store_context);
	fclose(f);
	return text;
}

int config_store_check(const struct config_checks *c,
		       const struct raw_store *raw, struct config *config,
		       uint32_t *duration_ms)
{
	const char *type = raw->type ? raw->type : "sqlite";
	unsigned int bit = 0;
	int ret;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(types[i].name, type))
			continue;
		bit = types[i].bit;
		*duration_ms = types[i].duration_ms;
	}
	if (!bit)
		return config_bad(c, "type", "\"%s\" is no store; known: sqlite, etcd, kubernetes",
				  type);
	config->store_type = xstrdup(type);
	ret = check_keys(c, raw, type, bit);
	if (!ret)
		ret = check_store(c, bit, raw, config);
	if (!ret)
		config->store_text = describe(config);
	return ret;
}

void config_store_free(struct config *config)
{
	names_clear(&config->endpoints);
	free(config->store_type);
	free(config->store_text);
	free(config->store_path);
	free(config->store_prefix);
	free(config->store_ca);
	free(config->store_cert);
	free(config->store_key);
	free(config->store_server_name);
	free(config->store_user);
	free(config->store_password_file);
	free(config->store_namespace);
	free(config->store_kubeconfig);
	free(config->store_context);
}
