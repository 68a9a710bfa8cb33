// SPDX-License-Identifier: MIT OR Apache-2.0

//! No step: makes mistakes, lets its guest make some, and prints how each of them is reported.

use kvm_bindings::kvm_userspace_memory_region;
use kvm_ioctls::{Error, VcpuExit, VcpuFd, VmFd};
use nix::errno::Errno;
use pairs::Memory;

// The first instruction halts. One byte further is an instruction that raises #UD on every CPU.
pairs::guest!(
    r"
    hlt
    ud2
    "
);

const PAGE: usize = 0x1000;
const HALTS: u64 = 0x1000;
const FAULTS: u64 = HALTS + 1;
/// An address where the guest has no memory.
const NOTHING: u64 = 0x5000;
/// An address where the guest has a slot, but the program has mapped no memory for it.
const UNBACKED: u64 = 0x8000;

const UNKNOWN_FLAG: u32 = 1 << 31;

fn main() -> anyhow::Result<()> {
    let device = pairs::open_device()?;
    let vm = device.create_vm()?;
    let memory = Memory::new(PAGE)?;
    memory.load(guest())?;
    let mut vcpu = vm.create_vcpu(0)?;

    // ANCHOR: calls
    println!("the program's own calls:");
    let flag = memory.set_region(&vm, 0, HALTS, UNKNOWN_FLAG);
    println!("  a slot with an unknown flag: {}", answer(flag));
    println!("  a slot: {}", answer(memory.set_region(&vm, 0, HALTS, 0)));
    let over = memory.set_region(&vm, 1, HALTS, 0);
    println!("  another over it: {}", answer(over));
    println!("  one at address 0: {}", answer(set_unbacked(&vm)));
    let second = vm.create_vcpu(0).map(drop);
    println!("  a second vCPU 0: {}", answer(second));
    // ANCHOR_END: calls

    // ANCHOR: runs
    println!("KVM_RUN:");
    vcpu.set_kvm_immediate_exit(1);
    println!("  with immediate_exit: {}", outcome(&mut vcpu));
    vcpu.set_kvm_immediate_exit(0);
    // No exception has a handler now, so the first one becomes a triple fault.
    let mut sregs = vcpu.get_sregs()?;
    sregs.idt.limit = 0;
    vcpu.set_sregs(&sregs)?;
    for (guest, address) in [
        ("a guest that halts", HALTS),
        ("one without code", NOTHING),
        ("one in the slot at address 0", UNBACKED),
        ("one that has an exception", FAULTS),
    ] {
        pairs::start_at(&vcpu, address)?;
        println!("  {guest}: {}", outcome(&mut vcpu));
    }
    // ANCHOR_END: runs
    Ok(())
}

/// Creates a slot with no memory behind it: KVM does not check what is mapped there.
fn set_unbacked(vm: &VmFd) -> Result<(), Error> {
    let region = kvm_userspace_memory_region {
        slot: 2,
        flags: 0,
        guest_phys_addr: UNBACKED,
        memory_size: PAGE as u64,
        userspace_addr: 0,
    };
    // SAFETY: This process has nothing mapped at address 0 that the VM could write to.
    unsafe { vm.set_user_memory_region(region) }
}

fn answer(result: Result<(), Error>) -> String {
    match result {
        Ok(()) => "done".to_owned(),
        Err(error) => format!("{:?}", Errno::from_raw(error.errno())),
    }
}

// ANCHOR: outcome
/// Tells apart the ways in which KVM_RUN can return.
fn outcome(vcpu: &mut VcpuFd) -> String {
    match vcpu.run() {
        Ok(VcpuExit::Hlt) => "an exit, KVM_EXIT_HLT: the guest waits".to_owned(),
        Ok(VcpuExit::Shutdown) => "an exit, KVM_EXIT_SHUTDOWN: the guest is lost".to_owned(),
        Ok(VcpuExit::InternalError) => {
            "an exit, KVM_EXIT_INTERNAL_ERROR: the guest cannot be run on".to_owned()
        }
        Ok(other) => format!("an exit, {other:?}"),
        Err(error) => match Errno::from_raw(error.errno()) {
            Errno::EINTR => "EINTR: nothing is wrong, call again".to_owned(),
            errno => format!("{errno:?}: the program is wrong"),
        },
    }
}
// ANCHOR_END: outcome
