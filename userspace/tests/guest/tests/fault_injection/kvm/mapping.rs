// SPDX-License-Identifier: MIT OR Apache-2.0

//! A vCPU's `kvm_run`, mapped and touched; and closing descriptors.

use std::fs;
use std::os::fd::AsRawFd;

use guest_tests::fault::each_failure_on_both;
use guest_tests::kvm::{Machine, Memory, PAGE, Vcpu, as_fd};
use nix::errno::Errno;
use nix::sys::mman::{MapFlags, ProtFlags};

const BOTH: ProtFlags = ProtFlags::PROT_READ.union(ProtFlags::PROT_WRITE);

fn map(vcpu: &Vcpu) -> nix::Result<Memory> {
    Memory::map(as_fd(vcpu), 3 * PAGE, BOTH, MapFlags::MAP_SHARED, 0)
}

#[test]
fn mmap() {
    each_failure_on_both(
        |device| Machine::new(device, &[]),
        |machine| map(&machine.vcpu),
    );
}

/// A page fault that finds no memory is retried: it raises no signal.
#[test]
fn fault() {
    each_failure_on_both(
        |device| {
            let machine = Machine::new(device, &[]);
            let mapping = map(&machine.vcpu).expect("mmap");
            (machine, mapping)
        },
        |(_, mapping)| {
            mapping.write(PAGE, &[1]);
            Ok(())
        },
    );
}

#[test]
fn close() {
    each_failure_on_both(
        |device| {
            let Machine { vcpu, vm, memory } = Machine::new(device, &[]);
            (Some((vcpu.fd, vm)), vcpu.mapping, memory)
        },
        |(descriptors, _, _)| {
            descriptors.take();
            Ok(())
        },
    );
}

#[test]
fn fdinfo() {
    each_failure_on_both(
        |device| Machine::new(device, &[]),
        |machine| {
            let path = format!("/proc/self/fdinfo/{}", machine.vcpu.as_raw_fd());
            fs::read(path).map_err(|error| Errno::try_from(error).unwrap())
        },
    );
}
