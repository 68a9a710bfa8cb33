/* SPDX-License-Identifier: GPL-2.0-only */
/* Linux 7.3.4, include/linux/kvm_host.h */
static inline void kvm_handle_signal_exit(struct kvm_vcpu *vcpu)
{
	vcpu->run->exit_reason = KVM_EXIT_INTR;
	vcpu->stat.signal_exits++;
}
