/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/* Linux 7.3.4, include/uapi/linux/fs.h */
#define FIGETBSZ   _IO(0x00,2)	/* get the block size used for bmap */
