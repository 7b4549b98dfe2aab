// SPDX-License-Identifier: GPL-2.0
/*
 * The writer: the same calls as text and as JSON, byte for byte.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/color.h"
#include "lib/writer.h"

static void write_rows(struct l2a_writer *w, int rows)
{
	struct json_object *list = json_tokener_parse("[\"a/b\",\"c\"]");

	for (int i = 0; i < rows; i++) {
		l2a_row_begin(w);
		l2a_write_string(w, "name", i ? "longer" : "x");
		l2a_write_u64(w, "big_one", i ? 1 : UINT64_MAX);
		l2a_write_bool(w, "ok", i);
		l2a_write_null(w, "none");
		l2a_write_json(w, "list", list);
		l2a_write_stat(w, "count", 7);
		l2a_row_end(w);
	}
	json_object_put(list);
}

static void check(unsigned int flags, enum l2a_writer_style style, int rows,
		  const char *wanted)
{
	struct l2a_error err = { 0 };
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	struct l2a_writer *w = l2a_writer_new(out, flags, style);

	write_rows(w, rows);
	assert_int_equal(l2a_writer_end(w, &err), 0);
	fclose(out);
	assert_string_equal(text, wanted);
	free(text);
}

static void test_table(void **state)
{
	(void)state;
	check(0, L2A_WRITER_TABLE, 2,
	      "NAME    BIG_ONE               OK   NONE  LIST\n"
	      "x       18446744073709551615  no   -     a/b,c\n"
	      "longer  1                     yes  -     a/b,c\n");
	check(L2A_WRITER_STATS, L2A_WRITER_TABLE, 1,
	      "NAME  BIG_ONE               OK  NONE  LIST   COUNT\n"
	      "x     18446744073709551615  no  -     a/b,c  7\n");
	check(0, L2A_WRITER_TABLE, 0, "");
}

static void test_record(void **state)
{
	(void)state;
	check(0, L2A_WRITER_RECORD, 1,
	      "name     x\n"
	      "big_one  18446744073709551615\n"
	      "ok       no\n"
	      "none     -\n"
	      "list     a/b,c\n");
}

static void test_lines(void **state)
{
	(void)state;
	check(0, L2A_WRITER_LINES, 2,
	      "x 18446744073709551615 ok no none - list a/b,c\n"
	      "longer 1 ok yes none - list a/b,c\n");
	check(L2A_WRITER_JSON, L2A_WRITER_LINES, 1,
	      "{\"name\":\"x\",\"big_one\":18446744073709551615,\"ok\":false,"
	      "\"none\":null,\"list\":[\"a/b\",\"c\"],\"count\":7}\n");
}

static void test_json(void **state)
{
	(void)state;
	check(L2A_WRITER_JSON, L2A_WRITER_TABLE, 0, "[]\n");
	check(L2A_WRITER_JSON, L2A_WRITER_TABLE, 2,
	      "[{\"name\":\"x\",\"big_one\":18446744073709551615,\"ok\":false,"
	      "\"none\":null,\"list\":[\"a/b\",\"c\"],\"count\":7},"
	      "{\"name\":\"longer\",\"big_one\":1,\"ok\":true,"
	      "\"none\":null,\"list\":[\"a/b\",\"c\"],\"count\":7}]\n");
	check(L2A_WRITER_JSON, L2A_WRITER_RECORD, 1,
	      "[{\"name\":\"x\",\"big_one\":18446744073709551615,\"ok\":false,"
	      "\"none\":null,\"list\":[\"a/b\",\"c\"],\"count\":7}]\n");
}

static void test_pretty_is_the_same_json(void **state)
{
	struct json_object *plain, *pretty;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	struct l2a_writer *w;

	(void)state;
	w = l2a_writer_new(out, L2A_WRITER_JSON | L2A_WRITER_PRETTY,
			   L2A_WRITER_TABLE);
	write_rows(w, 1);
	assert_int_equal(l2a_writer_end(w, NULL), 0);
	fclose(out);
	assert_non_null(strchr(text, ' '));
	pretty = json_tokener_parse(text);
	plain = json_tokener_parse("[{\"name\":\"x\","
		"\"big_one\":18446744073709551615,\"ok\":false,\"none\":null,"
		"\"list\":[\"a/b\",\"c\"],\"count\":7}]");
	assert_non_null(pretty);
	assert_true(json_object_equal(plain, pretty));
	json_object_put(plain);
	json_object_put(pretty);
	free(text);
}

/* What comes from outside may hold anything. */
static void test_text_steers_no_terminal(void **state)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	struct l2a_writer *w = l2a_writer_new(out, 0, L2A_WRITER_LINES);

	(void)state;
	l2a_row_begin(w);
	l2a_write_string(w, "a", "x\033[2J\n");
	l2a_write_string(w, "b", "");
	l2a_row_end(w);
	assert_int_equal(l2a_writer_end(w, NULL), 0);
	fclose(out);
	assert_string_equal(text, "x?[2J? -\n");
	free(text);
}

static void test_tells_of_a_full_disk(void **state)
{
	struct l2a_error err = { 0 };
	FILE *out = fopen("/dev/full", "w");
	struct l2a_writer *w;

	(void)state;
	assert_non_null(out);
	w = l2a_writer_new(out, L2A_WRITER_JSON, L2A_WRITER_TABLE);
	write_rows(w, 1);
	assert_int_equal(l2a_writer_end(w, &err), -ENOSPC);
	assert_non_null(strstr(err.text, "cannot write"));
	fclose(out);
}

static void write_states(unsigned int flags, enum l2a_writer_style style,
			 const char *wanted)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	struct l2a_writer *w = l2a_writer_new(out, flags, style);

	for (int i = 0; i < 2; i++) {
		l2a_row_begin(w);
		l2a_write_string(w, "state", i ? "standby" : "active");
		l2a_write_bool(w, "answering", !i);
		l2a_row_end(w);
	}
	assert_int_equal(l2a_writer_end(w, NULL), 0);
	fclose(out);
	assert_string_equal(text, wanted);
	free(text);
}

static void test_color(void **state)
{
	(void)state;
	/* Aligned as without: what has no width is not counted. */
	write_states(L2A_WRITER_COLOR, L2A_WRITER_TABLE,
		     "STATE    ANSWERING\n"
		     "\033[32mactive\033[0m   \033[32myes\033[0m\n"
		     "\033[33mstandby\033[0m  no\n");
	write_states(L2A_WRITER_COLOR, L2A_WRITER_RECORD,
		     "state      \033[32mactive\033[0m\n"
		     "answering  \033[32myes\033[0m\n"
		     "\n"
		     "state      \033[33mstandby\033[0m\n"
		     "answering  no\n");
	write_states(L2A_WRITER_COLOR | L2A_WRITER_JSON, L2A_WRITER_LINES,
		     "{\"state\":\"active\",\"answering\":true}\n"
		     "{\"state\":\"standby\",\"answering\":false}\n");
}

static bool wanted(const char *when, int fd)
{
	bool is;

	assert_int_equal(l2a_color_wanted(when, fd, &is, NULL), 0);
	return is;
}

static void test_when_color(void **state)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), tty, file;
	struct l2a_error err = { 0 };
	bool is;

	(void)state;
	/* Where packages are built there may be none. */
	if (master < 0)
		skip();
	assert_true(!grantpt(master) && !unlockpt(master));
	tty = open(ptsname(master), O_RDWR | O_NOCTTY);
	file = open("/dev/null", O_WRONLY);
	assert_true(tty >= 0 && file >= 0);
	unsetenv("NO_COLOR");
	setenv("TERM", "xterm", 1);
	assert_true(wanted(NULL, tty));
	assert_true(wanted("auto", tty));
	assert_false(wanted("never", tty));
	assert_false(wanted(NULL, file));
	assert_true(wanted("always", file));
	setenv("TERM", "dumb", 1);
	assert_false(wanted(NULL, tty));
	setenv("TERM", "xterm", 1);
	setenv("NO_COLOR", "", 1);
	assert_true(wanted(NULL, tty));
	setenv("NO_COLOR", "1", 1);
	assert_false(wanted(NULL, tty));
	assert_true(wanted("always", tty));
	assert_int_equal(l2a_color_wanted("red", tty, &is, &err), -EINVAL);
	assert_string_equal(err.text,
			    "\"red\": colour is one of auto, always, never");
	close(file);
	close(tty);
	close(master);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_pretty_is_the_same_json),
		cmocka_unit_test(test_text_steers_no_terminal),
		cmocka_unit_test(test_tells_of_a_full_disk),
		cmocka_unit_test(test_color),
		cmocka_unit_test(test_when_color),
	};

	return cmocka_run_group_tests_name("lib_writer", tests, NULL, NULL);
}
