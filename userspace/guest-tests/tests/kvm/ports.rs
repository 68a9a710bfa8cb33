// SPDX-License-Identifier: MIT OR Apache-2.0

//! `in` and `out`: `KVM_EXIT_IO`.

use guest_tests::code;
use guest_tests::kvm::{CODE, Exit, Machine, on_both};

/// RIP is still at the instruction: it is completed when the guest is run again.
#[test]
fn out_tells_port_size_and_data() {
    on_both(|device| {
        let code = code![
            "mov eax, 0x12345678",
            "mov dx, 0x3f8",
            "out dx, al",
            "out dx, ax",
            "out dx, eax",
            "out 0x10, al",
            "hlt",
        ];
        let mut machine = Machine::new(device, code);
        for (ip, port, data) in [
            (9, 0x3f8, &[0x78][..]),
            (10, 0x3f8, &[0x78, 0x56]),
            (11, 0x3f8, &[0x78, 0x56, 0x34, 0x12]),
            (13, 0x10, &[0x78]),
        ] {
            assert_eq!(machine.run(), Ok(Exit::out(port, data)));
            assert_eq!(machine.regs().rip, CODE + ip);
        }
        assert_eq!(machine.run(), Ok(Exit::Halt));
    });
}
