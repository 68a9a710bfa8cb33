// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where a vCPU starts.

use kvm_ioctls::{Error, VcpuFd};

/// Lets a new vCPU start at this address. Step 7 shows the same code in full.
pub fn start_at(vcpu: &VcpuFd, address: u64) -> Result<(), Error> {
    let mut sregs = vcpu.get_sregs()?;
    sregs.cs.base = 0;
    sregs.cs.selector = 0;
    vcpu.set_sregs(&sregs)?;

    let mut regs = vcpu.get_regs()?;
    regs.rip = address;
    vcpu.set_regs(&regs)
}
