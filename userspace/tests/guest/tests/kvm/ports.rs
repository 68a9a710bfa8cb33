// SPDX-License-Identifier: MIT OR Apache-2.0

//! `in` and `out`: `KVM_EXIT_IO`.

use guest_tests::code;
use guest_tests::kvm::{CODE, Exit, Machine, on_all};

/// RIP is still at the instruction: the next `KVM_RUN` completes it.
#[test]
fn out_tells_port_size_and_data() {
    on_all(|device| {
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

/// `in` keeps the other bits of RAX; only a 32-bit `in` clears the upper half.
#[test]
fn in_takes_what_userspace_answers() {
    on_all(|device| {
        let code = code![
            "mov dx, 0x3f8",
            "in al, dx",
            "in ax, dx",
            "in eax, dx",
            "hlt"
        ];
        let mut machine = Machine::new(device, code);
        machine.change_regs(|regs| regs.rax = 0xaaaa_bbbb_cccc_dddd);
        for (size, ip, rax) in [
            (1, 3, 0xaaaa_bbbb_cccc_dddd),
            (2, 4, 0xaaaa_bbbb_cccc_dd11),
            (4, 5, 0xaaaa_bbbb_cccc_2211),
        ] {
            let expected = Exit::In {
                port: 0x3f8,
                size,
                count: 1,
            };
            assert_eq!(machine.run(), Ok(expected));
            assert_eq!(machine.regs().rip, CODE + ip);
            assert_eq!(machine.regs().rax, rax);
            machine.answer(&[0x11, 0x22, 0x33, 0x44]);
        }
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rax, 0x4433_2211);
    });
}

/// The port number is a byte of the instruction, or DX.
#[test]
fn there_are_65536_ports() {
    on_all(|device| {
        let code = code!["in al, 0xff", "mov dx, 0xffff", "out dx, al", "hlt"];
        let mut machine = Machine::new(device, code);
        let input = Exit::In {
            port: 0xff,
            size: 1,
            count: 1,
        };
        assert_eq!(machine.run(), Ok(input));
        machine.answer(&[9]);
        assert_eq!(machine.run(), Ok(Exit::out(0xffff, &[9])));
        assert_eq!(machine.run(), Ok(Exit::Halt));
    });
}

/// Data that an earlier exit left on the page is not what an unanswered `in` reads.
#[test]
fn an_unanswered_in_reads_0() {
    on_all(|device| {
        let code = code!["mov al, 0x55", "out 0x10, al", "in al, 0x10", "hlt"];
        let mut machine = Machine::new(device, code);
        assert_eq!(machine.run(), Ok(Exit::out(0x10, &[0x55])));
        assert!(matches!(machine.run(), Ok(Exit::In { .. })));
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rax, 0);
    });
}
