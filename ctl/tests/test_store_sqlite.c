// SPDX-License-Identifier: GPL-2.0
/*
 * The SQLite store: compare-and-swap, races of several writers, the watch, and
 * what is said when the file is not what it should be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <event2/event.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "l2announced/config.h"
#include "l2announced/sqlite_db.h"

#define BUSY_MS		10000
#define WRITERS		8
#define ROUNDS		50
#define PATIENCE_S	30	/* a wait on a condition ends in failure then */

static char dir[] = "/tmp/l2a-store-XXXXXX";
static char path[64];

static int make_dir(void **state)
{
	(void)state;
	strcpy(strrchr(dir, '-'), "-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/sub/store.db", dir);
	return 0;
}

static int remove_dir(void **state)
{
	char command[96];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command);
}

static struct sqlite_db *open_db(void)
{
	struct l2a_error err = { 0 };
	struct sqlite_db *db = sqlite_db_open(path, true, BUSY_MS, &err);

	if (!db)
		print_error("%s\n", err.text);
	assert_non_null(db);
	return db;
}

static enum el_result put_one(struct sqlite_db *db, const char *key,
			      uint64_t version, const char *value,
			      uint64_t *written)
{
	struct sqlite_put put = {
		.key = key, .version = version, .value = value,
	};
	struct l2a_error err = { 0 };

	sqlite_db_put(db, &put, 1, &err);
	*written = put.written;
	return put.result;
}

static uint64_t put_ok(struct sqlite_db *db, const char *key, uint64_t version,
		       const char *value)
{
	uint64_t written;

	assert_int_equal(put_one(db, key, version, value, &written), EL_OK);
	return written;
}

static void put_conflict(struct sqlite_db *db, const char *key,
			 uint64_t version, const char *value)
{
	uint64_t written;

	assert_int_equal(put_one(db, key, version, value, &written),
			 EL_CONFLICT);
}

static void test_compare_and_swap(void **state)
{
	struct sqlite_db *db = open_db();
	struct store_item item = { 0 };
	struct l2a_error err;
	uint64_t one, two;

	(void)state;
	one = put_ok(db, "node/a", 0, "1");
	put_conflict(db, "node/a", 0, "again");
	put_conflict(db, "node/a", one + 1, "too new");
	two = put_ok(db, "node/a", one, "2");
	assert_true(two > one);
	put_conflict(db, "node/a", one, "too old");
	assert_int_equal(sqlite_db_get(db, "node/a", &item, &err), EL_OK);
	assert_string_equal(item.value, "2");
	assert_int_equal(item.version, two);
	free(item.value);
	sqlite_db_close(db);
}

/* Together, and each by itself: also a second one to the same record. */
static void test_together(void **state)
{
	struct sqlite_db *db = open_db(), *other = open_db();
	struct sqlite_put puts[] = {
		{ .key = "holder/a", .value = "1" },
		{ .key = "holder/taken", .value = "1" },
		{ .key = "holder/a", .value = "too late" },
		{ .key = "holder/b", .value = "1" },
	};
	struct store_item *items;
	struct l2a_error err;
	uint64_t rev;
	size_t n;

	(void)state;
	put_ok(db, "holder/taken", 0, "x");
	assert_int_equal(sqlite_db_put(db, puts, 4, &err), EL_OK);
	assert_int_equal(puts[0].result, EL_OK);
	assert_int_equal(puts[1].result, EL_CONFLICT);
	assert_int_equal(puts[2].result, EL_CONFLICT);
	assert_int_equal(puts[3].result, EL_OK);
	assert_true(puts[3].written > puts[0].written);
	assert_int_equal(sqlite_db_read(other, "holder/", 0, &items, &n, &rev,
					&err), EL_OK);
	assert_int_equal(n, 3);
	assert_int_equal(rev, puts[3].written);
	sqlite_items_free(items, n);
	sqlite_db_close(other);
	sqlite_db_close(db);
}

/* None of them, where they cannot all be written. */
static void test_together_or_not(void **state)
{
	const char *refuse_b =
		"CREATE TRIGGER t BEFORE INSERT ON record WHEN NEW.key = 'holder/b' "
		"BEGIN SELECT RAISE(ABORT, 'no room for b'); END";
	struct sqlite_db *db = open_db();
	struct sqlite_put puts[] = {
		{ .key = "holder/a", .value = "1" },
		{ .key = "holder/b", .value = "1" },
	};
	struct store_item item;
	struct l2a_error err;
	sqlite3 *raw;

	(void)state;
	assert_int_equal(sqlite3_open(path, &raw), SQLITE_OK);
	assert_int_equal(sqlite3_exec(raw, refuse_b, NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(raw);
	assert_int_equal(sqlite_db_put(db, puts, 2, &err), EL_FAILED);
	assert_non_null(strstr(err.text, "no room for b"));
	assert_int_equal(puts[0].result, EL_FAILED);
	assert_int_equal(puts[1].result, EL_FAILED);
	assert_int_equal(sqlite_db_get(db, "holder/a", &item, &err), EL_OK);
	assert_null(item.value);
	sqlite_db_close(db);
}

static void test_delete(void **state)
{
	struct sqlite_db *db = open_db();
	struct store_item item = { 0 };
	struct l2a_error err;
	uint64_t version = put_ok(db, "service/s", 0, "x");
	uint64_t gone;

	(void)state;
	put_conflict(db, "service/s", version + 1, NULL);
	gone = put_ok(db, "service/s", version, NULL);
	assert_true(gone > version);
	assert_int_equal(sqlite_db_get(db, "service/s", &item, &err), EL_OK);
	assert_null(item.value);
	assert_true(item.version >= gone);
	put_conflict(db, "service/s", gone, "a deleted record has no version");
	assert_true(put_ok(db, "service/s", 0, "y") > gone);
	sqlite_db_close(db);
}

static void test_changes(void **state)
{
	struct sqlite_db *db = open_db(), *other = open_db();
	struct store_item *items;
	struct l2a_error err;
	uint64_t a, rev, since;
	size_t n;

	(void)state;
	a = put_ok(db, "node/a", 0, "1");
	put_ok(db, "holder/s", 0, "2");
	sqlite_db_changed(other);
	assert_int_equal(sqlite_db_read(other, "", 0, &items, &n, &rev, &err),
			 EL_OK);
	assert_int_equal(n, 2);
	sqlite_items_free(items, n);
	since = rev;
	assert_false(sqlite_db_changed(other));

	put_ok(db, "node/a", a, NULL);
	assert_true(sqlite_db_changed(other));
	assert_int_equal(sqlite_db_read(other, "", since, &items, &n, &rev, &err),
			 EL_OK);
	assert_int_equal(n, 1);
	assert_string_equal(items[0].key, "node/a");
	assert_null(items[0].value);
	assert_true(rev > since);
	sqlite_items_free(items, n);

	/* All there is shows no deletions; a prefix keeps the others out. */
	assert_int_equal(sqlite_db_read(other, "", 0, &items, &n, &rev, &err),
			 EL_OK);
	assert_int_equal(n, 1);
	sqlite_items_free(items, n);
	assert_int_equal(sqlite_db_read(other, "node/", 0, &items, &n, &rev,
					&err), EL_OK);
	assert_int_equal(n, 0);
	sqlite_items_free(items, n);
	sqlite_db_close(db);
	sqlite_db_close(other);
}

/* Each round has one winner: the wins of all add up to the rounds. */
static void *writer(void *arg)
{
	struct l2a_error err = { 0 };
	struct sqlite_db *db = sqlite_db_open(path, true, BUSY_MS, &err);
	uintptr_t wins = 0;

	(void)arg;
	for (;;) {
		struct store_item item = { 0 };
		enum el_result result;
		char value[16];
		uint64_t written;
		int round;

		if (!db || sqlite_db_get(db, "holder/s", &item, &err) != EL_OK)
			break;
		round = item.value ? atoi(item.value) : 0;
		if (round == ROUNDS) {
			free(item.value);
			break;
		}
		snprintf(value, sizeof(value), "%d", round + 1);
		result = put_one(db, "holder/s", item.value ? item.version : 0,
				 value, &written);
		free(item.value);
		if (result != EL_OK && result != EL_CONFLICT)
			break;
		wins += result == EL_OK;
	}
	sqlite_db_close(db);
	return (void *)wins;
}

static void test_race(void **state)
{
	pthread_t threads[WRITERS];
	uintptr_t total = 0;

	(void)state;
	sqlite_db_close(open_db());
	for (size_t i = 0; i < WRITERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, writer, NULL), 0);
	for (size_t i = 0; i < WRITERS; i++) {
		void *wins;

		pthread_join(threads[i], &wins);
		total += (uintptr_t)wins;
	}
	assert_int_equal(total, ROUNDS);
}

static void test_refuses_what_is_no_store(void **state)
{
	struct l2a_error err = { 0 };
	FILE *f;

	(void)state;
	sqlite_db_close(open_db());
	f = fopen(path, "w");
	assert_non_null(f);
	for (int i = 0; i < 1000; i++)
		fputs("This is not a database. ", f);
	fclose(f);
	assert_null(sqlite_db_open(path, true, BUSY_MS, &err));
	assert_non_null(strstr(err.text, path));
	assert_non_null(strstr(err.text, "not a database"));
}

static void test_refuses_another_application(void **state)
{
	struct l2a_error err = { 0 };
	char command[160];

	(void)state;
	snprintf(command, sizeof(command), "mkdir -p '%s/sub'", dir);
	assert_int_equal(system(command), 0);
	sqlite_db_close(open_db());
	snprintf(command, sizeof(command),
		 "printf '\\0\\0\\0\\5' | dd of='%s' bs=1 seek=68 conv=notrunc status=none",
		 path);
	assert_int_equal(system(command), 0);
	assert_null(sqlite_db_open(path, true, BUSY_MS, &err));
	assert_non_null(strstr(err.text, "something else"));
}

static void test_notices_a_replaced_file(void **state)
{
	struct sqlite_db *db = open_db();
	char epoch[64];

	(void)state;
	snprintf(epoch, sizeof(epoch), "%s", sqlite_db_epoch(db));
	assert_false(sqlite_db_replaced(db));
	assert_int_equal(unlink(path), 0);
	assert_true(sqlite_db_replaced(db));
	sqlite_db_close(db);
	db = open_db();
	assert_string_not_equal(sqlite_db_epoch(db), epoch);
	sqlite_db_close(db);
}

/* The same through the five calls, with the loop and the thread. */

struct seen {
	struct event_base *base;
	int views, resets, downs, ups;
	uint64_t rev;
	bool full;
	size_t n;
	enum el_result result;
	uint64_t version;
	int answers;
};

static void on_view(void *arg, const struct store_item *items, size_t n,
		    uint64_t rev, bool full)
{
	struct seen *seen = arg;

	(void)items;
	assert_true(full || rev > seen->rev);
	seen->views++;
	seen->rev = rev;
	seen->full = full;
	seen->n = n;
}

static void on_state(void *arg, const char *error)
{
	struct seen *seen = arg;

	if (error)
		seen->downs++;
	else
		seen->ups++;
}

static void on_reset(void *arg)
{
	struct seen *seen = arg;

	seen->resets++;
}

static void on_answer(void *arg, const struct store_reply *reply)
{
	struct seen *seen = arg;

	seen->answers++;
	seen->result = reply->result;
	seen->version = reply->n ? reply->items[0].version : 0;
}

static void out_of_patience(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	*(bool *)arg = true;
}

/* Turn the loop until a counter has got there. */
static void until(struct seen *seen, const int *counter, int value)
{
	struct timeval tv = { .tv_sec = PATIENCE_S };
	bool over = false;
	struct event *ev = evtimer_new(seen->base, out_of_patience, &over);

	event_add(ev, &tv);
	while (*counter < value && !over)
		event_base_loop(seen->base, EVLOOP_ONCE);
	event_free(ev);
	assert_false(over);
}

static struct store *open_store(struct seen *seen)
{
	const struct store_watcher watcher = {
		.view = on_view,
		.state = on_state,
		.reset = on_reset,
		.arg = seen,
	};
	struct config config = { .store_path = path, .renew_ms = 500 };
	struct l2a_error err = { 0 };
	struct store *store;

	seen->base = event_base_new();
	store = store_sqlite.open(&config, seen->base, &err);
	assert_non_null(store);
	store_sqlite.watch(store, &watcher);
	return store;
}

static void close_store(struct seen *seen, struct store *store)
{
	store_sqlite.close(store);
	event_base_free(seen->base);
}

static void test_calls_and_watch(void **state)
{
	struct seen a = { 0 }, b = { 0 };
	struct store *sa, *sb;
	int views;

	(void)state;
	sa = open_store(&a);
	until(&a, &a.views, 1);
	assert_true(a.full);
	assert_int_equal(a.n, 0);
	sb = open_store(&b);
	until(&b, &b.views, 1);

	store_sqlite.put_if(sa, "node/a", 0, "{}", on_answer, &a);
	until(&a, &a.answers, 1);
	assert_int_equal(a.result, EL_OK);
	assert_true(a.version > 0);
	/* Who wrote sees it, and so does the other, without asking. */
	until(&a, &a.views, 2);
	assert_int_equal(a.rev, a.version);
	until(&b, &b.views, 2);
	assert_int_equal(b.rev, a.version);
	assert_int_equal(b.n, 1);

	store_sqlite.put_if(sb, "node/a", 0, "{}", on_answer, &b);
	until(&b, &b.answers, 1);
	assert_int_equal(b.result, EL_CONFLICT);
	store_sqlite.get(sb, "node/a", on_answer, &b);
	until(&b, &b.answers, 2);
	assert_int_equal(b.version, a.version);
	views = a.views;
	store_sqlite.delete_if(sb, "node/a", b.version, on_answer, &b);
	until(&b, &b.answers, 3);
	assert_int_equal(b.result, EL_OK);
	until(&a, &a.views, views + 1);
	assert_int_equal(a.ups, 1);
	assert_int_equal(a.downs, 0);
	assert_true(store_sqlite.rtt_us(sa) > 0);
	close_store(&a, sa);
	close_store(&b, sb);
}

/* Put a plain file where the directory was, and back, each in one stroke. */
static void swap_directory(void)
{
	char sub[64], aside[64];

	snprintf(sub, sizeof(sub), "%s/sub", dir);
	snprintf(aside, sizeof(aside), "%s/aside", dir);
	assert_int_equal(renameat2(AT_FDCWD, sub, AT_FDCWD, aside,
				   RENAME_EXCHANGE), 0);
}

/* Another node still reaches it. Return: the revision */
static uint64_t write_aside(void)
{
	struct l2a_error err;
	struct sqlite_db *db;
	char aside[80];
	uint64_t written;

	snprintf(aside, sizeof(aside), "%s/aside/store.db", dir);
	db = sqlite_db_open(aside, false, BUSY_MS, &err);
	assert_non_null(db);
	written = put_ok(db, "node/c", 0, "{}");
	sqlite_db_close(db);
	return written;
}

static void test_tells_of_a_loss(void **state)
{
	struct seen seen = { 0 };
	struct store *store = open_store(&seen);
	uint64_t foreign;
	char aside[64];

	(void)state;
	snprintf(aside, sizeof(aside), "%s/aside", dir);
	close(open(aside, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	until(&seen, &seen.views, 1);
	store_sqlite.put_if(store, "node/a", 0, "{}", on_answer, &seen);
	until(&seen, &seen.views, 2);

	/* Out of reach: said once, and calls fail rather than wait. */
	swap_directory();
	until(&seen, &seen.downs, 1);
	store_sqlite.put_if(store, "node/b", 0, "{}", on_answer, &seen);
	until(&seen, &seen.answers, 2);
	assert_int_equal(seen.result, EL_FAILED);
	foreign = write_aside();

	/* Back: the same store, nothing missed, nothing begun anew. */
	swap_directory();
	until(&seen, &seen.ups, 2);
	until(&seen, &seen.views, 3);
	assert_int_equal(seen.rev, foreign);
	assert_int_equal(seen.n, 1);
	assert_false(seen.full);
	store_sqlite.put_if(store, "node/b", 0, "{}", on_answer, &seen);
	until(&seen, &seen.answers, 3);
	assert_int_equal(seen.result, EL_OK);
	assert_int_equal(seen.resets, 0);
	assert_int_equal(seen.downs, 1);
	close_store(&seen, store);
}

static void test_tells_of_another_store(void **state)
{
	struct seen seen = { 0 };
	struct store *store = open_store(&seen);
	char command[160];

	(void)state;
	until(&seen, &seen.views, 1);
	store_sqlite.put_if(store, "node/a", 0, "{}", on_answer, &seen);
	until(&seen, &seen.views, 2);
	snprintf(command, sizeof(command), "rm -f '%s'*", path);
	assert_int_equal(system(command), 0);
	until(&seen, &seen.downs, 1);
	/* Nobody but the one who begins anew makes a new one. */
	assert_int_equal(access(path, F_OK), -1);
	sqlite_db_close(open_db());
	until(&seen, &seen.resets, 1);
	until(&seen, &seen.views, 3);
	assert_true(seen.full);
	assert_int_equal(seen.n, 0);
	close_store(&seen, store);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_compare_and_swap),
		TEST(test_together),
		TEST(test_together_or_not),
		TEST(test_delete),
		TEST(test_changes),
		TEST(test_race),
		TEST(test_refuses_what_is_no_store),
		TEST(test_refuses_another_application),
		TEST(test_notices_a_replaced_file),
		TEST(test_calls_and_watch),
		TEST(test_tells_of_a_loss),
		TEST(test_tells_of_another_store),
	};

	return cmocka_run_group_tests_name("store_sqlite", tests, NULL, NULL);
}
