// SPDX-License-Identifier: GPL-2.0

//! `/dev/hiboma`: the layering of KVM's interface, and nothing behind it.
//!
//! A device whose ioctl returns a descriptor that answers ioctls of its own. The same module in C
//! is `comparisons/c/hiboma.c`.
//!
//! # Layout
//!
//! - `uapi.rs`: what user space may rely on.
//! - `device.rs`: `/dev/hiboma`.
//! - `anon.rs`: `anon_inode:hiboma-anon`, which the device hands out.
//! - `emulator/`: the processor that runs a guest.
//! - `anon_inode.rs`: what the kernel crate lacks for that. All of the `unsafe` is in there.
//!
//! `anon_inode_sample.rs` is the root of a second module, which puts `anon_inode.rs` to the test.

use kernel::{
    miscdevice::MiscDeviceRegistration,
    prelude::*, //
};

#[forbid(unsafe_code)]
mod anon;
pub mod anon_inode;
#[forbid(unsafe_code)]
mod device;
pub mod emulator;
pub mod uapi;

use device::HibomaDevice;

module! {
    type: HibomaModule,
    name: "hiboma",
    authors: ["The hiboma-rs authors"],
    description: "The layering of KVM's interface, to learn from",
    license: "GPL",
}

// ANCHOR: module
#[pin_data]
struct HibomaModule {
    #[pin]
    _device: MiscDeviceRegistration<HibomaDevice>,
    // Fields are dropped in the order of declaration: this one speaks when the device is gone.
    _log: Log,
}

impl kernel::InPlaceModule for HibomaModule {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            // Nothing that can fail may follow: from here on programs can have files of this
            // module, and if `init` fails it is freed all the same.
            _device <- HibomaDevice::register(),
            _log: Log::registered(),
        })
    }
}

struct Log;

impl Log {
    fn registered() -> Self {
        pr_info!("registered /dev/hiboma\n");
        Log
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        pr_info!("deregistered /dev/hiboma\n");
    }
}
// ANCHOR_END: module
