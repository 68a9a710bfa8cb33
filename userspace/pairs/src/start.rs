// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where a CPU begins.

use kvm_ioctls::{Error, VcpuFd};

/// Has a CPU that was just made begin at this address. Step 7 shows the same in full.
pub fn start_at(vcpu: &VcpuFd, address: u64) -> Result<(), Error> {
    let mut sregs = vcpu.get_sregs()?;
    sregs.cs.base = 0;
    sregs.cs.selector = 0;
    vcpu.set_sregs(&sregs)?;

    let mut regs = vcpu.get_regs()?;
    regs.rip = address;
    vcpu.set_regs(&regs)
}
