/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lease store's database: one SQLite file, synchronous calls. They block
 * for as long as the disk and the other writers need; store_sqlite.c keeps
 * them off the event loop.
 */
#ifndef L2A_SQLITE_DB_H
#define L2A_SQLITE_DB_H

#include "store.h"

struct sqlite_db;

/**
 * sqlite_db_open() - open the file
 * @path: of the file
 * @create: make it, and its directory, where it is missing
 * @busy_ms: how long to wait for another writer
 * @err: filled in on failure
 *
 * Return: the database, or NULL.
 */
struct sqlite_db *sqlite_db_open(const char *path, bool create, int busy_ms,
				 struct l2a_error *err);

/** sqlite_db_close() - close; NULL is fine */
void sqlite_db_close(struct sqlite_db *db);

/** sqlite_db_epoch() - tells this database from any other */
const char *sqlite_db_epoch(const struct sqlite_db *db);

/**
 * sqlite_db_get() - read one record
 * @db: the database
 * @key: its key
 * @item: value and version filled in; the value is NULL where there is none
 * @err: filled in on failure
 *
 * Return: EL_OK or EL_FAILED.
 */
enum el_result sqlite_db_get(struct sqlite_db *db, const char *key,
			     struct store_item *item, struct l2a_error *err);

/**
 * struct sqlite_put - a record to be written where it has a version
 * @key: its key
 * @version: what it must have; 0: there must be none
 * @value: NULL deletes
 * @result: how it ended
 * @written: its version now, where the result is EL_OK
 */
struct sqlite_put {
	const char *key;
	uint64_t version;
	const char *value;
	enum el_result result;
	uint64_t written;
};

/**
 * sqlite_db_put() - write records in one transaction
 * @db: the database
 * @puts: one after the other, each by itself EL_OK or EL_CONFLICT
 * @n: how many
 * @err: filled in where not EL_OK
 *
 * Return: EL_OK; EL_FAILED or EL_UNKNOWN, and then so are all of them.
 */
enum el_result sqlite_db_put(struct sqlite_db *db, struct sqlite_put *puts,
			     size_t n, struct l2a_error *err);

/**
 * sqlite_db_read() - read what has changed, or all
 * @db: the database
 * @prefix: of the keys; "" for all
 * @since: a revision; changes after it, deletions included. 0: all there is
 * @items: receives the records, for sqlite_items_free()
 * @n: how many
 * @rev: the revision they show
 * @err: filled in on failure
 *
 * Return: EL_OK or EL_FAILED.
 */
enum el_result sqlite_db_read(struct sqlite_db *db, const char *prefix,
			      uint64_t since, struct store_item **items,
			      size_t *n, uint64_t *rev, struct l2a_error *err);

/** sqlite_db_changed() - whether anybody may have written since last asked */
bool sqlite_db_changed(struct sqlite_db *db);

/** sqlite_db_replaced() - whether the path leads to another file by now */
bool sqlite_db_replaced(const struct sqlite_db *db);

/** sqlite_items_free() - free a list of records */
void sqlite_items_free(struct store_item *items, size_t n);

#endif /* L2A_SQLITE_DB_H */
