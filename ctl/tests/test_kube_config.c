// SPDX-License-Identifier: GPL-2.0
/*
 * Kubeconfig files: what is taken from them, and what is refused and why.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "l2announced/kube_config.h"

static char file[] = "/tmp/l2a-kubeconfig-XXXXXX";

static int load(const char *text, const char *context,
		struct kube_access *access, struct l2a_error *err)
{
	FILE *f = fopen(file, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	memset(err, 0, sizeof(*err));
	return kube_config_file(file, context, access, err);
}

static void refused(const char *text, const char *why)
{
	struct kube_access access;
	struct l2a_error err;

	if (!load(text, NULL, &access, &err))
		fail_msg("taken: %s", text);
	if (!strstr(err.text, why) || !strstr(err.text, file))
		fail_msg("\"%s\" does not say \"%s\" of %s", err.text, why, file);
}

#define HEAD	"apiVersion: v1\nkind: Config\npreferences: {}\n"
#define CONTEXT	"current-context: here\ncontexts:\n" \
		"- name: here\n  context: {cluster: c, user: u, namespace: x}\n"
#define CLUSTER(what) "clusters:\n- name: c\n  cluster: {" what "}\n"
#define USER(what) "users:\n- name: u\n  user: {" what "}\n"

static void test_token(void **state)
{
	struct kube_access access;
	struct l2a_error err;

	(void)state;
	if (load(HEAD CONTEXT
		 CLUSTER("server: 'https://api.example:6443/', certificate-authority: /ca")
		 USER("token: abc"), NULL, &access, &err))
		fail_msg("%s", err.text);
	assert_string_equal(access.server, "https://api.example:6443");
	assert_string_equal(access.path, "");
	assert_string_equal(access.ca_file, "/ca");
	assert_null(access.ca_pem);
	assert_string_equal(access.token, "abc");
	assert_null(access.cert_file);
	kube_config_free(&access);
}

static void test_certificate(void **state)
{
	struct kube_access access;
	struct l2a_error err;

	(void)state;
	if (load(HEAD CONTEXT
		 CLUSTER("server: 'https://[::1]/k8s/c-1', tls-server-name: api, "
			 "certificate-authority-data: aGVsbG8=, certificate-authority: /ca")
		 USER("client-certificate: pki/me.pem, client-key: /me.key, tokenFile: t, token: old"),
		 NULL, &access, &err))
		fail_msg("%s", err.text);
	assert_string_equal(access.server, "https://[::1]");
	assert_string_equal(access.path, "/k8s/c-1");
	assert_string_equal(access.server_name, "api");
	assert_string_equal(access.ca_pem, "hello");
	assert_null(access.ca_file);
	/* From where the file is. */
	assert_string_equal(access.cert_file, "/tmp/pki/me.pem");
	assert_string_equal(access.key_file, "/me.key");
	/* The file can be read anew. */
	assert_string_equal(access.token_file, "/tmp/t");
	assert_null(access.token);
	kube_config_free(&access);
}

static void test_other_context(void **state)
{
	static const char text[] = CONTEXT
		"- name: there\n  context: {cluster: d, user: u}\n"
		CLUSTER("server: https://c")
		"- name: d\n  cluster: {server: http://d}\n"
		USER("client-certificate-data: aGVsbG8=, client-key-data: aGVsbG8=");
	struct kube_access access;
	struct l2a_error err;

	(void)state;
	if (load(text, "there", &access, &err))
		fail_msg("%s", err.text);
	assert_string_equal(access.server, "http://d");
	assert_string_equal(access.cert_pem, "hello");
	assert_string_equal(access.key_pem, "hello");
	kube_config_free(&access);
	assert_int_not_equal(load(text, "nowhere", &access, &err), 0);
	assert_non_null(strstr(err.text, "there is no context \"nowhere\""));
}

static void test_refusals(void **state)
{
	(void)state;
	refused(HEAD, "there is no current-context");
	refused(CONTEXT USER("token: a"), "there is no cluster \"c\"");
	refused(CONTEXT CLUSTER("server: https://c"), "there is no user \"u\"");
	refused("current-context: x\ncontexts:\n- name: x\n  context: {cluster: c}\n",
		"context \"x\" names no user");
	refused(CONTEXT CLUSTER("server: c:6443") USER("token: a"),
		"server \"c:6443\" is not https://HOST:PORT");
	refused(CONTEXT CLUSTER("certificate-authority: /ca") USER("token: a"),
		"server \"\" is not");
	refused(CONTEXT CLUSTER("server: https://c, insecure-skip-tls-verify: true")
		USER("token: a"), "insecure-skip-tls-verify");
	refused(CONTEXT CLUSTER("server: https://c, proxy-url: http://p")
		USER("token: a"), "proxy-url");
	/* clang-format off */
	refused(CONTEXT CLUSTER("server: https://c, certificate-authority-data: '%'")
		USER("token: a"), "certificate-authority-data is not base64");
	refused(CONTEXT CLUSTER("server: https://c")
		USER("exec: {command: aws}"), "exec and auth-provider");
	refused(CONTEXT CLUSTER("server: https://c")
		USER("client-certificate: /c"), "need each other");
	/* clang-format on */
	refused("- a\n", "");
}

static void test_missing_file(void **state)
{
	struct kube_access access;
	struct l2a_error err;

	(void)state;
	assert_int_not_equal(kube_config_file("/nonexistent", NULL, &access,
					      &err), 0);
	assert_non_null(strstr(err.text, "/nonexistent: No such file"));
}

static void test_pod(void **state)
{
	struct kube_access access;
	struct l2a_error err;

	(void)state;
	assert_int_equal(kube_config_pod("10.0.0.1", "443", &access, &err), 0);
	assert_string_equal(access.server, "https://10.0.0.1:443");
	assert_string_equal(access.token_file, KUBE_ACCOUNT_DIR "/token");
	assert_string_equal(access.ca_file, KUBE_ACCOUNT_DIR "/ca.crt");
	kube_config_free(&access);
	assert_int_equal(kube_config_pod("fd00::1", "443", &access, &err), 0);
	assert_string_equal(access.server, "https://[fd00::1]:443");
	kube_config_free(&access);
	assert_int_not_equal(kube_config_pod(NULL, "443", &access, &err), 0);
	assert_non_null(strstr(err.text, "kubeconfig is missing"));
	assert_int_not_equal(kube_config_pod("10.0.0.1", "", &access, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_token),
		cmocka_unit_test(test_certificate),
		cmocka_unit_test(test_other_context),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_missing_file),
		cmocka_unit_test(test_pod),
	};
	int status;

	close(mkstemp(file));
	status = cmocka_run_group_tests_name("kube_config", tests, NULL, NULL);
	unlink(file);
	return status;
}
