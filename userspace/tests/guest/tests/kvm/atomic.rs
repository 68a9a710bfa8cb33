// SPDX-License-Identifier: MIT OR Apache-2.0

//! The guest and a userspace thread access the same memory: virtqueues rely on this.

use std::hint::spin_loop;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::thread;

use guest_tests::code;
use guest_tests::kvm::{Exit, Machine, on_all};

/// Enough reads to see a torn store, if stores can tear: about one read in a million is torn.
const READS: u32 = 100_000_000;

#[test]
fn an_aligned_store_is_seen_whole_or_not_at_all() {
    on_all(|device| {
        let code = code![
            "2: mov [0x3000], eax",
            "not eax",
            "cmp byte ptr [0x3004], 0",
            "je 2b",
            "hlt"
        ];
        let mut machine = Machine::new(device, code);
        let (vcpu, memory) = (&mut machine.vcpu, &machine.memory);
        thread::scope(|scope| {
            let guest = scope.spawn(move || vcpu.run());
            let value = memory.atomic(0x3000);
            let torn = (0..READS)
                .map(|_| value.load(Relaxed))
                .find(|value| !matches!(*value, 0 | u32::MAX));
            memory.write(0x3004, &[1]);
            assert_eq!(guest.join().unwrap(), Ok(Exit::Halt));
            assert_eq!(torn, None);
        });
    });
}

#[test]
fn a_locked_instruction_counts_with_the_program() {
    on_all(|device| {
        let code = code![
            "mov ecx, 100000",
            "2: lock inc dword ptr [0x3000]",
            "dec ecx",
            "jnz 2b",
            "hlt"
        ];
        let mut machine = Machine::new(device, code);
        let (vcpu, memory) = (&mut machine.vcpu, &machine.memory);
        thread::scope(|scope| {
            let guest = scope.spawn(move || vcpu.run());
            let counter = memory.atomic(0x3000);
            let mut added = 0;
            while !guest.is_finished() {
                counter.fetch_add(1, SeqCst);
                added += 1;
                // Interpreted instructions are slow: give the guest a chance.
                (0..5000).for_each(|_| spin_loop());
            }
            assert_eq!(guest.join().unwrap(), Ok(Exit::Halt));
            assert_eq!(counter.load(SeqCst), 100_000 + added);
        });
    });
}
