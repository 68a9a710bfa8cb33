// SPDX-License-Identifier: GPL-2.0

//! `/dev/hiboma`: KVM's interface, layer by layer, with an interpreter behind it.
//!
//! An ioctl of the device returns a file descriptor for a VM, an ioctl of the VM returns one for a
//! vCPU, and an ioctl of the vCPU runs a guest. A program written for KVM that needs only real mode
//! does the same on `/dev/hiboma`.
//!
//! # Layout
//!
//! In the order in which a program uses them. Each folder has one file per ioctl of its layer,
//! named after the ioctl, and one file for each thing that several ioctls share.
//!
//! - `device.rs`, `device/`: `/dev/hiboma`;
//! - `vm.rs`, `vm/`: `anon_inode:hiboma-anon`, a VM: its memory and its vCPUs;
//! - `vcpu.rs`, `vcpu/`: `anon_inode:hiboma-vcpu:N`, a vCPU;
//! - `emulator/`: the interpreter of real-mode x86 that runs the guest. It uses no kernel API;
//! - `svm.rs`, `svm/`: hardware virtualization, which runs the guests of `/dev/hiboma-svm`;
//! - `cpuid.rs`: the `cpuid` instruction and its ioctls, on the device and on vCPUs;
//! - `limits.rs`: the maximum number of each kind of object;
//! - `uapi/`: the interface for userspace, hiboma's own and KVM's;
//! - `uaccess.rs`, `user_list.rs`: structures and lists that an ioctl's argument points to;
//! - `abstractions/`: what the kernel crate lacks. It contains all of the `unsafe` code.
//!
//! It grew from `hiboma_tiny.rs`, a separate module in one file: the same device, and file
//! descriptors that only have a count. `samples/anon_inode/` is a third module, which
//! tests `abstractions/anon_inode/`.

use kernel::{
    miscdevice::MiscDeviceRegistration,
    prelude::*, //
};

pub mod abstractions;
#[forbid(unsafe_code)]
mod cpuid;
#[forbid(unsafe_code)]
mod device;
pub mod emulator;
#[forbid(unsafe_code)]
mod limits;
#[forbid(unsafe_code)]
mod svm;
#[forbid(unsafe_code)]
mod uaccess;
#[forbid(unsafe_code)]
pub mod uapi;
#[forbid(unsafe_code)]
mod user_list;
#[forbid(unsafe_code)]
mod vcpu;
#[forbid(unsafe_code)]
mod vm;

use device::HibomaDevice;
use svm::hardware_setup::SvmDevice;

module! {
    type: HibomaModule,
    name: "hiboma",
    authors: ["The hiboma-rs authors"],
    description: "KVM's interface, to learn from",
    license: "GPL",
}

#[pin_data]
struct HibomaModule {
    #[pin]
    _device: MiscDeviceRegistration<HibomaDevice<false>>,
    /// `None` if the CPU cannot run guests.
    _svm_device: Option<SvmDevice>,
    // Fields are dropped in declaration order: this one after the devices are deregistered.
    _log: Log,
}

impl kernel::InPlaceModule for HibomaModule {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            // Nothing after this may fail: from here on userspace can have open files of this
            // module, and a failing `init` frees the module nevertheless.
            _device <- HibomaDevice::<false>::register(),
            _: { pr_info!("registered /dev/hiboma\n") },
            _svm_device: svm::hardware_setup::register(),
            _log: Log,
        })
    }
}

struct Log;

impl Drop for Log {
    fn drop(&mut self) {
        pr_info!("deregistered /dev/hiboma\n");
    }
}
