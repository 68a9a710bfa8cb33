/* SPDX-License-Identifier: GPL-2.0-only */
/* Linux 7.3.4, arch/x86/kvm/x86.c */
static int emulator_read_write(struct x86_emulate_ctxt *ctxt,
			unsigned long addr,
			void *val, unsigned int bytes,
			struct x86_exception *exception,
			const struct read_write_emulator_ops *ops)
{
	struct kvm_vcpu *vcpu = emul_to_vcpu(ctxt);
	int rc;

	if (WARN_ON_ONCE((bytes > 8u || !ops->write) && object_is_on_stack(val)))
		return X86EMUL_UNHANDLEABLE;

	/*
	 * If the read was already completed via a userspace MMIO exit, there's
	 * nothing left to do except trace the MMIO read.  When completing MMIO
	 * reads, KVM re-emulates the instruction to propagate the value into
	 * the correct destination, e.g. into the correct register, but the
	 * value itself has already been copied to the read cache.
	 *
	 * Note!  This is *tightly* coupled to read_emulated() satisfying reads
	 * from the emulator's mem_read cache, so that the MMIO fragment data
	 * is copied to the correct chunk of the correct operand.
	 */
	if (!ops->write && vcpu->mmio_read_completed) {
		/*
		 * For simplicity, trace the entire MMIO read in one shot, even
		 * though the GPA might be incorrect if there are two fragments
		 * that aren't contiguous in the GPA space.
		 */
		trace_kvm_mmio(KVM_TRACE_MMIO_READ, bytes,
			       vcpu->mmio_fragments[0].gpa, val);
		vcpu->mmio_read_completed = 0;
		return X86EMUL_CONTINUE;
	}

	vcpu->mmio_nr_fragments = 0;

	/* Crossing a page boundary? */
	if (((addr + bytes - 1) ^ addr) & PAGE_MASK) {
		int now;

		now = -addr & ~PAGE_MASK;
		rc = emulator_read_write_onepage(addr, val, now, exception,
						 vcpu, ops);

		if (rc != X86EMUL_CONTINUE)
			return rc;
		addr += now;
		if (ctxt->mode != X86EMUL_MODE_PROT64)
			addr = (u32)addr;
		val += now;
		bytes -= now;
	}

	rc = emulator_read_write_onepage(addr, val, bytes, exception,
					 vcpu, ops);
	if (rc != X86EMUL_CONTINUE)
		return rc;

	if (!vcpu->mmio_nr_fragments)
		return X86EMUL_CONTINUE;

	vcpu->mmio_needed = 1;
	vcpu->mmio_cur_fragment = 0;
	vcpu->mmio_is_write = ops->write;

	kvm_prepare_emulated_mmio_exit(vcpu, &vcpu->mmio_fragments[0]);

	/*
	 * For MMIO reads, stop emulating and immediately exit to userspace, as
	 * KVM needs the value to correctly emulate the instruction.  For MMIO
	 * writes, continue emulating as the write to MMIO is a side effect for
	 * all intents and purposes.  KVM will still exit to userspace, but
	 * after completing emulation (see the check on vcpu->mmio_needed in
	 * x86_emulate_instruction()).
	 */
	return ops->write ? X86EMUL_CONTINUE : X86EMUL_IO_NEEDED;
}
