// SPDX-License-Identifier: GPL-2.0

//! What `KVM_CREATE_VCPU` makes: the vCPU behind `anon_inode:hiboma-vcpu:N`.
//!
//! Counterparts: `struct kvm_vcpu`, `kvm_vcpu_ioctl()`, `kvm_vcpu_fault()` and `kvm_vcpu_fops` in
//! [`virt/kvm/kvm_main.c`](srctree/virt/kvm/kvm_main.c).

use kernel::{
    fs::{
        file::flags,
        File, //
    },
    ioctl::_IOC_TYPE,
    new_mutex,
    page::Page,
    prelude::*,
    str::CString,
    sync::{
        Arc,
        Mutex, //
    }, //
};

use crate::{
    abstractions::{
        anon_inode::{
            self,
            AnonInodeFile, //
        },
        lock_killable::lock_killable,
        mm,
        shared_page::SharedPage, //
    },
    emulator::{
        Cpu,
        DecodeCache,
        Exception, //
    },
    uapi::kvm::*,
    vm::Vm, //
};

mod bus;
mod emulation_failure;
mod mmio;
mod mp_state;
mod pio;
mod read_cache;
mod regs;
mod reset;
mod run;
mod run_page;
mod sregs;

use bus::Io;
use run_page::RunPage;

// ANCHOR: object
/// A vCPU. Its file owns it, and lives as long as a descriptor or a mapping of it. The vCPU holds a
/// reference to its VM.
#[pin_data]
pub(crate) struct Vcpu {
    vm: Arc<Vm>,

    /// Page 0 of the mapping.
    run: RunPage,

    /// Page 1 of the mapping.
    pio_data: SharedPage,

    /// The thread that holds this lock uses the vCPU. `KVM_RUN` holds it for as long as the guest
    /// runs.
    #[pin]
    state: Mutex<State>,
}
// ANCHOR_END: object

// ANCHOR: state
/// What `KVM_RUN` changes.
struct State {
    /// The registers that the interpreter uses.
    cpu: Cpu,
    /// Instructions that it has decoded.
    decode_cache: DecodeCache,
    /// The others. Those that are also in `cpu` are ignored here.
    sregs: KvmSregs,
    /// An exception that the guest gets before it executes anything else.
    exception: Option<Exception>,
    /// Whether its delivery has begun and failed. It is then delivered before all else.
    exception_injected: bool,
    /// What instructions read and write besides.
    io: Io,
    /// Whether the guest was ever entered.
    has_run: bool,
}
// ANCHOR_END: state

impl Vcpu {
    // ANCHOR: getfd
    /// Makes a new vCPU, and returns the number of its descriptor.
    ///
    /// # Errors
    ///
    /// `ENOMEM`, and those of [`anon_inode::getfd`].
    pub(crate) fn getfd(vm: Arc<Vm>, id: usize) -> Result<u32> {
        let name = CString::try_from_fmt(fmt!("hiboma-vcpu:{id}"))?;
        let vcpu = KBox::pin_init(
            try_pin_init!(Vcpu {
                vm,
                run: RunPage::new()?,
                pio_data: SharedPage::new()?,
                state <- new_mutex!(State::at_reset(id)),
            }),
            GFP_KERNEL_ACCOUNT,
        )?;

        anon_inode::getfd::<Self>(&name, vcpu, flags::O_RDWR | flags::O_CLOEXEC)
    }
    // ANCHOR_END: getfd
}

#[vtable]
impl AnonInodeFile for Vcpu {
    type Ptr = Pin<KBox<Self>>;

    // ANCHOR: ioctl
    fn ioctl(vcpu: Pin<&Self>, _file: &File, cmd: u32, arg: usize) -> Result<isize> {
        if !mm::is_current(&vcpu.vm.mm) {
            return Err(EIO);
        }
        // Somebody else's number, such as the TCGETS of isatty(): do not wait for a running guest.
        if _IOC_TYPE(cmd) != KVMIO {
            return Err(EINVAL);
        }
        let state = &mut *lock_killable(&vcpu.get_ref().state)?;
        match cmd {
            KVM_RUN => run::ioctl(&vcpu, state, arg),
            KVM_GET_REGS => regs::get(state, arg),
            KVM_SET_REGS => regs::set(state, arg),
            KVM_GET_SREGS => sregs::get(state, arg),
            KVM_SET_SREGS => sregs::set(state, arg),
            KVM_GET_MP_STATE => mp_state::get(arg),
            KVM_SET_MP_STATE => mp_state::set(arg),
            KVM_SET_CPUID2 => state.io.cpuid.set(arg, state.has_run),
            KVM_GET_CPUID2 => state.io.cpuid.get(arg),

            // As `kvm_arch_vcpu_ioctl()`, not as the VM, which returns `ENOTTY`.
            _ => Err(EINVAL),
        }
    }
    // ANCHOR_END: ioctl

    // ANCHOR: fault
    fn fault<'a>(vcpu: Pin<&'a Self>, pgoff: usize) -> Option<&'a Page>
    where
        Self: 'a,
    {
        let vcpu = vcpu.get_ref();
        match pgoff {
            0 => Some(vcpu.run.page()),
            KVM_PIO_PAGE_OFFSET => Some(vcpu.pio_data.page()),
            KVM_COALESCED_MMIO_PAGE_OFFSET => Some(vcpu.vm.coalesced_mmio_ring.page()),
            _ => None,
        }
    }
    // ANCHOR_END: fault
}
