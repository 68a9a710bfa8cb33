// SPDX-License-Identifier: MIT OR Apache-2.0

//! `KVM_IOEVENTFD`: arguments that fail, and conflicts with existing ioeventfds.

use std::os::fd::AsRawFd;

use guest_tests::kvm::{Device, as_fd, on_all, pass};
use hiboma::kvm::KVM_IOEVENTFD;
use kvm_bindings::kvm_ioeventfd;
use kvm_ioctls::VmFd;
use nix::errno::Errno;
use nix::sys::eventfd::{EfdFlags, EventFd};

const DATAMATCH: u32 = 1;
const PIO: u32 = 2;
const DEASSIGN: u32 = 4;

/// A VM, and two events for it.
struct Events {
    vm: VmFd,
    events: [EventFd; 2],
}

impl Events {
    fn new(device: &Device) -> Self {
        let event = || EventFd::from_flags(EfdFlags::EFD_NONBLOCK).unwrap();
        Events {
            vm: device.open().create_vm().unwrap(),
            events: [event(), event()],
        }
    }

    /// Returns the arguments for the first event at this address.
    fn at(&self, addr: u64, len: u32, flags: u32) -> kvm_ioeventfd {
        kvm_ioeventfd {
            addr,
            len,
            flags,
            fd: self.events[0].as_raw_fd(),
            ..kvm_ioeventfd::default()
        }
    }

    fn set(&self, ioeventfd: kvm_ioeventfd) -> nix::Result<i32> {
        pass(as_fd(&self.vm), KVM_IOEVENTFD, ioeventfd)
    }
}

#[test]
fn what_would_catch_the_same_write_is_eexist() {
    on_all(|device| {
        let all = Events::new(device);
        let exact = all.at(0x10, 1, PIO);
        assert_eq!(all.set(exact), Ok(0));
        assert_eq!(all.set(exact), Err(Errno::EEXIST));
        let fd = all.events[1].as_raw_fd();
        assert_eq!(all.set(kvm_ioeventfd { fd, ..exact }), Err(Errno::EEXIST));
        let (flags, datamatch) = (PIO | DATAMATCH, 5);
        let value = kvm_ioeventfd {
            flags,
            datamatch,
            ..exact
        };
        assert_eq!(all.set(value), Err(Errno::EEXIST));
        assert_eq!(all.set(all.at(0x10, 0, PIO)), Err(Errno::EEXIST));

        // Another size, another address, memory instead of a port.
        assert_eq!(all.set(all.at(0x10, 2, PIO)), Ok(0));
        assert_eq!(all.set(all.at(0x11, 1, PIO)), Ok(0));
        assert_eq!(all.set(all.at(0x10, 1, 0)), Ok(0));
    });
}

#[test]
fn values_collide_with_themselves_and_with_any() {
    on_all(|device| {
        let all = Events::new(device);
        let value = |datamatch| kvm_ioeventfd {
            datamatch,
            ..all.at(0x1000, 4, DATAMATCH)
        };
        assert_eq!(all.set(value(1)), Ok(0));
        assert_eq!(all.set(value(2)), Ok(0));
        assert_eq!(all.set(value(1)), Err(Errno::EEXIST));
        assert_eq!(all.set(all.at(0x1000, 4, 0)), Err(Errno::EEXIST));
        assert_eq!(all.set(all.at(0x1000, 0, 0)), Err(Errno::EEXIST));
    });
}

#[test]
fn lengths_are_0_1_2_4_8() {
    on_all(|device| {
        let all = Events::new(device);
        for length in [3, 5, 6, 7, 9, 16, 0x8000_0001, u32::MAX] {
            let answer = all.set(all.at(0x10, length, PIO));
            assert_eq!(answer, Err(Errno::EINVAL), "{length}");
        }
        for length in [1, 2, 4, 8] {
            assert_eq!(all.set(all.at(0x10, length, PIO)), Ok(0), "{length}");
        }
        assert_eq!(all.set(all.at(0x20, 0, PIO)), Ok(0));
    });
}

/// KVM does not check that such a port exists.
#[test]
fn the_address_may_be_any_that_does_not_wrap() {
    on_all(|device| {
        let all = Events::new(device);
        assert_eq!(all.set(all.at(u64::MAX, 1, 0)), Err(Errno::EINVAL));
        assert_eq!(all.set(all.at(u64::MAX - 2, 4, 0)), Err(Errno::EINVAL));
        assert_eq!(all.set(all.at(u64::MAX - 4, 4, 0)), Ok(0));
        assert_eq!(all.set(all.at(0xffff, 4, PIO)), Ok(0));
        assert_eq!(all.set(all.at(1 << 40, 4, PIO)), Ok(0));
    });
}

#[test]
fn unknown_flags_are_einval() {
    on_all(|device| {
        let all = Events::new(device);
        for flags in (5..32).map(|bit| 1 << bit) {
            let answer = all.set(all.at(0x10, 1, flags));
            assert_eq!(answer, Err(Errno::EINVAL), "{flags:#x}");
        }
        let answer = all.set(all.at(0x10, 0, DATAMATCH));
        assert_eq!(answer, Err(Errno::EINVAL));
    });
}

#[test]
fn the_descriptor_must_be_an_eventfd() {
    on_all(|device| {
        let all = Events::new(device);
        for flags in [PIO, PIO | DEASSIGN] {
            let set = |fd| {
                all.set(kvm_ioeventfd {
                    fd,
                    ..all.at(0x10, 1, flags)
                })
            };
            assert_eq!(set(-1), Err(Errno::EBADF));
            assert_eq!(set(999), Err(Errno::EBADF));
            assert_eq!(set(all.vm.as_raw_fd()), Err(Errno::EINVAL));
        }
    });
}

/// Deassigning validates neither length nor flags: without a match it returns `ENOENT`.
#[test]
fn only_what_is_there_can_be_deassigned() {
    on_all(|device| {
        let all = Events::new(device);
        assert_eq!(all.set(all.at(0x10, 1, PIO)), Ok(0));
        let there = all.at(0x10, 1, PIO | DEASSIGN);
        let fd = all.events[1].as_raw_fd();
        for other in [
            kvm_ioeventfd { fd, ..there },
            kvm_ioeventfd {
                addr: 0x11,
                ..there
            },
            kvm_ioeventfd { len: 2, ..there },
            kvm_ioeventfd { len: 0, ..there },
            kvm_ioeventfd { len: 3, ..there },
            kvm_ioeventfd {
                flags: DEASSIGN,
                ..there
            },
            kvm_ioeventfd {
                flags: PIO | DEASSIGN | DATAMATCH,
                ..there
            },
        ] {
            assert_eq!(all.set(other), Err(Errno::ENOENT), "{other:?}");
        }
        let flags = PIO | DEASSIGN | 0x40;
        assert_eq!(all.set(kvm_ioeventfd { flags, ..there }), Ok(0));
        assert_eq!(all.set(there), Err(Errno::ENOENT));
    });
}

/// ioeventfds do not count towards `NR_IOBUS_DEVS`, the limit for other devices on KVM's buses.
#[test]
fn there_may_be_thousands() {
    on_all(|device| {
        let all = Events::new(device);
        for port in 0..1200 {
            assert_eq!(all.set(all.at(port, 1, PIO)), Ok(0), "{port}");
        }
    });
}

#[test]
fn there_is_no_limit() {
    on_all(|device| {
        let events = Events::new(device);
        // KVM has no limit either, but copies the list each time: 20,000 take 98 s in the lab.
        let count = if device.path == "/dev/kvm" {
            1000
        } else {
            70_000
        };
        for i in 0..count {
            let args = events.at(0x1_0000_0000 + 8 * i, 4, 0);
            assert_eq!(pass(as_fd(&events.vm), KVM_IOEVENTFD, args), Ok(0), "{i}");
        }
    });
}
