// SPDX-License-Identifier: GPL-2.0
/*
 * A database file that can be bad: SQLite's own way to files, some of whose calls
 * fail. It stands where the other stores have a wire.
 */
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

#include "conform.h"

/* The calls as SQLite has them, and as they are here instead. */
struct calls {
	const sqlite3_io_methods *true_ones;
	sqlite3_io_methods ours;
};

static sqlite3_vfs ours;
static const sqlite3_vfs *true_vfs;
/* The log's calls are not the database's. */
static struct calls database, journal;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_int mode;
static atomic_size_t failed;

static bool fails(enum wire_mode where)
{
	if (atomic_load(&mode) != (int)where)
		return false;
	atomic_fetch_add(&failed, 1);
	return true;
}

/* What a commit writes goes to the log first: without that it is not done. */
static int bad_write(sqlite3_file *file, const void *data, int n,
		     sqlite3_int64 at)
{
	if (fails(WIRE_DROP_QUESTIONS))
		return SQLITE_IOERR_WRITE;
	return journal.true_ones->xWrite(file, data, n, at);
}

/* SQLite asks this when all can see what was committed, and tells who committed. */
static int bad_control(sqlite3_file *file, int what, void *arg)
{
	if (what == SQLITE_FCNTL_COMMIT_PHASETWO && fails(WIRE_DROP_ANSWERS))
		return SQLITE_IOERR;
	return database.true_ones->xFileControl(file, what, arg);
}

/* Nothing is read or written without. */
static int bad_lock(sqlite3_file *file, int first, int n, int flags)
{
	if ((flags & SQLITE_SHM_LOCK) && fails(WIRE_REFUSE))
		return SQLITE_IOERR_SHMLOCK;
	return database.true_ones->xShmLock(file, first, n, flags);
}

/* The file stays SQLite's own, which begins with its table of calls. */
static void take_over(struct calls *calls, sqlite3_file *file)
{
	pthread_mutex_lock(&lock);
	if (!calls->true_ones) {
		calls->true_ones = file->pMethods;
		calls->ours = *file->pMethods;
		if (calls == &journal) {
			calls->ours.xWrite = bad_write;
		} else {
			calls->ours.xFileControl = bad_control;
			calls->ours.xShmLock = bad_lock;
		}
	}
	pthread_mutex_unlock(&lock);
	file->pMethods = &calls->ours;
}

static int bad_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file,
		    int flags, int *flags_out)
{
	int rc;

	if (fails(WIRE_REFUSE))
		return SQLITE_CANTOPEN;
	rc = true_vfs->xOpen(vfs, name, file, flags, flags_out);
	if (rc == SQLITE_OK && (flags & SQLITE_OPEN_MAIN_DB))
		take_over(&database, file);
	else if (rc == SQLITE_OK && (flags & SQLITE_OPEN_WAL))
		take_over(&journal, file);
	return rc;
}

/* Who has the file open finds it bad at the next call: there is nothing to cut. */
static void file_set(enum wire_mode new_mode, bool cut)
{
	(void)cut;
	atomic_store(&failed, 0);
	atomic_store(&mode, (int)new_mode);
}

static size_t file_failed(void)
{
	return atomic_load(&failed);
}

const struct wire *file_open(void)
{
	static const struct wire file = {
		.set = file_set,
		.dropped = file_failed,
	};

	true_vfs = sqlite3_vfs_find(NULL);
	ours = *true_vfs;
	ours.zName = "bad";
	ours.xOpen = bad_open;
	return sqlite3_vfs_register(&ours, 1) == SQLITE_OK ? &file : NULL;
}
