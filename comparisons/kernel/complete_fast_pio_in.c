/* SPDX-License-Identifier: GPL-2.0-only */
/* Linux 7.3.4, arch/x86/kvm/x86.c */
static int complete_fast_pio_in(struct kvm_vcpu *vcpu)
{
	unsigned long val;

	/* We should only ever be called with arch.pio.count equal to 1 */
	if (KVM_BUG_ON(vcpu->arch.pio.count != 1, vcpu->kvm))
		return -EIO;

	if (unlikely(!kvm_is_linear_rip(vcpu, vcpu->arch.cui_linear_rip))) {
		vcpu->arch.pio.count = 0;
		return 1;
	}

	/* For size less than 4 we merge, else we zero extend */
	val = (vcpu->arch.pio.size < 4) ? kvm_rax_read_raw(vcpu) : 0;

	complete_emulator_pio_in(vcpu, &val);
	kvm_rax_write_raw(vcpu, val);

	return kvm_skip_emulated_instruction(vcpu);
}
