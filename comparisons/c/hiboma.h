/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT OR Apache-2.0 */
/*
 * hiboma's interface to userspace, in C. Its twin, which explains everything, is
 * module/uapi/hiboma.rs; a test compares the two.
 */
#ifndef HIBOMA_H
#define HIBOMA_H

#include <linux/ioctl.h>

#define HIBOMA_DEVICE_PATH	"/dev/hiboma"
#define HIBOMA_VERSION		110

/* ioctls of /dev/hiboma: bare numbers, as in the experiment from which hiboma grew */
#define HIBOMA_GET_VERSION	0
#define HIBOMA_OPEN_FD		1

/* ioctls of anon_inode:hiboma-anon */
#define HIBOMAIO		0xBB
#define HIBOMA_ANON_COUNT	_IO(HIBOMAIO, 0x00)

#endif
