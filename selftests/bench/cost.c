// SPDX-License-Identifier: GPL-2.0
/*
 * The CPU time a command takes, its own and the kernel's for it, in nanoseconds.
 *
 *	cost COMMAND ARGUMENT...
 *
 * Unlike the time on the clock it holds no waiting, for a disk or for others. In an
 * emulator whose clock counts instructions these are instructions, to the thousand.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void run(char **argv)
{
	int fd = open("/dev/null", O_WRONLY);

	/* What the command says is not for whoever reads the cost. */
	if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0)
		die("/dev/null");
	execvp(argv[0], argv);
	die(argv[0]);
}

static int64_t ns(struct timeval tv)
{
	return (int64_t)tv.tv_sec * 1000000000 + (int64_t)tv.tv_usec * 1000;
}

int main(int argc, char **argv)
{
	struct rusage usage;
	int status;
	pid_t pid;

	if (argc < 2) {
		fputs("usage: cost COMMAND ARGUMENT...\n", stderr);
		return 2;
	}
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid)
		run(argv + 1);
	if (wait4(pid, &status, 0, &usage) != pid)
		die("wait4");
	if (status) {
		fprintf(stderr, "cost: %s failed\n", argv[1]);
		return 1;
	}
	printf("%" PRId64 "\n", ns(usage.ru_utime) + ns(usage.ru_stime));
	return 0;
}
