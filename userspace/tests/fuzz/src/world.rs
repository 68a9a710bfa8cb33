// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`World`]: the descriptors and the memory of a program. [`Thread`]: who executes its ops.

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

/// Whether the timer has fired since it was last armed; of use where there is one thread.
static FIRED: AtomicBool = AtomicBool::new(false);

/// What the threads of a program share.
pub struct World {
    /// The device's path.
    pub device: CString,
    fds: [AtomicI32; 4 * EACH],
    tids: [AtomicI32; THREADS],
}

impl World {
    /// Memory, and no descriptors.
    pub fn new(device: &CStr) -> Result<World> {
        map(RAM, RAM_PAGES, libc::PROT_READ | libc::PROT_WRITE)?;
        let (ram, size) = (RAM as *mut u8, (RAM_PAGES * PAGE) as usize);
        // SAFETY: It has just been mapped.
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

    /// The descriptor of an entry, -1 where there is none.
    pub fn get(&self, fd: Fd) -> i32 {
        self.fds[fd.place()].load(Relaxed)
    }

    /// Puts a descriptor into an entry, if it is one. What was there stays open.
    pub fn put(&self, fd: Fd, number: i64) {
        if number >= 0 {
            self.fds[fd.place()].store(number as i32, Relaxed);
        }
    }

    /// Empties an entry, and returns the descriptor that was there.
    pub fn take(&self, fd: Fd) -> i32 {
        self.fds[fd.place()].swap(-1, Relaxed)
    }

    /// The kernel's number of a thread, 0 where it has not begun.
    pub fn tid(&self, thread: usize) -> i32 {
        self.tids[thread % THREADS].load(Relaxed)
    }
}

/// A thread of a program.
pub struct Thread<'a> {
    /// What it shares.
    pub world: &'a World,
    /// Its number.
    pub number: usize,
    /// Whether outcomes are compared, so that structures and registers are needed.
    pub compared: bool,
    pipe: [i32; 2],
    timer: Option<libc::timer_t>,
    limit: Duration,
}

// SAFETY: A timer is a number to the kernel, though glibc calls it a pointer.
unsafe impl Send for Thread<'_> {}

impl Thread<'_> {
    /// What a thread needs, which may be another than the one that calls this.
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
        // SAFETY: There is room for two descriptors.
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

    /// This is now the thread that calls; at its beginning, and after a fork, which takes no timers
    /// along.
    pub fn begin(&mut self) -> Result<()> {
        // SAFETY: No arguments.
        let tid = unsafe { libc::gettid() };
        self.world.tids[self.number].store(tid, Relaxed);
        self.timer = Some(timer(tid)?);
        Ok(())
    }

    /// Reads memory that may not be there. The kernel looks at it, so that there is no signal.
    pub fn peek(&self, address: u64, bytes: &mut [u8]) -> nix::Result<()> {
        let size = bytes.len();
        // SAFETY: The kernel only reads at `address`, and fails where nothing is mapped.
        let written = unsafe { libc::write(self.pipe[1], address as *const _, size) };
        let written = Errno::result(written)?.unsigned_abs();
        // SAFETY: There is room for as many bytes.
        let read = unsafe { libc::read(self.pipe[0], bytes.as_mut_ptr().cast(), written) };
        Errno::result(read)?;
        if written == size {
            Ok(())
        } else {
            Err(Errno::EFAULT)
        }
    }

    /// Writes memory that may not be there: pages of [`RAM`] or of a vCPU.
    pub fn poke(&self, address: u64, bytes: &[u8]) -> nix::Result<()> {
        let size = bytes.len();
        // SAFETY: These are bytes.
        let written = unsafe { libc::write(self.pipe[1], bytes.as_ptr().cast(), size) };
        Errno::result(written)?;
        // SAFETY: Nobody has a reference to what is at `address`.
        let read = unsafe { libc::read(self.pipe[0], address as *mut _, size) };
        let result = Errno::result(read);
        if result != Ok(size as isize) {
            let mut rest = [0u8; 64];
            // SAFETY: There is room for as many bytes. Where the pipe is empty, it fails.
            while unsafe { libc::read(self.pipe[0], rest.as_mut_ptr().cast(), rest.len()) } > 0 {}
            return Err(Errno::EFAULT);
        }
        Ok(())
    }

    /// Does something that the timer interrupts, again and again, if it takes too long. Returns
    /// whether it did.
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

/// A timer that sends a signal to a thread.
fn timer(tid: i32) -> Result<libc::timer_t> {
    // SAFETY: Zeros are a `sigevent`.
    let mut event: libc::sigevent = unsafe { zeroed() };
    event.sigev_notify = libc::SIGEV_THREAD_ID;
    event.sigev_signo = TIMER;
    event.sigev_notify_thread_id = tid;
    let mut timer = null_mut();
    // SAFETY: Both structures are there.
    let made = unsafe { libc::timer_create(libc::CLOCK_MONOTONIC, &raw mut event, &raw mut timer) };
    Errno::result(made).context("timer_create")?;
    Ok(timer)
}

extern "C" fn ignore(_: i32) {}

extern "C" fn fired(_: i32) {
    FIRED.store(true, Relaxed);
}

fn on_signal(signal: i32, handler: extern "C" fn(i32)) -> Result<()> {
    // SAFETY: Zeros are a `sigaction`. No SA_RESTART: `KVM_RUN` is to be interrupted.
    let mut action: libc::sigaction = unsafe { zeroed() };
    action.sa_sigaction = handler as *const () as usize;
    // SAFETY: The handlers may be called at any time.
    let set = unsafe { libc::sigaction(signal, &raw const action, null_mut()) };
    Errno::result(set).context("sigaction")?;
    Ok(())
}

/// Maps anonymous memory at a place of the layout, which must be free.
fn map(address: u64, pages: u64, protection: i32) -> Result<()> {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED_NOREPLACE;
    let size = (pages * PAGE) as usize;
    // SAFETY: Where something is in the way, the kernel refuses.
    let got = unsafe { libc::mmap(address as *mut _, size, protection, flags, -1, 0) };
    ensure!(
        got.addr() as u64 == address,
        "cannot map {address:#x}: {}",
        Errno::last()
    );
    Ok(())
}
