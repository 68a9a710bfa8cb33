// SPDX-License-Identifier: MIT OR Apache-2.0

//! Failing to create a descriptor leaks nothing; nor does success.

use std::fs;

use guest_tests::kvm::{Device, Exit, Machine, Memory, PAGE, Vcpu, create, on_all};
use guest_tests::{FileMax, code, in_child, lowest_free};
use hiboma::kvm::{KVM_CREATE_VCPU, KVM_CREATE_VM};
use kvm_bindings::KVM_MEM_LOG_DIRTY_PAGES;
use nix::errno::Errno;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::unistd::{Uid, setuid};

#[test]
fn at_the_limit_of_descriptors_it_is_emfile() {
    on_all(|device| {
        let references = device.module.references();
        in_child(|| {
            let file = device.file();
            let vm = create(&file, KVM_CREATE_VM, 0).unwrap();
            let free = lowest_free(&file);
            let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
            setrlimit(Resource::RLIMIT_NOFILE, free as u64, hard).unwrap();
            for _ in 0..100 {
                let answer = create(&file, KVM_CREATE_VM, 0);
                assert_eq!(answer.err(), Some(Errno::EMFILE));
                let answer = create(&vm, KVM_CREATE_VCPU, 5);
                assert_eq!(answer.err(), Some(Errno::EMFILE));
            }
            setrlimit(Resource::RLIMIT_NOFILE, soft, hard).unwrap();
            assert_eq!(lowest_free(&file), free);
            // The failed calls have not reserved the id.
            assert!(create(&vm, KVM_CREATE_VCPU, 5).is_ok());
        });
        assert_eq!(device.module.references(), references);
    });
}

#[test]
fn at_the_limit_of_open_files_it_is_enfile() {
    on_all(|device| {
        let file = device.file();
        let references = device.module.references();
        let _reached = FileMax::reached();
        in_child(|| {
            let free = lowest_free(&file);
            // The limit does not apply to a process with CAP_SYS_ADMIN.
            setuid(Uid::from_raw(65534)).unwrap();
            for _ in 0..100 {
                let answer = create(&file, KVM_CREATE_VM, 0);
                assert_eq!(answer.err(), Some(Errno::ENFILE));
            }
            assert_eq!(lowest_free(&file), free);
        });
        assert_eq!(device.module.references(), references);
    });
}

/// Some memory is always in motion, so it may take a few rounds to see
/// no loss. A leak of one page per VM would show up in every round.
#[test]
fn two_hundred_machines_leave_no_memory_behind() {
    on_all(|device| {
        let lost = || {
            let before = available();
            (0..200).for_each(|_| use_a_machine(device));
            before.saturating_sub(available())
        };
        let mut rounds = (0..5).map(|_| lost());
        assert!(
            rounds.any(|lost| lost < 400),
            "800 KiB would be a page each"
        );
    });
}

/// Uses every feature of a VM that allocates memory.
fn use_a_machine(device: &Device) {
    let mut machine = Machine::new(device, code!["mov byte ptr [0], 1", "hlt"]);
    machine.change_sregs(|sregs| sregs.ds.base = 0x20000);
    let memory = Memory::new(PAGE);
    machine.add_slot(1, KVM_MEM_LOG_DIRTY_PAGES, 0x20000, &memory);
    machine.mapping.write(PAGE, &[1]);
    let _other = Vcpu::create(&machine.vm, 1);
    assert_eq!(machine.run(), Ok(Exit::Halt));
}

/// Returns `MemAvailable` of `/proc/meminfo`, in KiB.
fn available() -> u64 {
    let text = fs::read_to_string("/proc/meminfo").unwrap();
    let line = text.lines().find(|line| line.starts_with("MemAvailable:"));
    let number = line.unwrap().split_whitespace().nth(1).unwrap();
    number.parse().unwrap()
}
