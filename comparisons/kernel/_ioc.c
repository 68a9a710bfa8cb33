/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/* Linux 7.3.4, include/uapi/asm-generic/ioctl.h */
#define _IOC(dir,type,nr,size) \
	(((dir)  << _IOC_DIRSHIFT) | \
	 ((type) << _IOC_TYPESHIFT) | \
	 ((nr)   << _IOC_NRSHIFT) | \
	 ((size) << _IOC_SIZESHIFT))
