// SPDX-License-Identifier: GPL-2.0
/*
 * l2ctl -w: what a command shows, again and again on one screen. The command runs as
 * ever, into memory; the screen is drawn in one write, over what was there, so that
 * nothing flickers.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "l2ctl/watch.h"
#include "lib/clock.h"
#include "lib/duration.h"

#define INTERVAL	"1s"
#define INTERVAL_LEAST_NS	(100 * L2A_NSEC_PER_MSEC)

/* The terminal's other screen, without a cursor; and back. */
#define ENTER	"\033[?1049h\033[?25l\033[H\033[J"
#define LEAVE	"\033[?25h\033[?1049l"
#define HOME	"\033[H"

struct watch {
	struct ctl *ctl;
	char **words;
	char *text;		/* what the command has said */
	uint64_t interval_ns;
	char interval[L2A_DURATION_STRLEN];
};

static struct termios before;
static volatile sig_atomic_t entered;
static bool quiet;
static volatile sig_atomic_t stopped;
static bool ended;

static bool say(const char *text)
{
	return write(STDOUT_FILENO, text, strlen(text)) >= 0;
}

/* What is typed is for us, and does not belong on the screen. */
static void enter(void)
{
	struct termios mode;

	entered = 1;
	quiet = !tcgetattr(STDIN_FILENO, &before);
	if (quiet) {
		mode = before;
		mode.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
		tcsetattr(STDIN_FILENO, TCSANOW, &mode);
	}
	say(ENTER);
}

static void leave(void)
{
	if (!entered)
		return;
	entered = 0;
	say(LEAVE);
	if (quiet)
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

/* These come while there is nothing else to do: a new size wants a new picture. */
static void on_pause(int number)
{
	if (number == SIGTSTP)
		stopped = 1;
}

/* This may come while a controller keeps us waiting. */
static void on_end(int number)
{
	leave();
	signal(number, SIG_DFL);
	raise(number);
}

/* The command, with all it says in one text. */
static int run(struct watch *w)
{
	FILE *out = stdout, *err = stderr, *both;
	size_t size;
	int status;

	free(w->text);
	w->text = NULL;
	both = open_memstream(&w->text, &size);
	if (!both)
		return CTL_REFUSED;
	stdout = both;
	stderr = both;
	w->ctl->started_ns = l2a_boottime_ns();
	status = ctl_run(w->ctl, w->words);
	stdout = out;
	stderr = err;
	return fclose(both) ? CTL_REFUSED : status;
}

static void put_heading(FILE *out, const struct watch *w, unsigned int columns)
{
	char time[L2A_TIME_STRLEN], line[sizeof(w->ctl->words) + 128];
	int room;

	l2a_time_text(time);
	time[strlen("YYYY-MM-DDTHH:MM:SS")] = 'Z';
	time[strlen("YYYY-MM-DDTHH:MM:SSZ")] = '\0';
	snprintf(line, sizeof(line), "Every %s: l2ctl %s (q ends)", w->interval,
		 w->ctl->words);
	room = (int)columns - (int)strlen(line);
	fprintf(out, "%.*s%*s\033[K\r\n\033[K\r\n", (int)columns, line,
		room > (int)strlen(time) ? room : 0,
		room > (int)strlen(time) ? time : "");
}

static void draw(const struct watch *w)
{
	struct winsize size = { 0 };
	char *picture = NULL;
	size_t len;
	FILE *out = open_memstream(&picture, &len);

	if (!out)
		return;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_row ||
	    !size.ws_col)
		size = (struct winsize){ .ws_row = 24, .ws_col = 80 };
	fputs(HOME, out);
	put_heading(out, w, size.ws_col);
	watch_fit(out, w->text ? w->text : "",
		  size.ws_row > 2 ? size.ws_row - 2U : 0, size.ws_col);
	if (!fclose(out) && !say(picture))
		ended = true;
	free(picture);
}

static void suspend(const struct watch *w)
{
	stopped = 0;
	leave();
	raise(SIGSTOP);
	enter();
	draw(w);
}

/* Until it is time for the next, q is typed or a signal ends it. */
static void wait_until(const struct watch *w, uint64_t deadline,
		       const sigset_t *during)
{
	struct pollfd key = { .fd = quiet ? STDIN_FILENO : -1, .events = POLLIN };
	uint64_t left;
	char typed;

	while (!ended && (left = l2a_deadline_left(deadline, l2a_boottime_ns()))) {
		const struct timespec ts = {
			.tv_sec = (time_t)(left / L2A_NSEC_PER_SEC),
			.tv_nsec = (long)(left % L2A_NSEC_PER_SEC),
		};
		int ret = ppoll(&key, 1, &ts, during);

		if (stopped)
			suspend(w);
		else if (ret < 0)
			draw(w);
		else if (ret && read(STDIN_FILENO, &typed, 1) <= 0)
			key.fd = -1;
		else if (ret && typed == 'q')
			ended = true;
	}
}

static void catch_signals(sigset_t *during)
{
	const struct sigaction pause = { .sa_handler = on_pause };
	const struct sigaction end = { .sa_handler = on_end };
	sigset_t caught;

	sigaction(SIGINT, &end, NULL);
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGHUP, &end, NULL);
	sigaction(SIGTSTP, &pause, NULL);
	sigaction(SIGWINCH, &pause, NULL);
	sigemptyset(&caught);
	sigaddset(&caught, SIGTSTP);
	sigaddset(&caught, SIGWINCH);
	sigprocmask(SIG_BLOCK, &caught, during);
}

static int repeat(struct watch *w)
{
	sigset_t during;
	int status = run(w);

	if (status != CTL_OK) {
		fputs(w->text ? w->text : "l2ctl: out of memory\n", stderr);
		return status;
	}
	catch_signals(&during);
	atexit(leave);
	enter();
	while (!ended) {
		draw(w);
		wait_until(w, l2a_boottime_ns() + w->interval_ns, &during);
		if (!ended)
			run(w);
	}
	leave();
	return CTL_OK;
}

static const char *hindrance(const struct ctl *ctl, char **words)
{
	const char *term = getenv("TERM");

	if (ctl->flags & L2A_WRITER_JSON)
		return "is for people: \"l2ctl -j monitor\" tells programs what changes";
	if (!isatty(STDOUT_FILENO))
		return "is for a terminal, and standard output is none";
	if (!term || !*term || !strcmp(term, "dumb"))
		return "is for a terminal that can be drawn on: TERM is dumb or not set";
	if (!ctl_shows(words))
		return "is for what shows something: status, stats, why, and each show";
	return NULL;
}

int watch_run(struct ctl *ctl, const char *interval, char **words)
{
	struct watch w = { .ctl = ctl, .words = words };
	const char *why = hindrance(ctl, words);
	struct l2a_error err = { 0 };
	int status;

	if (why)
		return ctl_wrong_word(ctl, "--watch", why);
	snprintf(w.interval, sizeof(w.interval), "%s",
		 interval ? interval : INTERVAL);
	if (l2a_duration_parse(interval ? interval : INTERVAL, &w.interval_ns,
			       &err))
		return ctl_misused(ctl, &err);
	if (w.interval_ns < INTERVAL_LEAST_NS)
		return ctl_wrong_word(ctl, interval, "no screen is read that often: 100ms at the least");
	status = repeat(&w);
	free(w.text);
	return status;
}
