// SPDX-License-Identifier: MIT OR Apache-2.0

//! System calls on any file.

use arbitrary::{Arbitrary, Unstructured};
use nix::libc;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use crate::layout::argument;
use crate::outcome::Outcome;
use crate::value::{Fd, into, number};
use crate::world::Thread;

/// A system call on a descriptor.
#[derive(Arbitrary, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[allow(missing_docs, reason = "the names are those of the system calls")]
pub enum File {
    Open {
        #[arbitrary(with = into)]
        into: usize,
        #[arbitrary(with = |u: &mut Unstructured| Ok(*u.choose(&OPEN_FLAGS)?))]
        flags: i32,
    },
    Eventfd {
        #[arbitrary(with = into)]
        into: usize,
    },
    Close(Fd),
    Dup {
        from: Fd,
        into: Fd,
    },
    Dup2 {
        from: Fd,
        onto: Fd,
    },
    GetFl(Fd),
    SetFl(
        Fd,
        #[arbitrary(with = |u: &mut Unstructured| Ok(*u.choose(&SET_FLAGS)?))] i32,
    ),
    GetFd(Fd),
    Poll(Fd),
    Read(Fd),
    Write(Fd),
    Lseek {
        fd: Fd,
        #[arbitrary(with = number)]
        offset: u64,
        #[arbitrary(with = |u: &mut Unstructured| u.int_in_range(0..=5))]
        whence: i32,
    },
    Fstat(Fd),
    Ftruncate(Fd),
    Fsync(Fd),
    Flock(Fd),
    Fdinfo(Fd),
}

const OPEN_FLAGS: [i32; 6] = [
    libc::O_RDWR,
    libc::O_RDWR | libc::O_CLOEXEC,
    libc::O_RDONLY,
    libc::O_WRONLY,
    libc::O_PATH,
    libc::O_RDWR | libc::O_NONBLOCK,
];

const SET_FLAGS: [i32; 6] = [
    0,
    libc::O_NONBLOCK,
    libc::O_APPEND,
    libc::O_ASYNC,
    libc::O_DIRECT,
    libc::O_NOATIME,
];

/// A value to write to an eventfd.
static ONE: u64 = 1;

impl File {
    /// Executes the system call.
    pub fn execute(&self, thread: &Thread) -> Outcome {
        let world = thread.world;
        let get = |fd| world.get(fd);
        let at = argument(thread.number) as *mut libc::c_void;
        // SAFETY: Descriptors are numbers, and the memory that is read or
        // written is in this thread's arguments, or is the thread's own.
        let result = unsafe {
            match *self {
                File::Open { into, flags } => {
                    let fd = libc::open(world.device.as_ptr(), flags).into();
                    world.put(Fd::Device(into), fd);
                    fd
                }
                File::Eventfd { into } => {
                    let fd = libc::eventfd(0, libc::EFD_NONBLOCK).into();
                    world.put(Fd::Event(into), fd);
                    fd
                }
                File::Close(fd) => libc::close(world.take(fd)).into(),
                File::Dup { from, into } => {
                    let fd = libc::dup(get(from)).into();
                    world.put(into, fd);
                    fd
                }
                File::Dup2 { from, onto } => match get(onto) {
                    // Not the standard descriptors.
                    ..=2 => libc::dup2(get(from), -1).into(),
                    onto => libc::dup2(get(from), onto).into(),
                },
                File::GetFl(fd) => libc::fcntl(get(fd), libc::F_GETFL).into(),
                File::SetFl(fd, flags) => libc::fcntl(get(fd), libc::F_SETFL, flags).into(),
                File::GetFd(fd) => libc::fcntl(get(fd), libc::F_GETFD).into(),
                File::Poll(fd) => return poll(get(fd)),
                File::Read(fd) => {
                    let (read, _) = thread.limited(|| libc::read(get(fd), at, 8));
                    read as i64
                }
                File::Write(fd) => {
                    let one = (&raw const ONE).cast();
                    let (written, _) = thread.limited(|| libc::write(get(fd), one, 8));
                    written as i64
                }
                File::Lseek { fd, offset, whence } => libc::lseek(get(fd), offset as i64, whence),
                File::Fstat(fd) => return fstat(get(fd)),
                File::Ftruncate(fd) => libc::ftruncate(get(fd), 0).into(),
                File::Fsync(fd) => libc::fsync(get(fd)).into(),
                File::Flock(fd) => libc::flock(get(fd), libc::LOCK_SH | libc::LOCK_NB).into(),
                File::Fdinfo(fd) => return fdinfo(get(fd)),
            }
        };
        Outcome::of(result)
    }
}

fn poll(fd: i32) -> Outcome {
    let mut entry = libc::pollfd {
        fd,
        events: libc::POLLIN | libc::POLLOUT | libc::POLLPRI,
        revents: 0,
    };
    // SAFETY: `entry` is one entry.
    let outcome = Outcome::of(unsafe { libc::poll(&raw mut entry, 1, 0) }.into());
    outcome.with(&entry.revents.to_le_bytes())
}

fn fstat(fd: i32) -> Outcome {
    // SAFETY: All zeros are a valid `stat`.
    let mut stat: libc::stat = unsafe { std::mem::zeroed() };
    // SAFETY: `stat` has room for the result.
    let outcome = Outcome::of(unsafe { libc::fstat(fd, &raw mut stat) }.into());
    outcome.with(&stat.st_mode.to_le_bytes())
}

/// Returns the first two lines: position and flags.
fn fdinfo(fd: i32) -> Outcome {
    let path = format!("/proc/self/fdinfo/{fd}\0");
    let mut text = [0u8; 256];
    // SAFETY: The path ends with a zero byte.
    let info = unsafe { libc::open(path.as_ptr().cast(), libc::O_RDONLY) };
    // SAFETY: `text` has room for `text.len()` bytes.
    let read = unsafe { libc::read(info, text.as_mut_ptr().cast(), text.len()) };
    let outcome = Outcome::of(read as i64);
    // SAFETY: It was opened above and nothing else uses it, or it is -1.
    unsafe { libc::close(info) };
    let lines = text.split(|byte| *byte == b'\n').take(2);
    let lines = lines.collect::<Vec<_>>().concat();
    Outcome {
        result: outcome.result.min(0),
        ..outcome.with(&lines)
    }
}
