/* SPDX-License-Identifier: GPL-2.0-only */
/* Linux 7.3.4, virt/kvm/kvm_main.c */
		vcpu->wants_to_run = !READ_ONCE(vcpu->run->immediate_exit__unsafe);
