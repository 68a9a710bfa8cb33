/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/* Linux 7.3.4, include/uapi/asm-generic/ioctl.h */
#define _IO(type,nr)			_IOC(_IOC_NONE,(type),(nr),0)
