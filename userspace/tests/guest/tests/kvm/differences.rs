// SPDX-License-Identifier: MIT OR Apache-2.0

//! Deliberate differences between hiboma and KVM that no other file of these tests covers.

use std::ffi::c_void;
use std::mem::offset_of;
use std::ptr::NonNull;

use guest_tests::kvm::{CODE, Exit, Machine, Memory, PAGE, as_fd, call, on_all, set_region};
use guest_tests::{code, in_child};
use kvm_bindings::{CpuId, kvm_cpuid_entry2, kvm_run};
use nix::errno::Errno;
use nix::sys::mman::{MmapAdvise, madvise};
use nix::sys::resource::{Resource, setrlimit};

/// Runs a guest to its `hlt`, or to an emulation failure where the device differs.
fn halts_unless(differs: bool, machine: &mut Machine) {
    let exit = machine.run();
    match differs {
        false => assert_eq!(exit, Ok(Exit::Halt)),
        true => assert!(
            matches!(exit, Ok(Exit::EmulationFailure { .. })),
            "{exit:?}"
        ),
    }
}

/// hiboma treats KVM's other ioctls like numbers that KVM does not know.
#[test]
fn ioctls() {
    const KVM_SMI: u32 = 0xaeb7;
    const KVM_SET_NR_MMU_PAGES: u32 = 0xae44;
    on_all(|device| {
        let machine = Machine::new(device, code!["hlt"]);
        let on_vcpu = call(as_fd(&machine.vcpu), KVM_SMI, 0);
        let on_vm = call(as_fd(&machine.vm), KVM_SET_NR_MMU_PAGES, 64);
        match device.differs("ioctls") {
            false => assert!(on_vcpu.is_ok() && on_vm == Ok(0)),
            true => assert_eq!([on_vcpu, on_vm], [Err(Errno::EINVAL), Err(Errno::ENOTTY)]),
        }
    });
}

#[test]
fn protected_mode() {
    on_all(|device| {
        let code = code!["mov eax, cr0", "or al, 1", "mov cr0, eax", "hlt"];
        let mut machine = Machine::new(device, code);
        halts_unless(device.differs("protected mode"), &mut machine);
    });
}

/// Userspace can set CR0.PE, but the guest cannot run with it.
#[test]
fn protected_mode_from_userspace() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["hlt"]);
        machine.change_sregs(|sregs| sregs.cr0 |= 1);
        halts_unless(device.differs("protected mode"), &mut machine);
    });
}

/// CPUs have gained instructions since 1985.
#[test]
fn instructions() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["fninit", "hlt"]);
        halts_unless(device.differs("instructions"), &mut machine);
    });
}

/// KVM appends the hardware's exit reason as 64-bit words after the instruction bytes.
#[test]
fn what_else_is_told_of_an_internal_error() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["fld dword ptr [0x10]"]);
        machine.change_sregs(|sregs| sregs.ds.base = 0x20000);
        machine.run().unwrap();
        let ndata = machine
            .mapping
            .dword(offset_of!(kvm_run, __bindgen_anon_1) + 4);
        match device.differs("the data of an internal error") {
            false => assert!(ndata > 3),
            true => assert_eq!(ndata, 3),
        }
    });
}

#[test]
fn a_vector_table_in_no_slot() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["int3"]);
        machine.change_sregs(|sregs| sregs.idt.base = 0x20000);
        let exit = machine.run();
        match device.differs("a vector table or a stack in no slot") {
            false => assert_eq!(exit, Ok(Exit::InternalError { suberror: 3 })),
            true => assert!(
                matches!(
                    exit,
                    Ok(Exit::Read {
                        address: 0x2000c,
                        ..
                    })
                ),
                "{exit:?}"
            ),
        }
    });
}

#[test]
fn a_stack_in_no_slot() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["int3"]);
        machine.change_sregs(|sregs| sregs.ss.base = 0x20000);
        let exit = machine.run();
        match device.differs("a vector table or a stack in no slot") {
            false => assert_eq!(exit, Ok(Exit::InternalError { suberror: 3 })),
            true => assert!(matches!(exit, Ok(Exit::Write { .. })), "{exit:?}"),
        }
    });
}

/// KVM's limit on guest physical addresses is the host's.
#[test]
fn long_addresses() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let memory = Memory::new(PAGE);
        let answer = set_region(as_fd(&vm), 0, 0, 1 << 51, &memory);
        match device.differs("long addresses") {
            false => assert_eq!(answer, Err(Errno::EINVAL)),
            true => assert_eq!(answer, Ok(())),
        }
    });
}

#[test]
fn advice_on_the_pages_of_a_vcpu() {
    on_all(|device| {
        let machine = Machine::new(device, code!["hlt"]);
        let pages = NonNull::new(machine.mapping.address() as *mut c_void).unwrap();
        // SAFETY: `MADV_DOFORK` changes only what a forked child inherits.
        let answer = unsafe { madvise(pages, PAGE, MmapAdvise::MADV_DOFORK) };
        match device.differs("advice on a vCPU's pages") {
            false => assert_eq!(answer, Ok(())),
            true => assert_eq!(answer, Err(Errno::EINVAL)),
        }
    });
}

#[test]
fn a_wrong_type_and_no_descriptor() {
    on_all(|device| {
        let file = device.file();
        in_child(|| {
            setrlimit(Resource::RLIMIT_NOFILE, 3, 3).unwrap();
            let answer = call(&file, hiboma::kvm::KVM_CREATE_VM, 255);
            match device.differs("which of two errors") {
                false => assert_eq!(answer, Err(Errno::EMFILE)),
                true => assert_eq!(answer, Err(Errno::EINVAL)),
            }
        });
    });
}

/// Bit 9 of EDX says that there is an APIC.
#[test]
fn the_feature_of_an_apic() {
    on_all(|device| {
        let machine = Machine::new(device, code!["hlt"]);
        let leaf = kvm_cpuid_entry2 {
            function: 1,
            ..kvm_cpuid_entry2::default()
        };
        let cpuid = CpuId::from_entries(&[leaf]).unwrap();
        machine.fd.set_cpuid2(&cpuid).unwrap();
        let edx = machine.fd.get_cpuid2(1).unwrap().as_slice()[0].edx;
        match device.differs("the features of CPUID that a vCPU's state decides") {
            false => assert_eq!(edx, 1 << 9),
            true => assert_eq!(edx, 0),
        }
    });
}

/// KVM completes the `in` that it decoded; hiboma executes the `hlt` that has replaced it.
#[test]
fn code_that_changes_while_a_port_is_read() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["in al, 0x10", "hlt", "hlt"]);
        machine.run().unwrap();
        machine.memory.write(CODE as usize, code!["hlt", "hlt"]);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        match device.differs("code that changes while an instruction waits") {
            false => assert_eq!(machine.regs().rip, CODE + 3),
            true => assert_eq!(machine.regs().rip, CODE + 1),
        }
    });
}
