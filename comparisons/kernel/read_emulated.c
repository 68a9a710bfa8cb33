/* SPDX-License-Identifier: GPL-2.0-only */
/* Linux 7.3.4, arch/x86/kvm/emulate.c */
static int read_emulated(struct x86_emulate_ctxt *ctxt,
			 unsigned long addr, void *dest, unsigned size)
{
	int rc;
	struct read_cache *mc = &ctxt->mem_read;

	/*
	 * If the read gets a cache hit, simply copy the value from the cache.
	 * A "hit" here means that there is unused data in the cache, i.e. when
	 * re-emulating an instruction to complete a userspace exit, KVM relies
	 * on "no decode" to ensure the instruction is re-emulated in the same
	 * sequence, so that multiple reads are fulfilled in the correct order.
	 */
	if (mc->pos < mc->end)
		goto read_cached;

	if (KVM_EMULATOR_BUG_ON((mc->end + size) >= sizeof(mc->data), ctxt))
		return X86EMUL_UNHANDLEABLE;

	/*
	 * Route all reads to the cache.  This allows @dest to be an on-stack
	 * variable without triggering use-after-free if KVM needs to exit to
	 * userspace to handle an MMIO read (the MMIO fragment will point at
	 * the current location in the cache).
	 */
	rc = ctxt->ops->read_emulated(ctxt, addr, mc->data + mc->end, size,
				      &ctxt->exception);
	if (rc != X86EMUL_CONTINUE)
		return rc;

	mc->end += size;

read_cached:
	memcpy(dest, mc->data + mc->pos, size);
	mc->pos += size;
	return X86EMUL_CONTINUE;
}
