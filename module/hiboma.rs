// SPDX-License-Identifier: GPL-2.0

//! `/dev/hiboma`: KVM's interface, layer by layer, with an interpreter behind it.
//!
//! A device whose ioctl returns a descriptor of a VM, whose ioctl returns a descriptor of a vCPU,
//! whose ioctl runs a guest. A program that was written for KVM and needs no more than real mode
//! does the same on `/dev/hiboma`.
//!
//! # Layout
//!
//! In the order in which a program meets them. A folder has a file for each ioctl of its layer,
//! by the ioctl's name, and one for each thing that they share.
//!
//! - `device.rs`, `device/`: `/dev/hiboma`;
//! - `vm.rs`, `vm/`: `anon_inode:hiboma-anon`, a VM: its memory and its vCPUs;
//! - `vcpu.rs`, `vcpu/`: `anon_inode:hiboma-vcpu:N`, a vCPU;
//! - `emulator/`: the interpreter of real-mode x86 that runs the guest. It knows no kernel;
//! - `svm.rs`, `svm/`: the CPU that runs the guest of `/dev/hiboma-svm` itself;
//! - `cpuid.rs`: `cpuid` and its ioctls, which belong to the device and to vCPUs;
//! - `limits.rs`: how many of each there may be;
//! - `uapi/`: what userspace may rely on, hiboma's own and KVM's;
//! - `uaccess.rs`, `user_list.rs`: structures and lists that an ioctl's argument points to;
//! - `abstractions/`: what the kernel crate lacks. All of the `unsafe` is in there.
//!
//! It grew from `hiboma_tiny.rs`, a module of its own in one file: the same device, with a
//! descriptor that has nothing but a count behind it. `samples/anon_inode/` is a third module, which
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
    /// Only where the CPU can run guests.
    _svm_device: Option<SvmDevice>,
    // Fields are dropped in the order of declaration: this one when the device is gone.
    _log: Log,
}

impl kernel::InPlaceModule for HibomaModule {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            // Nothing that can fail may follow: from here on programs can have files of this
            // module, and if `init` fails it is freed all the same.
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
