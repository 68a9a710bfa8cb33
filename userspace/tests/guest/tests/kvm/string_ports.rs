// SPDX-License-Identifier: MIT OR Apache-2.0

//! `ins` and `outs`, alone and repeated: one exit requests many inputs, but has only one output.

use guest_tests::code;
use guest_tests::kvm::{CODE, Exit, Machine, on_all};

/// Resume flag: set between two iterations of a `rep` instruction.
const RF: u64 = 1 << 16;

fn wanted(size: u8, count: u32) -> nix::Result<Exit> {
    let port = 0x3f8;
    Ok(Exit::In { port, size, count })
}

#[test]
fn ins_wants_one_value_and_stores_it() {
    on_all(|device| {
        let code = code![
            "mov di, 0x2000",
            "mov dx, 0x3f8",
            "insb",
            "insw",
            "insd",
            "hlt"
        ];
        let mut machine = Machine::new(device, code);
        for (size, ip, di) in [(1, 6, 0x2000), (2, 7, 0x2001), (4, 8, 0x2003)] {
            assert_eq!(machine.run(), wanted(size, 1));
            assert_eq!((machine.regs().rip, machine.regs().rdi), (CODE + ip, di));
            machine.answer(b"abcd");
        }
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rdi, 0x2007);
        assert_eq!(machine.memory.read(0x2000, 8), b"aababcd\0");
    });
}

/// The registers do not change before the guest runs again.
#[test]
fn rep_ins_wants_all_at_once() {
    on_all(|device| {
        let code = code![
            "mov di, 0x2000",
            "mov cx, 5",
            "mov dx, 0x3f8",
            "rep insb",
            "hlt"
        ];
        let mut machine = Machine::new(device, code);
        assert_eq!(machine.run(), wanted(1, 5));
        let regs = machine.regs();
        assert_eq!((regs.rip, regs.rcx, regs.rdi), (CODE + 9, 5, 0x2000));
        machine.answer(b"hello, world");
        assert_eq!(machine.run(), Ok(Exit::Halt));
        let regs = machine.regs();
        assert_eq!((regs.rcx, regs.rdi), (0, 0x2005));
        assert_eq!(machine.memory.read(0x2000, 6), b"hello\0");
    });
}

#[test]
fn rep_ins_of_nothing_wants_nothing() {
    on_all(|device| {
        let code = code!["mov di, 0x2000", "mov cx, 0", "rep insb", "hlt"];
        let mut machine = Machine::new(device, code);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rdi, 0x2000);
    });
}

/// One exit requests at most the rest of the page, and at most KVM's buffer of 1 KiB.
#[test]
fn rep_ins_of_much_wants_it_in_parts() {
    on_all(|device| {
        let code = code![
            "mov di, 0x2ff0",
            "mov cx, 0x480",
            "mov dx, 0x3f8",
            "rep insb",
            "hlt"
        ];
        let mut machine = Machine::new(device, code);
        for (count, cx, di, rf) in [
            (16, 0x480, 0x2ff0, 0),
            (1024, 0x470, 0x3000, RF),
            (0x70, 0x70, 0x3400, RF),
        ] {
            assert_eq!(machine.run(), wanted(1, count));
            let regs = machine.regs();
            assert_eq!((regs.rip, regs.rcx, regs.rdi), (CODE + 9, cx, di));
            assert_eq!(regs.rflags & RF, rf);
            machine.answer(&vec![count as u8 + 1; count as usize]);
        }
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rflags & RF, 0);
        let expected = [vec![17; 16], vec![1; 1024], vec![0x71; 0x70]].concat();
        assert_eq!(machine.memory.read(0x2ff0, 0x480), expected);
    });
}

/// KVM takes the bytes left in the page for a number of values, so these cross the page's end.
#[test]
fn rep_ins_of_dwords_counts_them_as_bytes() {
    on_all(|device| {
        let code = code![
            "mov di, 0x2ff1",
            "mov cx, 0x20",
            "mov dx, 0x3f8",
            "rep insd",
            "hlt"
        ];
        let mut machine = Machine::new(device, code);
        assert_eq!(machine.run(), wanted(4, 15));
        machine.answer(&[0xaa; 60]);
        assert_eq!(machine.run(), wanted(4, 0x11));
        assert_eq!(machine.regs().rdi, 0x2ff1 + 60);
        machine.answer(&[0xbb; 0x44]);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        let expected = [[0xaa; 60].as_slice(), &[0xbb; 0x44]].concat();
        assert_eq!(machine.memory.read(0x2ff1, 0x80), expected);
    });
}

#[test]
fn rep_ins_goes_downwards_as_well() {
    on_all(|device| {
        let code = code![
            "std",
            "mov di, 0x2010",
            "mov cx, 3",
            "mov dx, 0x3f8",
            "rep insw",
            "hlt"
        ];
        let mut machine = Machine::new(device, code);
        assert_eq!(machine.run(), wanted(2, 3));
        machine.answer(b"abcdef");
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rdi, 0x200a);
        assert_eq!(machine.memory.read(0x200c, 6), b"efcdab");
    });
}

/// RIP is behind the instruction, and SI has advanced.
#[test]
fn outs_sends_a_value() {
    on_all(|device| {
        let code = code![
            "mov si, 0x2000",
            "mov dx, 0x3f8",
            "outsb",
            "outsw",
            "outsd",
            "hlt"
        ];
        let mut machine = Machine::new(device, code);
        machine.memory.write(0x2000, b"abcdefg");
        for (data, ip, si) in [
            (&b"a"[..], 7, 0x2001),
            (b"bc", 8, 0x2003),
            (b"defg", 10, 0x2007),
        ] {
            assert_eq!(machine.run(), Ok(Exit::out(0x3f8, data)));
            assert_eq!((machine.regs().rip, machine.regs().rsi), (CODE + ip, si));
        }
        assert_eq!(machine.run(), Ok(Exit::Halt));
    });
}

/// RIP stays at the instruction even after the last value, when CX is 0.
#[test]
fn rep_outs_sends_a_value_at_a_time() {
    on_all(|device| {
        let code = code![
            "mov si, 0x2000",
            "mov cx, 3",
            "mov dx, 0x3f8",
            "rep outsb",
            "hlt"
        ];
        let mut machine = Machine::new(device, code);
        machine.memory.write(0x2000, b"abc");
        for (data, cx) in [(b"a", 2), (b"b", 1), (b"c", 0)] {
            assert_eq!(machine.run(), Ok(Exit::out(0x3f8, data)));
            let regs = machine.regs();
            assert_eq!((regs.rip, regs.rcx, regs.rsi), (CODE + 9, cx, 0x2003 - cx));
            assert_eq!(regs.rflags & RF, RF);
        }
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rip, CODE + 12);
        assert_eq!(machine.regs().rflags & RF, 0);
    });
}
