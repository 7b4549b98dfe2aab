// SPDX-License-Identifier: GPL-2.0
/*
 * The log's way into the journal, with a journal that keeps what it is sent.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "l2announced/journal.h"
#include "l2announced/log_ids.h"
#include "l2announced/notes.h"

static char dir[] = "/tmp/l2a-journal-XXXXXX";
static char path[128];
static int journal, stream, old_stderr;

/* What stands in the journal's datagram that came first; "" where none has. */
static const char *received(void)
{
	static char text[8192];
	ssize_t n = recv(journal, text, sizeof(text) - 1, MSG_DONTWAIT);

	text[n < 0 ? 0 : n] = '\0';
	return text;
}

/* What was written to standard error. */
static const char *written(void)
{
	static char text[4096];
	ssize_t n = pread(stream, text, sizeof(text) - 1, 0);

	text[n < 0 ? 0 : n] = '\0';
	assert_int_equal(ftruncate(stream, 0), 0);
	lseek(stream, 0, SEEK_SET);
	return text;
}

/* Standard error is a file, which the journal may be said to have made. */
static int begin(void **state)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	char file[128], name[64];
	struct stat st;

	(void)state;
	snprintf(path, sizeof(path), "%s/socket", dir);
	snprintf(file, sizeof(file), "%s/stderr", dir);
	strcpy(addr.sun_path, path);
	journal = socket(AF_UNIX, SOCK_DGRAM, 0);
	stream = open(file, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (journal < 0 || stream < 0 || fstat(stream, &st) ||
	    bind(journal, (const struct sockaddr *)&addr, sizeof(addr)))
		return -1;
	snprintf(name, sizeof(name), "%llu:%llu", (unsigned long long)st.st_dev,
		 (unsigned long long)st.st_ino);
	setenv("JOURNAL_STREAM", name, 1);
	old_stderr = dup(STDERR_FILENO);
	return dup2(stream, STDERR_FILENO) < 0;
}

static int end(void **state)
{
	(void)state;
	journal_close();
	dup2(old_stderr, STDERR_FILENO);
	close(old_stderr);
	close(stream);
	close(journal);
	unlink(path);
	return 0;
}

static void test_fields(void **state)
{
	char service[] = "default/web", node[] = "a", next[] = "b";
	const struct el_action action = {
		.type = EL_NOTE, .note = EL_NOTE_RELEASED, .name = service,
		.node = node, .token = UINT64_MAX, .text = next,
	};

	(void)state;
	assert_true(journal_open(path));
	note_log(&action);
	assert_string_equal(received(),
			    "PRIORITY=5\nSYSLOG_IDENTIFIER=l2announced\n"
			    "MESSAGE_ID=" LOG_ID_RELEASED "\n"
			    "L2A_SERVICE=default/web\nL2A_NODE=a\nL2A_NEXT=b\n"
			    "L2A_TOKEN=18446744073709551615\n"
			    "MESSAGE=released service=default/web node=a "
			    "token=18446744073709551615 next=b\n");
	assert_string_equal(written(), "");
}

static void test_line(void **state)
{
	(void)state;
	assert_true(journal_open(path));
	log_warn("a=%d", 1);
	assert_string_equal(received(),
			    "PRIORITY=4\nSYSLOG_IDENTIFIER=l2announced\nMESSAGE=a=1\n");
	log_debug("less than is wanted");
	assert_string_equal(received(), "");
}

/* What others have named cannot make a field of its own. */
static void test_injection(void **state)
{
	const struct log_facts facts = { .service = "a\nPRIORITY=0" };

	(void)state;
	assert_true(journal_open(path));
	log_event(LOG_INFO, &facts, "b\nL2A_NODE=c");
	assert_string_equal(received(),
			    "PRIORITY=6\nSYSLOG_IDENTIFIER=l2announced\n"
			    "L2A_SERVICE=a?PRIORITY=0\nMESSAGE=b?L2A_NODE=c\n");
}

/* Standard error that leads elsewhere is what somebody reads. */
static void test_elsewhere(void **state)
{
	(void)state;
	setenv("JOURNAL_STREAM", "1:1", 1);
	assert_false(journal_open(path));
	unsetenv("JOURNAL_STREAM");
	assert_false(journal_open(path));
	log_warn("text");
	assert_string_equal(received(), "");
	assert_string_equal(written(), "<4>text\n");
}

/* A journal that is away, or takes no more, loses no line. */
static void test_away(void **state)
{
	bool sent = true;

	(void)state;
	assert_true(journal_open(path));
	for (int i = 0; sent && i < 1000000; i++)
		sent = journal_send(LOG_INFO, NULL, "fills the socket");
	assert_false(sent);
	log_warn("full");
	assert_string_equal(written(), "<4>full\n");
	unlink(path);
	log_warn("away");
	assert_string_equal(written(), "<4>away\n");
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	char file[128];

	(void)state;
	snprintf(file, sizeof(file), "%s/stderr", dir);
	unlink(file);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_fields, begin, end),
		cmocka_unit_test_setup_teardown(test_line, begin, end),
		cmocka_unit_test_setup_teardown(test_injection, begin, end),
		cmocka_unit_test_setup_teardown(test_elsewhere, begin, end),
		cmocka_unit_test_setup_teardown(test_away, begin, end),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
