/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/* Linux 7.3.4, include/uapi/linux/kvm.h */
#define KVM_RUN                   _IO(KVMIO,   0x80)
