/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/* Linux 7.3.4, include/uapi/linux/kvm.h */
#define KVMIO 0xAE
