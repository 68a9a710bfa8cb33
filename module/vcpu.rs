// SPDX-License-Identifier: GPL-2.0

//! What `KVM_CREATE_VCPU` makes: the processor behind `anon_inode:hiboma-vcpu:N`.
//!
//! Counterparts: `struct kvm_vcpu`, `kvm_vcpu_ioctl()`, `kvm_vcpu_fault()` and `kvm_vcpu_fops` in
//! [`virt/kvm/kvm_main.c`](srctree/virt/kvm/kvm_main.c).

use kernel::{
    fs::{
        file::flags,
        File, //
    },
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
    cpuid::Cpuid,
    emulator::Cpu,
    uapi::kvm::*,
    vm::Vm, //
};

mod bus;
mod mmio;
mod mp_state;
mod pio;
mod read_cache;
mod regs;
mod reset;
mod run;
mod run_page;
mod sregs;

use mmio::Mmio;
use pio::PortIo;
use run_page::RunPage;

// ANCHOR: object
/// A processor. Its descriptor and the mappings of it own it; it keeps its machine.
#[pin_data]
pub(crate) struct Vcpu {
    vm: Arc<Vm>,

    /// Page 0 of the mapping.
    run: RunPage,

    /// Page 1 of the mapping.
    pio_data: SharedPage,

    /// Whoever has this locked is the one thread that uses the processor. `KVM_RUN` has it for as
    /// long as the guest runs.
    #[pin]
    state: Mutex<State>,
}
// ANCHOR_END: object

// ANCHOR: state
/// What `KVM_RUN` changes.
struct State {
    /// The registers that an interpreter of real mode uses.
    cpu: Cpu,
    /// The others. Those that are in `cpu` as well are not looked at here.
    sregs: KvmSregs,
    /// What `cpuid` says.
    cpuid: Cpuid,
    /// That the guest gets #UD before anything else: user space was told of an instruction that
    /// could not be executed, and has run the guest again.
    invalid_opcode: bool,
    /// A port access that user space has been asked for.
    port_io: PortIo,
    /// A memory access that user space has been asked for.
    mmio: Mmio,
    /// Whether `KVM_RUN` was ever called.
    has_run: bool,
}
// ANCHOR_END: state

impl Vcpu {
    // ANCHOR: getfd
    /// Makes a new processor, and returns the number of the descriptor that owns it.
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
        let state = &mut *lock_killable(&vcpu.get_ref().state)?;
        match cmd {
            KVM_RUN => run::ioctl(&vcpu, state, arg),
            KVM_GET_REGS => regs::get(state, arg),
            KVM_SET_REGS => regs::set(state, arg),
            KVM_GET_SREGS => sregs::get(state, arg),
            KVM_SET_SREGS => sregs::set(state, arg),
            KVM_GET_MP_STATE => mp_state::get(arg),
            KVM_SET_MP_STATE => mp_state::set(arg),
            KVM_SET_CPUID2 => state.cpuid.set(arg, state.has_run),
            KVM_GET_CPUID2 => state.cpuid.get(arg),

            // As `kvm_arch_vcpu_ioctl()`, not as the machine, which says `ENOTTY`.
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
