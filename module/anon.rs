// SPDX-License-Identifier: GPL-2.0

//! What `HIBOMA_OPEN_FD` makes: the object behind `anon_inode:hiboma-anon`.
//!
//! Counterparts: the `hiboma_anon` part of `comparisons/c/hiboma.c`; `create_vcpu_fd()` and
//! `kvm_vcpu_fops` in [`virt/kvm/kvm_main.c`](srctree/virt/kvm/kvm_main.c).

use kernel::{
    fs::{
        file::flags,
        File, //
    },
    ioctl::_IO,
    prelude::*,
    seq_file::SeqFile,
    seq_print,
    sync::atomic::{
        Atomic,
        Relaxed, //
    }, //
};

use crate::{
    anon_inode::{
        self,
        AnonInodeFile, //
    },
    uapi::{
        HIBOMAIO,
        HIBOMA_ANON_COUNT_NR, //
    }, //
};

const HIBOMA_ANON_COUNT: u32 = _IO(HIBOMAIO, HIBOMA_ANON_COUNT_NR);

// ANCHOR: object
/// The private data of one open file.
pub(crate) struct HibomaAnon {
    // 64 bits do not overflow; 32 would, within minutes.
    count: Atomic<i64>,
}
// ANCHOR_END: object

impl HibomaAnon {
    // ANCHOR: getfd
    /// Makes a new object, and returns the number of the descriptor that owns it.
    pub(crate) fn getfd() -> Result<u32> {
        let anon = KBox::new(
            HibomaAnon {
                count: Atomic::new(0),
            },
            GFP_KERNEL,
        )?;

        anon_inode::getfd::<Self>(c"hiboma-anon", anon, flags::O_RDWR | flags::O_CLOEXEC)
    }
    // ANCHOR_END: getfd
}

#[vtable]
impl AnonInodeFile for HibomaAnon {
    type Ptr = KBox<Self>;

    // ANCHOR: anon-ioctl
    fn ioctl(this: &Self, _file: &File, cmd: u32, _arg: usize) -> Result<isize> {
        match cmd {
            HIBOMA_ANON_COUNT => {
                let count = this.count.fetch_add(1, Relaxed) + 1;
                // The kernel cuts the result to an `int`: a larger count would come out negative.
                let count = i32::try_from(count).map_err(|_| EOVERFLOW)?;
                Ok(count as isize)
            }
            // As `kvm_vm_ioctl()`, not as the device: `EINVAL` there, `ENOTTY` here.
            _ => Err(ENOTTY),
        }
    }
    // ANCHOR_END: anon-ioctl

    // ANCHOR: fdinfo
    fn show_fdinfo(this: &Self, m: &SeqFile, _file: &File) {
        seq_print!(m, "hiboma-count:\t{}\n", this.count.load(Relaxed));
    }
    // ANCHOR_END: fdinfo
}
