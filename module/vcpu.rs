// SPDX-License-Identifier: GPL-2.0

//! The vCPU behind `anon_inode:hiboma-vcpu:N`, created by `KVM_CREATE_VCPU`.
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
        shared_page::SharedPage,
        sigprocmask::SignalSet, //
    },
    emulator::{
        Cpu,
        DecodeCache,
        Exception, //
    },
    svm::Svm,
    uapi::kvm::*,
    vm::Vm, //
};

mod arch;
pub(crate) mod bus;
pub(crate) mod debugregs;
mod emulation_failure;
mod enable_cap;
pub(crate) mod events;
pub(crate) mod fpu;
mod guest_debug;
mod interrupt;
pub(crate) mod mmio;
mod mp_state;
pub(crate) mod msrs;
mod nmi;
mod not_completed;
mod pio;
mod read_cache;
mod regs;
mod reset;
pub(crate) mod run;
pub(crate) mod run_page;
mod signal_mask;
pub(crate) mod sregs;
pub(crate) mod sync_regs;
mod translate;
mod tsc_khz;
mod xcrs;
mod xsave;

use bus::Io;
use debugregs::DebugRegs;
use events::Events;
use fpu::Fpu;
use guest_debug::GuestDebug;
use msrs::Msrs;
use run_page::RunPage;

// ANCHOR: object
/// A vCPU, owned by its file. The file lives as long as a descriptor or a mapping refers to it. The
/// vCPU holds a reference to its VM.
#[pin_data]
pub(crate) struct Vcpu {
    pub(crate) vm: Arc<Vm>,

    /// Page 0 of the mapping: `struct kvm_run`.
    pub(crate) run: RunPage,

    /// Page 1 of the mapping: the data of port I/O.
    pio_data: SharedPage,

    /// Serializes the ioctls of the vCPU. `KVM_RUN` holds this lock for as long as the guest
    /// runs.
    #[pin]
    state: Mutex<State>,
}
// ANCHOR_END: object

// ANCHOR: state
/// The state that `KVM_RUN` changes.
pub(crate) struct State {
    /// The registers that the interpreter uses.
    pub(crate) cpu: Cpu,
    /// The instructions that the interpreter has decoded.
    pub(crate) decode_cache: DecodeCache,
    /// The system registers. Values that `cpu` has too are taken from `cpu`, not from here.
    pub(crate) sregs: KvmSregs,
    /// The model-specific registers that [`KvmSregs`] does not contain.
    pub(crate) msrs: Msrs,
    /// The x87 and SSE registers.
    pub(crate) fpu: Fpu,
    /// The guest's debug registers.
    pub(crate) debugregs: DebugRegs,
    /// The frequency of the guest's TSC, in kHz.
    tsc_khz: u32,
    /// The SVM engine; `None` if the interpreter executes the guest.
    pub(crate) svm: Option<KBox<Svm>>,
    /// The exception to deliver before the next instruction.
    pub(crate) exception: Option<Exception>,
    /// Whether its delivery was begun but not completed. `KVM_SET_REGS` then does not drop it.
    pub(crate) exception_injected: bool,
    /// Pending interrupts and NMIs.
    pub(crate) events: Events,
    /// The settings of a debugger in userspace.
    guest_debug: GuestDebug,
    /// The signals to block during `KVM_RUN`; if `None`, the thread's own mask applies.
    blocked_signals: Option<SignalSet>,
    /// The accesses under way, `cpuid`, cached slots, and flags of the current instruction.
    pub(crate) io: Io,
    /// Whether `KVM_RUN` has ever come to the point where it enters the guest.
    has_run: bool,
}
// ANCHOR_END: state

impl Vcpu {
    // ANCHOR: getfd
    /// Creates a vCPU and returns a file descriptor for it.
    ///
    /// # Errors
    ///
    /// `ENOMEM`; the errors of [`anon_inode::getfd`].
    pub(crate) fn getfd(vm: Arc<Vm>, id: usize) -> Result<u32> {
        let name = CString::try_from_fmt(fmt!("hiboma-vcpu:{id}"))?;
        let vcpu = KBox::pin_init(
            try_pin_init!(Vcpu {
                run: RunPage::new()?,
                pio_data: SharedPage::new()?,
                state <- new_mutex!(State::at_reset(id, Svm::for_vcpu_of(&vm)?)),
                vm,
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
        // Not KVM's number, such as TCGETS of isatty(): do not wait for a running guest.
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
            KVM_TRANSLATE => translate::ioctl(&vcpu, state, arg),
            KVM_SET_GUEST_DEBUG => guest_debug::ioctl(state, arg),
            KVM_SET_SIGNAL_MASK => signal_mask::ioctl(state, arg),
            KVM_GET_FPU => fpu::get(state, arg),
            KVM_SET_FPU => fpu::set(state, arg),
            KVM_GET_MP_STATE => mp_state::get(arg),
            KVM_SET_MP_STATE => mp_state::set(arg),

            _ => arch::ioctl(state, cmd, arg),
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
