/* SPDX-License-Identifier: GPL-2.0-only */
/* Linux 7.3.4, virt/kvm/kvm_main.c */
	mmgrab(current->mm);
