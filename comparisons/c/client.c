// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Opens /dev/hiboma, gets its version, creates two descriptors, and lists the open files of this
 * process. The Rust counterparts are the programs in userspace/pairs.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "hiboma.h"

static int hiboma_ioctl(int fd, unsigned long cmd, const char *name)
{
	int r = ioctl(fd, cmd);

	if (r < 0)
		err(EXIT_FAILURE, "%s", name);
	return r;
}

int main(void)
{
	char command[64];
	int fd = open(HIBOMA_DEVICE_PATH, O_RDWR);

	if (fd < 0)
		err(EXIT_FAILURE, "%s (is the module loaded, and are you root?)",
		    HIBOMA_DEVICE_PATH);

	printf("version = %d\n", hiboma_ioctl(fd, HIBOMA_GET_VERSION, "HIBOMA_GET_VERSION"));
	printf("fd = %d\n", hiboma_ioctl(fd, HIBOMA_OPEN_FD, "HIBOMA_OPEN_FD"));
	printf("fd = %d\n", hiboma_ioctl(fd, HIBOMA_OPEN_FD, "HIBOMA_OPEN_FD"));
	/* Flush before ls writes: if stdout is a pipe, it would be flushed only at exit. */
	fflush(stdout);

	snprintf(command, sizeof(command), "ls -hal /proc/%d/fd", getpid());
	return system(command) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
