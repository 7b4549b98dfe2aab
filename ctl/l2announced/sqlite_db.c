// SPDX-License-Identifier: GPL-2.0
/*
 * The lease store's database: one SQLite file.
 *
 * A counter in the file numbers every write; a record's version is the number
 * of its last one. A deleted record stays as a row without a value, so that
 * who reads the changes since some number learns of it.
 *
 * Write-ahead log with synchronous=NORMAL: a commit survives the death of any
 * process, and a power cut takes the last ones, and with them every kernel
 * whose lease they could have extended.
 */
#include <errno.h>
#include <libgen.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sqlite_db.h"

#define SCHEMA_VERSION	1
#define LOG_WAIT_MS	5
#define APPLICATION_ID	0x6c326131	/* "l2a1" */

enum statement {
	ST_BEGIN_READ,
	ST_BEGIN_WRITE,
	ST_COMMIT,
	ST_ROLLBACK,
	ST_GET,
	ST_REVISION,
	ST_COUNT,
	ST_PUT,
	ST_CHANGES,
	ST_DATA_VERSION,
	N_STATEMENTS,
};

static const char *const sql[N_STATEMENTS] = {
	[ST_BEGIN_READ] = "BEGIN",
	[ST_BEGIN_WRITE] = "BEGIN IMMEDIATE",
	[ST_COMMIT] = "COMMIT",
	[ST_ROLLBACK] = "ROLLBACK",
	[ST_GET] = "SELECT value, revision FROM record WHERE key = ?1",
	[ST_REVISION] = "SELECT revision FROM store",
	[ST_COUNT] = "UPDATE store SET revision = ?1",
	[ST_PUT] = "INSERT INTO record (key, value, revision)"
		   " VALUES (?1, ?2, ?3) ON CONFLICT (key)"
		   " DO UPDATE SET value = ?2, revision = ?3",
	[ST_CHANGES] = "SELECT key, value, revision FROM record"
		       " WHERE revision > ?1 AND substr(key, 1, ?3) = ?2"
		       " AND (?1 > 0 OR value IS NOT NULL) ORDER BY revision",
	[ST_DATA_VERSION] = "PRAGMA data_version",
};

static const char schema[] =
	"CREATE TABLE IF NOT EXISTS store ("
	" id INTEGER PRIMARY KEY CHECK (id = 1),"
	" epoch TEXT NOT NULL,"
	" revision INTEGER NOT NULL);"
	"INSERT OR IGNORE INTO store VALUES (1, hex(randomblob(16)), 0);"
	"CREATE TABLE IF NOT EXISTS record ("
	" key TEXT PRIMARY KEY,"
	" value TEXT,"
	" revision INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE INDEX IF NOT EXISTS record_revision ON record (revision);";

struct sqlite_db {
	sqlite3 *handle;
	sqlite3_stmt *statements[N_STATEMENTS];
	char *path;
	char epoch[40];
	int64_t data_version;
	dev_t dev;
	ino_t ino;
};

/* SQLite says "disk I/O error" also where the kernel says why: full, for one. */
static int fail(struct sqlite_db *db, struct l2a_error *err, const char *what)
{
	const char *said = sqlite3_errmsg(db->handle);
	int error = 0;

	if ((sqlite3_errcode(db->handle) & 0xff) == SQLITE_IOERR)
		error = sqlite3_system_errno(db->handle);
	if (error)
		return l2a_fail(err, -EIO, "%s: %s: %s: %s", db->path, what,
				said, strerror(error));
	return l2a_fail(err, -EIO, "%s: %s: %s", db->path, what, said);
}

/* One statement from start to end; a row is looked at by @row, if any. */
static int run(struct sqlite_db *db, enum statement which,
	       void (*row)(sqlite3_stmt *st, void *arg), void *arg)
{
	sqlite3_stmt *st = db->statements[which];
	int rc;

	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		if (row)
			row(st, arg);
	}
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static void row_int(sqlite3_stmt *st, void *arg)
{
	*(int64_t *)arg = sqlite3_column_int64(st, 0);
}

static char *text(sqlite3_stmt *st, int column)
{
	return xstrdup((const char *)sqlite3_column_text(st, column));
}

static void row_item(sqlite3_stmt *st, void *arg)
{
	struct store_item *item = arg;

	item->value = text(st, 0);
	item->version = (uint64_t)sqlite3_column_int64(st, 1);
}

static void roll_back(struct sqlite_db *db)
{
	if (!sqlite3_get_autocommit(db->handle))
		run(db, ST_ROLLBACK, NULL, NULL);
}

/* Opening. */

static int read_int(struct sqlite_db *db, const char *query, int64_t *value)
{
	sqlite3_stmt *st;
	int rc = sqlite3_prepare_v2(db->handle, query, -1, &st, NULL);

	if (rc == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
		*value = sqlite3_column_int64(st, 0);
	else if (rc == SQLITE_OK)
		rc = sqlite3_errcode(db->handle);
	sqlite3_finalize(st);
	return rc;
}

static int make_schema(struct sqlite_db *db, struct l2a_error *err)
{
	int64_t id = 0, version = 0;
	char mark[128];

	if (sqlite3_exec(db->handle, "BEGIN IMMEDIATE", NULL, NULL, NULL))
		return fail(db, err, "cannot lock it");
	if (read_int(db, "PRAGMA application_id", &id) ||
	    read_int(db, "PRAGMA user_version", &version))
		return fail(db, err, "cannot read it");
	if (version == SCHEMA_VERSION && id == APPLICATION_ID)
		return sqlite3_exec(db->handle, "COMMIT", NULL, NULL, NULL) ?
		       fail(db, err, "cannot read it") : 0;
	if (version || id)
		return l2a_fail(err, -EINVAL,
				"%s: is a database, but of something else (application %lld, version %lld)",
				db->path, (long long)id, (long long)version);
	snprintf(mark, sizeof(mark),
		 "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
		 APPLICATION_ID, SCHEMA_VERSION);
	if (sqlite3_exec(db->handle, schema, NULL, NULL, NULL) ||
	    sqlite3_exec(db->handle, mark, NULL, NULL, NULL))
		return fail(db, err, "cannot set it up");
	return 0;
}

static int prepare(struct sqlite_db *db, struct l2a_error *err)
{
	for (int i = 0; i < N_STATEMENTS; i++) {
		if (sqlite3_prepare_v3(db->handle, sql[i], -1,
				       SQLITE_PREPARE_PERSISTENT,
				       &db->statements[i], NULL))
			return fail(db, err, "cannot use it");
	}
	return 0;
}

static void row_epoch(sqlite3_stmt *st, void *arg)
{
	struct sqlite_db *db = arg;

	snprintf(db->epoch, sizeof(db->epoch), "%s",
		 (const char *)sqlite3_column_text(st, 0));
}

static int read_epoch(struct sqlite_db *db, struct l2a_error *err)
{
	sqlite3_stmt *st;

	if (sqlite3_prepare_v2(db->handle, "SELECT epoch FROM store", -1, &st,
			       NULL))
		return fail(db, err, "cannot read it");
	if (sqlite3_step(st) == SQLITE_ROW)
		row_epoch(st, db);
	sqlite3_finalize(st);
	return db->epoch[0] ? 0 : fail(db, err, "has no epoch");
}

static int remember_file(struct sqlite_db *db, struct l2a_error *err)
{
	struct stat st;

	if (stat(db->path, &st))
		return l2a_fail(err, -errno, "%s: %s", db->path, strerror(errno));
	db->dev = st.st_dev;
	db->ino = st.st_ino;
	return 0;
}

static int make_directory(const char *path, struct l2a_error *err)
{
	char *copy = xstrdup(path);
	char *dir = dirname(copy);
	int ret = 0;

	if (mkdir(dir, 0700) && errno != EEXIST)
		ret = l2a_fail(err, -errno, "%s: %s", dir, strerror(errno));
	free(copy);
	return ret;
}

/*
 * Turning the log on needs the file alone, and SQLite does not wait for that by
 * itself: several controllers that begin together would get in each other's way.
 */
static int use_log(struct sqlite_db *db, int busy_ms)
{
	static const char pragmas[] = "PRAGMA journal_mode = WAL;"
				      "PRAGMA synchronous = NORMAL;"
				      "PRAGMA wal_autocheckpoint = 1000";
	int rc;

	do {
		rc = sqlite3_exec(db->handle, pragmas, NULL, NULL, NULL);
		if ((rc & 0xff) != SQLITE_BUSY)
			return rc;
		sqlite3_sleep(LOG_WAIT_MS);
		busy_ms -= LOG_WAIT_MS;
	} while (busy_ms > 0);
	return rc;
}

static int set_up(struct sqlite_db *db, bool create, int busy_ms,
		  struct l2a_error *err)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
		    (create ? SQLITE_OPEN_CREATE : 0);
	int ret;

	if (sqlite3_open_v2(db->path, &db->handle, flags, NULL))
		return fail(db, err, "cannot open it");
	/* SQLite is content with reading; what it says later is less clear. */
	if (sqlite3_db_readonly(db->handle, "main") == 1)
		return l2a_fail(err, -EROFS, "%s: is read-only", db->path);
	sqlite3_extended_result_codes(db->handle, 1);
	sqlite3_busy_timeout(db->handle, busy_ms);
	if (use_log(db, busy_ms))
		return fail(db, err, "cannot use a write-ahead log");
	ret = make_schema(db, err);
	if (!ret)
		ret = prepare(db, err);
	if (!ret)
		ret = read_epoch(db, err);
	if (!ret)
		ret = remember_file(db, err);
	return ret;
}

struct sqlite_db *sqlite_db_open(const char *path, bool create, int busy_ms,
				 struct l2a_error *err)
{
	struct sqlite_db *db;

	if (create && make_directory(path, err))
		return NULL;
	db = xmalloc(sizeof(*db));
	db->path = xstrdup(path);
	if (!set_up(db, create, busy_ms, err))
		return db;
	sqlite_db_close(db);
	return NULL;
}

void sqlite_db_close(struct sqlite_db *db)
{
	if (!db)
		return;
	for (int i = 0; i < N_STATEMENTS; i++)
		sqlite3_finalize(db->statements[i]);
	sqlite3_close(db->handle);
	free(db->path);
	free(db);
}

const char *sqlite_db_epoch(const struct sqlite_db *db)
{
	return db->epoch;
}

/* Reading. */

static int read_one(struct sqlite_db *db, const char *key,
		    struct store_item *item)
{
	sqlite3_bind_text(db->statements[ST_GET], 1, key, -1, SQLITE_STATIC);
	return run(db, ST_GET, row_item, item);
}

enum el_result sqlite_db_get(struct sqlite_db *db, const char *key,
			     struct store_item *item, struct l2a_error *err)
{
	int64_t rev = 0;

	item->value = NULL;
	item->version = 0;
	if (run(db, ST_BEGIN_READ, NULL, NULL) ||
	    run(db, ST_REVISION, row_int, &rev) ||
	    read_one(db, key, item) || run(db, ST_COMMIT, NULL, NULL)) {
		fail(db, err, "cannot read it");
		roll_back(db);
		free(item->value);
		item->value = NULL;
		return EL_FAILED;
	}
	if (!item->value)
		item->version = (uint64_t)rev;
	return EL_OK;
}

struct list {
	struct store_item *items;
	size_t n;
};

static void row_listed(sqlite3_stmt *st, void *arg)
{
	struct list *list = arg;
	struct store_item *item;

	list->items = xrealloc(list->items, list->n + 1, sizeof(*list->items));
	item = &list->items[list->n++];
	item->key = text(st, 0);
	item->value = text(st, 1);
	item->version = (uint64_t)sqlite3_column_int64(st, 2);
}

static int read_changes(struct sqlite_db *db, const char *prefix,
			uint64_t since, struct list *list)
{
	sqlite3_stmt *st = db->statements[ST_CHANGES];

	sqlite3_bind_int64(st, 1, (int64_t)since);
	sqlite3_bind_text(st, 2, prefix, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 3, (int64_t)strlen(prefix));
	return run(db, ST_CHANGES, row_listed, list);
}

enum el_result sqlite_db_read(struct sqlite_db *db, const char *prefix,
			      uint64_t since, struct store_item **items,
			      size_t *n, uint64_t *rev, struct l2a_error *err)
{
	struct list list = { NULL, 0 };
	int64_t now = 0;

	if (run(db, ST_BEGIN_READ, NULL, NULL) ||
	    run(db, ST_REVISION, row_int, &now) ||
	    read_changes(db, prefix, since, &list) ||
	    run(db, ST_COMMIT, NULL, NULL)) {
		fail(db, err, "cannot read it");
		roll_back(db);
		sqlite_items_free(list.items, list.n);
		return EL_FAILED;
	}
	*items = list.items;
	*n = list.n;
	*rev = (uint64_t)now;
	return EL_OK;
}

void sqlite_items_free(struct store_item *items, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(items[i].key);
		free(items[i].value);
	}
	free(items);
}

/* Writing. */

static int write_one(struct sqlite_db *db, const char *key, const char *value,
		     int64_t rev)
{
	sqlite3_stmt *st = db->statements[ST_PUT];

	sqlite3_bind_text(st, 1, key, -1, SQLITE_STATIC);
	if (value)
		sqlite3_bind_text(st, 2, value, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 3, rev);
	return run(db, ST_PUT, NULL, NULL);
}

/*
 * Where the record has that version. @rev counts what is written. Return: 0, also
 * where it has not, or SQLite's code.
 */
static int write_where(struct sqlite_db *db, struct sqlite_put *put, int64_t *rev)
{
	struct store_item now = { .key = NULL };
	bool same;
	int rc;

	put->result = EL_CONFLICT;
	rc = read_one(db, put->key, &now);
	same = (now.value ? now.version : 0) == put->version;
	free(now.value);
	if (rc || !same)
		return rc;
	rc = write_one(db, put->key, put->value, ++*rev);
	put->result = EL_OK;
	put->written = (uint64_t)*rev;
	return rc;
}

/* Once for all that a transaction writes. */
static int count(struct sqlite_db *db, int64_t rev)
{
	sqlite3_bind_int64(db->statements[ST_COUNT], 1, rev);
	return run(db, ST_COUNT, NULL, NULL);
}

/*
 * A commit that fails has either not begun (busy), or may have reached the
 * disk: then only reading the records again tells.
 */
static enum el_result write_all(struct sqlite_db *db, struct sqlite_put *puts,
				size_t n)
{
	int64_t before = 0, rev;
	int rc = run(db, ST_BEGIN_WRITE, NULL, NULL) ?:
		 run(db, ST_REVISION, row_int, &before);

	rev = before;
	for (size_t i = 0; i < n && !rc; i++)
		rc = write_where(db, &puts[i], &rev);
	if (!rc && rev > before)
		rc = count(db, rev);
	if (rc)
		return EL_FAILED;
	rc = run(db, ST_COMMIT, NULL, NULL);
	if (!rc)
		return EL_OK;
	return (rc & 0xff) == SQLITE_BUSY ? EL_FAILED : EL_UNKNOWN;
}

enum el_result sqlite_db_put(struct sqlite_db *db, struct sqlite_put *puts,
			     size_t n, struct l2a_error *err)
{
	enum el_result result = write_all(db, puts, n);

	if (result == EL_OK)
		return EL_OK;
	fail(db, err, "cannot write it");
	roll_back(db);
	for (size_t i = 0; i < n; i++)
		puts[i].result = result;
	return result;
}

/* Watching. */

bool sqlite_db_changed(struct sqlite_db *db)
{
	int64_t version = db->data_version;

	/* Where it cannot be told, reading will say what is the matter. */
	if (run(db, ST_DATA_VERSION, row_int, &version))
		return true;
	if (version == db->data_version)
		return false;
	db->data_version = version;
	return true;
}

bool sqlite_db_replaced(const struct sqlite_db *db)
{
	struct stat st;

	return stat(db->path, &st) || st.st_dev != db->dev || st.st_ino != db->ino;
}
