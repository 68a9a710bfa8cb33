// SPDX-License-Identifier: GPL-2.0

//! The device `/dev/hiboma`.
//!
//! Counterparts: the `hiboma` part of `comparisons/c/hiboma.c`; `kvm_dev_ioctl()` and `kvm_dev` in
//! [`virt/kvm/kvm_main.c`](srctree/virt/kvm/kvm_main.c).

use kernel::{
    fs::File,
    miscdevice::{
        MiscDevice,
        MiscDeviceOptions,
        MiscDeviceRegistration, //
    },
    prelude::*, //
};

use crate::{
    anon::HibomaAnon,
    uapi::{
        HIBOMA_GET_VERSION,
        HIBOMA_OPEN_FD,
        HIBOMA_VERSION, //
    }, //
};

/// The device has no state, and neither has an open file of it.
pub(crate) struct HibomaDevice;

impl HibomaDevice {
    // ANCHOR: register
    /// Calls `misc_register()`, and `misc_deregister()` when dropped.
    ///
    /// The minor is a dynamic one, and the mode 0600, which devtmpfs gives to every device that
    /// does not ask for another.
    pub(crate) fn register() -> impl PinInit<MiscDeviceRegistration<Self>, Error> {
        MiscDeviceRegistration::register(MiscDeviceOptions { name: c"hiboma" })
    }
    // ANCHOR_END: register
}

// ANCHOR: device
#[vtable]
impl MiscDevice for HibomaDevice {
    type Ptr = ();

    fn open(_file: &File, _misc: &MiscDeviceRegistration<Self>) -> Result {
        Ok(())
    }

    // ANCHOR: ioctl
    // The argument is not looked at. A C program may call `ioctl(fd, HIBOMA_GET_VERSION)` without
    // one, and what then is in the register is not the caller's choice. `KVM_GET_API_VERSION` is
    // stricter: `EINVAL` for anything but 0, so that an argument can get a meaning some day.
    fn ioctl(_device: (), _file: &File, cmd: u32, _arg: usize) -> Result<isize> {
        match cmd {
            HIBOMA_GET_VERSION => Ok(HIBOMA_VERSION as isize),
            HIBOMA_OPEN_FD => Ok(HibomaAnon::getfd()? as isize),
            _ => Err(EINVAL),
        }
    }
    // ANCHOR_END: ioctl
}
// ANCHOR_END: device
