// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cpuid` in a guest: `KVM_SET_CPUID2`, `KVM_GET_CPUID2`.

use guest_tests::code;
use guest_tests::kvm::{Exit, Machine, as_fd, exchange, on_all};
use hiboma::kvm::{KVM_GET_CPUID2, KVM_SET_CPUID2};
use kvm_bindings::{KVM_CPUID_FLAG_SIGNIFCANT_INDEX, kvm_cpuid_entry2};
use nix::errno::Errno;

/// `struct kvm_cpuid2` with room for more entries than KVM's maximum.
#[repr(C)]
pub struct List {
    pub nent: u32,
    padding: u32,
    pub entries: [kvm_cpuid_entry2; 300],
}

impl List {
    fn of(entries: &[kvm_cpuid_entry2]) -> Self {
        let mut list = List {
            nent: entries.len() as u32,
            padding: 0,
            entries: [kvm_cpuid_entry2::default(); 300],
        };
        list.entries[..entries.len()].copy_from_slice(entries);
        list
    }

    pub fn with_room(nent: u32) -> Self {
        List {
            nent,
            ..Self::of(&[])
        }
    }
}

fn indexed(function: u32, index: u32, eax: u32, others: [u32; 3]) -> kvm_cpuid_entry2 {
    kvm_cpuid_entry2 {
        index,
        flags: KVM_CPUID_FLAG_SIGNIFCANT_INDEX,
        ..leaf(function, eax, others)
    }
}

fn leaf(function: u32, eax: u32, [ebx, ecx, edx]: [u32; 3]) -> kvm_cpuid_entry2 {
    kvm_cpuid_entry2 {
        function,
        eax,
        ebx,
        ecx,
        edx,
        ..kvm_cpuid_entry2::default()
    }
}

/// `AuthenticAMD`: with this vendor, an out-of-range leaf is all zeros.
const AMD: [u32; 3] = [0x6874_7541, 0x444d_4163, 0x6974_6e65];
const INTEL: [u32; 3] = [0x756e_6547, 0x6c65_746e, 0x4965_6e69];

/// Returns the results of the guest's `cpuid` for this EAX and ECX.
fn cpuid(machine: &mut Machine, eax: u64, ecx: u64) -> [u64; 4] {
    machine.change_regs(|regs| {
        regs.rip = guest_tests::kvm::CODE;
        (regs.rax, regs.rcx) = (eax, ecx);
    });
    assert_eq!(machine.run(), Ok(Exit::Halt));
    let regs = machine.regs();
    [regs.rax, regs.rbx, regs.rcx, regs.rdx]
}

/// A vCPU accepts all supported leaves and returns as many.
#[test]
fn what_is_supported_can_be_set() {
    on_all(|device| {
        let vm = device.open();
        let supported = vm.get_supported_cpuid(256).unwrap();
        let mut machine = Machine::new(device, code!["cpuid", "hlt"]);
        machine.fd.set_cpuid2(&supported).unwrap();
        let has = machine.fd.get_cpuid2(256).unwrap();
        assert_eq!(has.as_slice().len(), supported.as_slice().len());
        let first = supported.as_slice()[0];
        let said = [first.eax, first.ebx, first.ecx, first.edx].map(u64::from);
        assert_eq!(cpuid(&mut machine, 0, 0), said);
    });
}

/// KVM's behaviour; the CPU manuals do not specify it.
#[test]
fn without_any_leaf_all_is_0() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["cpuid", "hlt"]);
        assert_eq!(machine.fd.get_cpuid2(256).unwrap().as_slice(), &[]);
        for function in [0, 1, 0x8000_0000] {
            assert_eq!(cpuid(&mut machine, function, 0), [0; 4]);
        }
    });
}

#[test]
fn the_guest_is_told_what_was_set() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["cpuid", "hlt"]);
        let mut list = List::of(&[
            leaf(0, 5, AMD),
            leaf(3, 0x1111_1111, [0x2222_2222, 0x3333_3333, 0x4444_4444]),
            indexed(4, 0, 10, [1, 2, 3]),
            indexed(4, 2, 12, [1, 2, 3]),
        ]);
        let answer = exchange(as_fd(&machine.vcpu), KVM_SET_CPUID2, &mut list);
        assert_eq!(answer, Ok(0));

        let three = [0x1111_1111, 0x2222_2222, 0x3333_3333, 0x4444_4444];
        // The subleaf counts only for entries with that flag, and only EAX of RAX counts.
        assert_eq!(cpuid(&mut machine, 3, 0), three);
        assert_eq!(cpuid(&mut machine, 7 << 32 | 3, 99), three);
        assert_eq!(cpuid(&mut machine, 4, 0), [10, 1, 2, 3]);
        assert_eq!(cpuid(&mut machine, 4, 2), [12, 1, 2, 3]);
        assert_eq!(cpuid(&mut machine, 4, 1), [0; 4]);
        assert_eq!(cpuid(&mut machine, 77, 0), [0; 4]);
    });
}

/// For a vendor other than AMD, an out-of-range leaf returns the highest basic leaf.
#[test]
fn intels_last_leaf_stands_for_those_beyond() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["cpuid", "hlt"]);
        let mut list = List::of(&[leaf(0, 3, INTEL), leaf(3, 9, [8, 7, 6])]);
        let answer = exchange(as_fd(&machine.vcpu), KVM_SET_CPUID2, &mut list);
        assert_eq!(answer, Ok(0));
        assert_eq!(cpuid(&mut machine, 4, 0), [9, 8, 7, 6]);
        assert_eq!(cpuid(&mut machine, 0x8000_0000, 0), [9, 8, 7, 6]);
        // In range, but without an entry.
        assert_eq!(cpuid(&mut machine, 2, 0), [0; 4]);
    });
}

#[test]
fn there_are_at_most_256_entries() {
    on_all(|device| {
        let machine = Machine::new(device, &[]);
        for nent in [257, u32::MAX] {
            let answer = exchange(
                as_fd(&machine.vcpu),
                KVM_SET_CPUID2,
                &mut List::with_room(nent),
            );
            assert_eq!(answer, Err(Errno::E2BIG), "{nent}");
        }
        let mut list = List::of(&[leaf(3, 1, [2, 3, 4]); 256]);
        let answer = exchange(as_fd(&machine.vcpu), KVM_SET_CPUID2, &mut list);
        assert_eq!(answer, Ok(0));

        for (nent, expected) in [
            (0, Err(Errno::E2BIG)),
            (255, Err(Errno::E2BIG)),
            (300, Ok(0)),
        ] {
            let mut list = List::with_room(nent);
            let answer = exchange(as_fd(&machine.vcpu), KVM_GET_CPUID2, &mut list);
            assert_eq!(answer, expected, "{nent}");
            let told = if expected.is_ok() { 256 } else { nent };
            assert_eq!(list.nent, told);
        }
    });
}

/// A guest that has run must not see its CPUID change.
#[test]
fn after_the_first_run_only_the_same_can_be_set() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["hlt"]);
        let set = |machine: &Machine, eax| {
            let mut list = List::of(&[leaf(3, eax, [2, 3, 4])]);
            exchange(as_fd(&machine.vcpu), KVM_SET_CPUID2, &mut list)
        };
        assert_eq!(set(&machine, 1), Ok(0));
        assert_eq!(set(&machine, 2), Ok(0));
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(set(&machine, 2), Ok(0));
        assert_eq!(set(&machine, 1), Err(Errno::EINVAL));
        let nothing = exchange(as_fd(&machine.vcpu), KVM_SET_CPUID2, &mut List::of(&[]));
        assert_eq!(nothing, Err(Errno::EINVAL));
    });
}

/// Padding may change after the first run, and `KVM_GET_CPUID2` returns what was set last.
#[test]
fn padding_is_not_compared() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["hlt"]);
        let padded = |byte| kvm_cpuid_entry2 {
            padding: [byte; 3],
            ..leaf(3, 1, [2, 3, 4])
        };
        let set = |machine: &Machine, entry| {
            let vcpu = as_fd(&machine.vcpu);
            exchange(vcpu, KVM_SET_CPUID2, &mut List::of(&[entry]))
        };
        let get = |machine: &Machine| {
            let mut list = List::with_room(1);
            let answer = exchange(as_fd(&machine.vcpu), KVM_GET_CPUID2, &mut list);
            assert_eq!(answer, Ok(0));
            list.entries[0]
        };
        assert_eq!(set(&machine, padded(5)), Ok(0));
        assert_eq!(get(&machine), padded(5));
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(set(&machine, padded(6)), Ok(0));
        assert_eq!(get(&machine), padded(6));
        let indexed = kvm_cpuid_entry2 {
            index: 1,
            ..padded(6)
        };
        assert_eq!(set(&machine, indexed), Err(Errno::EINVAL));
        assert_eq!(get(&machine), padded(6));
    });
}

#[test]
fn a_run_that_does_not_enter_the_guest_leaves_cpuid_open() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["hlt"]);
        machine.immediate_exit(1);
        assert_eq!(machine.run(), Err(Errno::EINTR));
        machine.immediate_exit(0);
        for eax in [1, 2] {
            let mut list = List::of(&[leaf(3, eax, [2, 3, 4])]);
            let answer = exchange(as_fd(&machine.vcpu), KVM_SET_CPUID2, &mut list);
            assert_eq!(answer, Ok(0));
        }
    });
}

/// The leaves of the CPU's topology have no last subleaf: ECX is always
/// the subleaf, and EDX the APIC ID. That the leaf exists, subleaf 1 says.
#[test]
fn undefined_subleaves_of_the_topology() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["cpuid", "hlt"]);
        let mut list = List::of(&[
            leaf(0, 0xb, INTEL),
            indexed(0xb, 0, 1, [2, 3, 4]),
            indexed(0xb, 1, 5, [6, 7, 8]),
            indexed(0x1f, 0, 9, [10, 11, 12]),
        ]);
        let answer = exchange(as_fd(&machine.vcpu), KVM_SET_CPUID2, &mut list);
        assert_eq!(answer, Ok(0));
        assert_eq!(cpuid(&mut machine, 0xb, 1), [5, 6, 7, 8]);
        assert_eq!(cpuid(&mut machine, 0xb, 0x1234), [0, 0, 0x34, 8]);
        // Leaf 0xb also replaces leaves that are out of range.
        assert_eq!(cpuid(&mut machine, 0x77, 0), [1, 2, 3, 4]);
        assert_eq!(cpuid(&mut machine, 0x77, 5), [0, 0, 5, 8]);

        let mut machine = Machine::new(device, code!["cpuid", "hlt"]);
        list.entries[0] = leaf(0, 0x1f, AMD);
        let answer = exchange(as_fd(&machine.vcpu), KVM_SET_CPUID2, &mut list);
        assert_eq!(answer, Ok(0));
        assert_eq!(cpuid(&mut machine, 0x1f, 0), [9, 10, 11, 12]);
        assert_eq!(cpuid(&mut machine, 0x1f, 1), [0; 4]);
    });
}

/// Leaf 0x8000_0008 tells the number of bits of a virtual address.
#[test]
fn a_virtual_address_has_48_or_57_bits() {
    on_all(|device| {
        let machine = Machine::new(device, code!["hlt"]);
        let set = |bits: u32| {
            let mut list = List::of(&[leaf(0x8000_0008, bits << 8 | 36, [0; 3])]);
            exchange(as_fd(&machine.vcpu), KVM_SET_CPUID2, &mut list)
        };
        for bits in [1, 47, 49, 58, 255] {
            assert_eq!(set(bits), Err(Errno::EINVAL), "{bits}");
        }
        // 0: it does not tell.
        for bits in [0, 57, 48] {
            assert_eq!(set(bits), Ok(0), "{bits}");
        }
        assert_eq!(set(64), Err(Errno::EINVAL));
        let mut list = List::with_room(1);
        let answer = exchange(as_fd(&machine.vcpu), KVM_GET_CPUID2, &mut list);
        assert_eq!((answer, list.entries[0].eax), (Ok(0), 48 << 8 | 36));
    });
}
