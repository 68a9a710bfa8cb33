/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT OR Apache-2.0 */
/*
 * What hiboma promises to userspace, for C. Its twin, where everything is explained, is
 * module/uapi/hiboma.rs; a test holds the two together.
 */
#ifndef HIBOMA_H
#define HIBOMA_H

#include <linux/ioctl.h>

#define HIBOMA_DEVICE_PATH	"/dev/hiboma"
#define HIBOMA_VERSION		110

/* ioctls of /dev/hiboma: bare numbers, as in the experiment that hiboma grew from */
#define HIBOMA_GET_VERSION	0
#define HIBOMA_OPEN_FD		1

/* ioctls of anon_inode:hiboma-anon */
#define HIBOMAIO		0xBB
#define HIBOMA_ANON_COUNT	_IO(HIBOMAIO, 0x00)

#endif
