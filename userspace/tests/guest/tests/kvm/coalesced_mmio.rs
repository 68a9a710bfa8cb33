// SPDX-License-Identifier: MIT OR Apache-2.0

//! `KVM_REGISTER_COALESCED_MMIO`: writes to memory and to ports that go into a ring.

use guest_tests::code;
use guest_tests::kvm::{Device, Exit, Machine, Memory, PAGE, as_fd, on_all, pass};
use hiboma::kvm::{KVM_REGISTER_COALESCED_MMIO, KVM_UNREGISTER_COALESCED_MMIO};
use nix::errno::Errno;

/// `struct kvm_coalesced_mmio_zone`.
#[derive(Clone, Copy)]
#[repr(C)]
struct Zone(u64, u32, u32);

const MMIO: u32 = 0;
const PIO: u32 = 1;

/// A page has room for this many entries, and one of them always stays free.
const MAX: u32 = 170;

fn register(machine: &Machine, zone: Zone) -> nix::Result<()> {
    pass(as_fd(&machine.vm), KVM_REGISTER_COALESCED_MMIO, zone).map(drop)
}

fn unregister(machine: &Machine, zone: Zone) -> nix::Result<()> {
    pass(as_fd(&machine.vm), KVM_UNREGISTER_COALESCED_MMIO, zone).map(drop)
}

/// The ring: the third page of a vCPU's mapping.
struct Ring<'a>(&'a Memory);

impl Ring<'_> {
    fn first_and_last(&self) -> [u32; 2] {
        [self.0.dword(2 * PAGE), self.0.dword(2 * PAGE + 4)]
    }

    fn set(&self, first: u32, last: u32) {
        self.0.write(2 * PAGE, &first.to_le_bytes());
        self.0.write(2 * PAGE + 4, &last.to_le_bytes());
    }

    /// Returns the address, the length, whether it is a port, and the bytes.
    fn entry(&self, index: usize) -> (u64, u32, u32, Vec<u8>) {
        let at = 2 * PAGE + 8 + 24 * index;
        let address = u64::from(self.0.dword(at)) | u64::from(self.0.dword(at + 4)) << 32;
        let length = self.0.dword(at + 8);
        let bytes = self.0.read(at + 16, length as usize);
        (address, length, self.0.dword(at + 12), bytes)
    }
}

fn ring(machine: &Machine) -> Ring<'_> {
    Ring(&machine.vcpu.mapping)
}

/// A guest that writes to a port, and to memory outside all slots.
fn writes(device: &Device) -> Machine {
    let code = code![
        "mov ax, 0x1234",
        "out 0x80, ax",
        "mov bx, 0x2000",
        "mov ds, bx",
        "mov [0x10], ax",
        "mov byte ptr [0x20], 7",
        "hlt",
    ];
    Machine::new(device, code)
}

#[test]
fn writes_to_a_zone_go_into_the_ring() {
    on_all(|device| {
        let mut machine = writes(device);
        register(&machine, Zone(0x80, 2, PIO)).unwrap();
        register(&machine, Zone(0x20000, 0x100, MMIO)).unwrap();
        assert_eq!(machine.run(), Ok(Exit::Halt));
        let ring = ring(&machine);
        assert_eq!(ring.first_and_last(), [0, 3]);
        assert_eq!(ring.entry(0), (0x80, 2, 1, vec![0x34, 0x12]));
        assert_eq!(ring.entry(1), (0x20010, 2, 0, vec![0x34, 0x12]));
        assert_eq!(ring.entry(2), (0x20020, 1, 0, vec![7]));
    });
}

/// All bytes of the write must be inside the zone.
#[test]
fn a_write_must_be_in_the_zone() {
    on_all(|device| {
        let mut machine = writes(device);
        for zone in [
            Zone(0x80, 1, PIO),
            Zone(0x81, 2, PIO),
            Zone(0x80, 2, MMIO),
            Zone(0x2000f, 2, MMIO),
            Zone(0x20011, 2, MMIO),
            Zone(0x20021, 0x100, MMIO),
        ] {
            register(&machine, zone).unwrap();
        }
        assert_eq!(machine.run(), Ok(Exit::out(0x80, &[0x34, 0x12])));
        assert_eq!(machine.run(), Ok(Exit::write(0x20010, &[0x34, 0x12])));
        assert_eq!(machine.run(), Ok(Exit::write(0x20020, &[7])));
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(ring(&machine).first_and_last(), [0, 0]);
    });
}

#[test]
fn reads_exit_as_ever() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["in al, 0x80", "hlt"]);
        register(&machine, Zone(0x80, 1, PIO)).unwrap();
        let wanted = Exit::In {
            port: 0x80,
            size: 1,
            count: 1,
        };
        assert_eq!(machine.run(), Ok(wanted));
    });
}

#[test]
fn a_full_ring_is_an_exit() {
    on_all(|device| {
        let mut machine = writes(device);
        register(&machine, Zone(0x80, 2, PIO)).unwrap();
        register(&machine, Zone(0x20000, 0x100, MMIO)).unwrap();
        ring(&machine).set(1, MAX - 1);
        // The last index wraps around.
        assert_eq!(machine.run(), Ok(Exit::write(0x20010, &[0x34, 0x12])));
        assert_eq!(ring(&machine).first_and_last(), [1, 0]);
        assert_eq!(ring(&machine).entry(MAX as usize - 1).0, 0x80);
        ring(&machine).set(0, 0);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(ring(&machine).first_and_last(), [0, 1]);
    });
}

/// Userspace may write any index into the ring; an invalid one means no coalescing.
#[test]
fn numbers_that_the_ring_cannot_have() {
    on_all(|device| {
        for last in [MAX, MAX + 1, u32::MAX] {
            let mut machine = writes(device);
            register(&machine, Zone(0x80, 2, PIO)).unwrap();
            ring(&machine).set(0, last);
            assert_eq!(machine.run(), Ok(Exit::out(0x80, &[0x34, 0x12])));
            assert_eq!(ring(&machine).first_and_last(), [0, last]);
        }
    });
}

#[test]
fn unregistering_removes_the_zones_that_contain_it() {
    on_all(|device| {
        let mut machine = writes(device);
        for size in [0x100, 0x200] {
            register(&machine, Zone(0x20000, size, MMIO)).unwrap();
        }
        register(&machine, Zone(0x80, 2, PIO)).unwrap();
        // None of these removes a zone: wrong bus, too long, elsewhere.
        unregister(&machine, Zone(0x20000, 0x100, PIO)).unwrap();
        unregister(&machine, Zone(0x20000, 0x201, MMIO)).unwrap();
        unregister(&machine, Zone(0x30000, 1, MMIO)).unwrap();
        machine.change_regs(|regs| regs.rbx = 1);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        unregister(&machine, Zone(0x20080, 1, MMIO)).unwrap();
        machine.start_at(guest_tests::kvm::CODE, guest_tests::kvm::STACK);
        assert_eq!(machine.run(), Ok(Exit::write(0x20010, &[0x34, 0x12])));
    });
}

#[test]
fn what_is_no_zone() {
    on_all(|device| {
        let machine = writes(device);
        for pio in [2, u32::MAX] {
            let zone = Zone(0x80, 1, pio);
            assert_eq!(register(&machine, zone), Err(Errno::EINVAL));
            assert_eq!(unregister(&machine, zone), Err(Errno::EINVAL));
        }
        // No access can be inside these zones, but KVM accepts them.
        assert_eq!(register(&machine, Zone(u64::MAX, 2, MMIO)), Ok(()));
        assert_eq!(register(&machine, Zone(0, 0, MMIO)), Ok(()));
    });
}

#[test]
fn a_thousand_zones_of_each_kind() {
    on_all(|device| {
        let machine = writes(device);
        for pio in [MMIO, PIO] {
            for _ in 0..1000 {
                register(&machine, Zone(0x80, 1, pio)).unwrap();
            }
            assert_eq!(register(&machine, Zone(0x80, 1, pio)), Err(Errno::ENOSPC));
        }
        unregister(&machine, Zone(0x80, 1, PIO)).unwrap();
        register(&machine, Zone(0x80, 1, PIO)).unwrap();
    });
}
