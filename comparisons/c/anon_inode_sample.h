/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT OR Apache-2.0 */
/*
 * The sample's interface for its tests, in C. Its twin, which explains everything, is
 * module/samples/anon_inode/uapi.rs.
 */
#ifndef ANON_INODE_SAMPLE_H
#define ANON_INODE_SAMPLE_H

#include <linux/ioctl.h>

#define SAMPLE_DEVICE_PATH	"/dev/anon_inode_sample"
#define SAMPLE_IO		0xBB

/* ioctls of /dev/anon_inode_sample */
#define SAMPLE_INSTALL		_IO(SAMPLE_IO, 0x80)
#define SAMPLE_GETFD		_IO(SAMPLE_IO, 0x81)
#define SAMPLE_ABANDON		_IO(SAMPLE_IO, 0x82)
#define SAMPLE_LIVE		_IO(SAMPLE_IO, 0x83)
#define SAMPLE_BELL		_IO(SAMPLE_IO, 0x85)

/* ioctls of anon_inode:sample-page */
#define SAMPLE_WORD		_IO(SAMPLE_IO, 0x84)

/* ioctls of anon_inode:sample-bell */
#define SAMPLE_RING		_IO(SAMPLE_IO, 0x86)
#define SAMPLE_HEAR		_IO(SAMPLE_IO, 0x87)

#endif
