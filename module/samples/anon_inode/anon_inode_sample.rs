// SPDX-License-Identifier: GPL-2.0

//! Anonymous-inode sample.
//!
//! Exercises more of [`anon_inode`] than `hiboma.ko` does: a file that is created before its
//! descriptor, a file that never gets one, memory shared by the `mmap` method, and, in
//! `bell.rs`, a file that supports `poll(2)`. It also tests `compat_ioctl`.
//!
//! The commands are described in `uapi.rs`.

use kernel::{
    fs::{
        file::{
            flags,
            FileDescriptorReservation, //
        },
        File, //
    },
    ioctl::_IO,
    miscdevice::{
        MiscDevice,
        MiscDeviceOptions,
        MiscDeviceRegistration, //
    },
    mm::virt::{
        flags::SHARED,
        VmaNew, //
    },
    page::{
        Page,
        PAGE_SIZE, //
    },
    prelude::*,
    sync::{
        aref::ARef,
        atomic::{
            Atomic,
            Relaxed, //
        }, //
    }, //
};

#[path = "../../abstractions/anon_inode/mod.rs"]
pub mod anon_inode;
mod bell;
pub mod uapi;

use anon_inode::AnonInodeFile;
use bell::Bell;
use uapi::*;

const SAMPLE_INSTALL: u32 = _IO(SAMPLE_IO, SAMPLE_INSTALL_NR);
const SAMPLE_GETFD: u32 = _IO(SAMPLE_IO, SAMPLE_GETFD_NR);
const SAMPLE_ABANDON: u32 = _IO(SAMPLE_IO, SAMPLE_ABANDON_NR);
const SAMPLE_LIVE: u32 = _IO(SAMPLE_IO, SAMPLE_LIVE_NR);
const SAMPLE_BELL: u32 = _IO(SAMPLE_IO, SAMPLE_BELL_NR);
const SAMPLE_WORD: u32 = _IO(SAMPLE_IO, SAMPLE_WORD_NR);

module! {
    type: SampleModule,
    name: "anon_inode_sample",
    authors: ["The hiboma-rs authors"],
    description: "Anonymous-inode sample",
    license: "GPL",
}

#[pin_data]
struct SampleModule {
    #[pin]
    _device: MiscDeviceRegistration<SampleDevice>,
}

impl kernel::InPlaceModule for SampleModule {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        let options = MiscDeviceOptions {
            name: c"anon_inode_sample",
        };

        try_pin_init!(Self {
            _device <- MiscDeviceRegistration::register(options),
        })
    }
}

struct SampleDevice;

#[vtable]
impl MiscDevice for SampleDevice {
    type Ptr = ();

    fn open(_file: &File, _misc: &MiscDeviceRegistration<Self>) -> Result {
        Ok(())
    }

    fn ioctl(_device: (), _file: &File, cmd: u32, _arg: usize) -> Result<isize> {
        match cmd {
            SAMPLE_INSTALL => Ok(SamplePage::install()? as isize),
            SAMPLE_GETFD => Ok(SamplePage::getfd()? as isize),
            SAMPLE_ABANDON => Ok(SamplePage::abandon()? as isize),
            SAMPLE_BELL => Ok(Bell::getfd()? as isize),
            SAMPLE_LIVE => Ok(LIVE.load(Relaxed) as isize),
            _ => Err(EINVAL),
        }
    }
}

static LIVE: Atomic<i32> = Atomic::new(0);

/// A page of memory, shared with every process that maps the file.
struct SamplePage {
    page: Page,
}

impl SamplePage {
    const NAME: &CStr = c"sample-page";

    // ANCHOR: new
    fn new() -> Result<KBox<Self>> {
        let page = Page::alloc_page(GFP_KERNEL_ACCOUNT | __GFP_ZERO)?;
        LIVE.add(1, Relaxed);
        Ok(KBox::new(SamplePage { page }, GFP_KERNEL_ACCOUNT)?)
    }
    // ANCHOR_END: new

    fn getfile() -> Result<ARef<File>> {
        anon_inode::getfile::<Self>(Self::NAME, Self::new()?, flags::O_RDWR)
    }

    fn getfd() -> Result<u32> {
        anon_inode::getfd::<Self>(Self::NAME, Self::new()?, flags::O_RDWR | flags::O_CLOEXEC)
    }

    // ANCHOR: install
    fn install() -> Result<u32> {
        let reservation = FileDescriptorReservation::get_unused_fd_flags(flags::O_CLOEXEC)?;
        let file = Self::getfile()?;

        let fd = reservation.reserved_fd();
        reservation.fd_install(file);
        Ok(fd)
    }
    // ANCHOR_END: install

    fn abandon() -> Result<u32> {
        let reservation = FileDescriptorReservation::get_unused_fd_flags(flags::O_CLOEXEC)?;
        let _file = Self::getfile()?;

        Ok(reservation.reserved_fd())
    }
}

impl Drop for SamplePage {
    fn drop(&mut self) {
        LIVE.fetch_sub(1, Relaxed);
    }
}

#[vtable]
impl AnonInodeFile for SamplePage {
    type Ptr = KBox<Self>;

    fn ioctl(_this: &Self, _file: &File, cmd: u32, _arg: usize) -> Result<isize> {
        match cmd {
            SAMPLE_WORD => Ok(size_of::<usize>() as isize),
            _ => Err(ENOTTY),
        }
    }

    #[cfg(CONFIG_COMPAT)]
    fn compat_ioctl(_this: &Self, _file: &File, cmd: u32, _arg: usize) -> Result<isize> {
        match cmd {
            SAMPLE_WORD => Ok(size_of::<u32>() as isize),
            _ => Err(ENOTTY),
        }
    }

    fn mmap(this: &Self, _file: &File, vma: &VmaNew) -> Result {
        if vma.end() - vma.start() != PAGE_SIZE || vma.flags() & SHARED == 0 {
            return Err(EINVAL);
        }

        vma.set_dontexpand();
        vma.set_mixedmap().vm_insert_page(vma.start(), &this.page)
    }
}
