// SPDX-License-Identifier: GPL-2.0

//! The devices `/dev/hiboma` and `/dev/hiboma-svm`: their ioctls, hiboma's own and those of `/dev/kvm`.
//!
//! Counterparts: `HibomaDevice` of `hiboma_tiny.rs`; `kvm_dev_ioctl()`, `kvm_dev` and
//! `kvm_arch_dev_ioctl()` in [`virt/kvm/kvm_main.c`](srctree/virt/kvm/kvm_main.c) and
//! [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).

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
    cpuid,
    uapi::hiboma::{
        HIBOMA_GET_VERSION,
        HIBOMA_OPEN_FD,
        HIBOMA_VERSION, //
    },
    uapi::kvm::*,
    vm::{
        check_extension,
        Vm, //
    }, //
};

mod create_vm;
mod get_api_version;
mod get_msr_feature_index_list;
mod get_msr_index_list;
mod get_msrs;
mod get_vcpu_mmap_size;

/// The engine that executes the guests of a VM.
#[derive(Clone, Copy)]
pub(crate) enum Engine {
    /// `emulator/`.
    Interpreter,
    /// The CPU: `svm/`.
    Svm,
}

/// A device; `SVM` says which of the two. Neither the device nor its open files have any state.
pub(crate) struct HibomaDevice<const SVM: bool>;

impl<const SVM: bool> HibomaDevice<SVM> {
    const ENGINE: Engine = if SVM {
        Engine::Svm
    } else {
        Engine::Interpreter
    };

    /// Registers the device with `misc_register()`; dropping it calls `misc_deregister()`.
    ///
    /// The minor number is dynamic. The mode is 0600: devtmpfs uses it for a device that sets no
    /// mode.
    pub(crate) fn register() -> impl PinInit<MiscDeviceRegistration<Self>, Error> {
        let name = if SVM { c"hiboma-svm" } else { c"hiboma" };
        MiscDeviceRegistration::register(MiscDeviceOptions { name })
    }
}

#[vtable]
impl<const SVM: bool> MiscDevice for HibomaDevice<SVM> {
    type Ptr = ();

    fn open(_file: &File, _misc: &MiscDeviceRegistration<Self>) -> Result {
        Ok(())
    }

    // ANCHOR: ioctl
    #[inline(always)]
    fn ioctl(_device: (), _file: &File, cmd: u32, arg: usize) -> Result<isize> {
        match cmd {
            // These two ignore their argument. A C program may leave it out, and then the register
            // holds a value that the caller did not choose.
            HIBOMA_GET_VERSION => Ok(HIBOMA_VERSION as isize),
            HIBOMA_OPEN_FD => Ok(Vm::getfd(Self::ENGINE)? as isize),

            _ => kvm_dev_ioctl(Self::ENGINE, cmd, arg),
        }
    }
}

#[inline(never)]
fn kvm_dev_ioctl(engine: Engine, cmd: u32, arg: usize) -> Result<isize> {
    match cmd {
        KVM_GET_API_VERSION => get_api_version::ioctl(arg),
        KVM_CREATE_VM => create_vm::ioctl(engine, arg),
        KVM_CHECK_EXTENSION => check_extension::ioctl(arg),
        KVM_GET_VCPU_MMAP_SIZE => get_vcpu_mmap_size::ioctl(arg),
        KVM_GET_SUPPORTED_CPUID => cpuid::get_supported(engine, arg),
        KVM_GET_EMULATED_CPUID => cpuid::get_emulated(arg),
        KVM_GET_MSR_INDEX_LIST => get_msr_index_list::ioctl(arg),
        KVM_GET_MSR_FEATURE_INDEX_LIST => get_msr_feature_index_list::ioctl(arg),
        KVM_GET_MSRS => get_msrs::ioctl(arg),

        _ => Err(EINVAL),
    }
}
// ANCHOR_END: ioctl
