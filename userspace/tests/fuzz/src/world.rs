// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`World`]: the descriptors and the memory of a program. [`Thread`]: a thread that executes ops.

use std::ffi::{CStr, CString};
use std::mem::zeroed;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering::Relaxed};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use nix::errno::Errno;
use nix::libc;

use crate::layout::{ARGUMENT_PAGES, FILLER, PAGE, RAM, RAM_PAGES, VECTOR, argument, read_only};
use crate::value::{EACH, Fd, THREADS};

/// The signal of the timer, which interrupts `KVM_RUN`.
const TIMER: i32 = libc::SIGUSR2;

/// The signal that threads send each other.
pub const KICK: i32 = libc::SIGUSR1;

/// Whether the timer has fired since it was last armed; valid only with one thread.
static FIRED: AtomicBool = AtomicBool::new(false);

/// The state that the threads of a program share.
pub struct World {
    /// The device's path.
    pub device: CString,
    fds: [AtomicI32; 4 * EACH],
    tids: [AtomicI32; THREADS],
}

impl World {
    /// Maps the memory; there are no descriptors yet.
    pub fn new(device: &CStr) -> Result<World> {
        map(RAM, RAM_PAGES, libc::PROT_READ | libc::PROT_WRITE)?;
        let (ram, size) = (RAM as *mut u8, (RAM_PAGES * PAGE) as usize);
        // SAFETY: It has just been mapped, with this size.
        unsafe {
            ram.write_bytes(FILLER, size);
            ram.cast::<[[u8; 4]; 256]>().write([VECTOR; 256]);
        }
        on_signal(TIMER, fired)?;
        on_signal(KICK, ignore)?;
        Ok(World {
            device: device.to_owned(),
            fds: [const { AtomicI32::new(-1) }; 4 * EACH],
            tids: [const { AtomicI32::new(0) }; THREADS],
        })
    }

    /// Returns the descriptor of an entry, or -1.
    pub fn get(&self, fd: Fd) -> i32 {
        self.fds[fd.place()].load(Relaxed)
    }

    /// Stores a descriptor in an entry, if it is valid. The former one stays open.
    pub fn put(&self, fd: Fd, number: i64) {
        if number >= 0 {
            self.fds[fd.place()].store(number as i32, Relaxed);
        }
    }

    /// Clears an entry, and returns its descriptor.
    pub fn take(&self, fd: Fd) -> i32 {
        self.fds[fd.place()].swap(-1, Relaxed)
    }

    /// Returns a thread's id in the kernel, or 0 if it has not begun.
    pub fn tid(&self, thread: usize) -> i32 {
        self.tids[thread % THREADS].load(Relaxed)
    }
}

/// A thread of a program.
pub struct Thread<'a> {
    /// The state that it shares.
    pub world: &'a World,
    /// Its number.
    pub number: usize,
    /// Whether outcomes are compared, which needs structures and registers.
    pub compared: bool,
    pipe: [i32; 2],
    timer: Option<libc::timer_t>,
    limit: Duration,
}

// SAFETY: For the kernel a timer is a number, although glibc's type is a pointer.
unsafe impl Send for Thread<'_> {}

impl Thread<'_> {
    /// Creates a thread's state; the calling thread may be another one.
    pub fn new(
        world: &World,
        number: usize,
        compared: bool,
        limit: Duration,
    ) -> Result<Thread<'_>> {
        let rw = libc::PROT_READ | libc::PROT_WRITE;
        map(argument(number), ARGUMENT_PAGES, rw)?;
        map(read_only(number), 1, libc::PROT_READ)?;
        let mut pipe = [-1; 2];
        // SAFETY: `pipe` has room for two descriptors.
        let made = unsafe { libc::pipe2(pipe.as_mut_ptr(), libc::O_CLOEXEC | libc::O_NONBLOCK) };
        Errno::result(made).context("pipe")?;
        Ok(Thread {
            world,
            number,
            compared,
            pipe,
            timer: None,
            limit,
        })
    }

    /// Makes this the calling thread's state: at its beginning,
    /// and after a fork, which does not copy timers.
    pub fn begin(&mut self) -> Result<()> {
        // SAFETY: It takes no arguments.
        let tid = unsafe { libc::gettid() };
        self.world.tids[self.number].store(tid, Relaxed);
        self.timer = Some(timer(tid)?);
        Ok(())
    }

    /// Reads memory that may not be mapped. The kernel accesses it, so that there is no signal.
    pub fn peek(&self, address: u64, bytes: &mut [u8]) -> nix::Result<()> {
        let size = bytes.len();
        // SAFETY: The kernel only reads at `address`, and fails if nothing is mapped.
        let written = unsafe { libc::write(self.pipe[1], address as *const _, size) };
        let written = Errno::result(written)?.unsigned_abs();
        // SAFETY: `bytes` has room for `written` bytes.
        let read = unsafe { libc::read(self.pipe[0], bytes.as_mut_ptr().cast(), written) };
        Errno::result(read)?;
        if written == size {
            Ok(())
        } else {
            Err(Errno::EFAULT)
        }
    }

    /// Writes memory that may not be mapped: pages of [`RAM`] or of a vCPU.
    pub fn poke(&self, address: u64, bytes: &[u8]) -> nix::Result<()> {
        let size = bytes.len();
        // SAFETY: `bytes` is valid for `size` bytes.
        let written = unsafe { libc::write(self.pipe[1], bytes.as_ptr().cast(), size) };
        Errno::result(written)?;
        // SAFETY: No reference to the memory at `address` exists.
        let read = unsafe { libc::read(self.pipe[0], address as *mut _, size) };
        let result = Errno::result(read);
        if result != Ok(size as isize) {
            let mut rest = [0u8; 64];
            // SAFETY: `rest` has room for this many bytes. If the pipe is empty, it fails.
            while unsafe { libc::read(self.pipe[0], rest.as_mut_ptr().cast(), rest.len()) } > 0 {}
            return Err(Errno::EFAULT);
        }
        Ok(())
    }

    /// Runs `work`, which the timer interrupts repeatedly if
    /// it takes too long. Returns whether the timer has fired.
    pub fn limited<T>(&self, work: impl FnOnce() -> T) -> (T, bool) {
        FIRED.store(false, Relaxed);
        self.arm(self.limit);
        let result = work();
        self.arm(Duration::ZERO);
        (result, FIRED.load(Relaxed))
    }

    fn arm(&self, limit: Duration) {
        let time = libc::timespec {
            tv_sec: 0,
            tv_nsec: limit.subsec_nanos().into(),
        };
        let times = libc::itimerspec {
            it_interval: time,
            it_value: time,
        };
        if let Some(timer) = self.timer {
            // SAFETY: The timer exists.
            unsafe { libc::timer_settime(timer, 0, &raw const times, null_mut()) };
        }
    }
}

/// Creates a timer that sends a signal to a thread.
fn timer(tid: i32) -> Result<libc::timer_t> {
    // SAFETY: All zeros are a valid `sigevent`.
    let mut event: libc::sigevent = unsafe { zeroed() };
    event.sigev_notify = libc::SIGEV_THREAD_ID;
    event.sigev_signo = TIMER;
    event.sigev_notify_thread_id = tid;
    let mut timer = null_mut();
    // SAFETY: Both structures are valid.
    let made = unsafe { libc::timer_create(libc::CLOCK_MONOTONIC, &raw mut event, &raw mut timer) };
    Errno::result(made).context("timer_create")?;
    Ok(timer)
}

extern "C" fn ignore(_: i32) {}

extern "C" fn fired(_: i32) {
    FIRED.store(true, Relaxed);
}

fn on_signal(signal: i32, handler: extern "C" fn(i32)) -> Result<()> {
    // SAFETY: All zeros are a valid `sigaction`. No SA_RESTART: signals must interrupt `KVM_RUN`.
    let mut action: libc::sigaction = unsafe { zeroed() };
    action.sa_sigaction = handler as *const () as usize;
    // SAFETY: The handlers may run at any time.
    let set = unsafe { libc::sigaction(signal, &raw const action, null_mut()) };
    Errno::result(set).context("sigaction")?;
    Ok(())
}

/// Maps anonymous memory at a fixed address of the layout, which must be free.
fn map(address: u64, pages: u64, protection: i32) -> Result<()> {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED_NOREPLACE;
    let size = (pages * PAGE) as usize;
    // SAFETY: With `MAP_FIXED_NOREPLACE` the kernel overwrites no existing mapping.
    let got = unsafe { libc::mmap(address as *mut _, size, protection, flags, -1, 0) };
    ensure!(
        got.addr() as u64 == address,
        "cannot map {address:#x}: {}",
        Errno::last()
    );
    Ok(())
}
