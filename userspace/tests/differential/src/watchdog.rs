// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`watch`]: interrupts a `KVM_RUN` that does not return.
//!
//! A program's run on the interpreter is bounded; its run elsewhere may not be.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use nix::libc::c_int;
use nix::sys::pthread::{Pthread, pthread_kill, pthread_self};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};

/// The time limit of a program: thousands of times what it needs on an idle machine.
const LIMIT: Duration = Duration::from_secs(10);

/// Interrupts `KVM_RUN`, which then returns `EINTR`.
const SIGNAL: Signal = Signal::SIGUSR1;

/// All watched threads.
struct Watchdog(Mutex<Vec<Watched>>);

struct Watched {
    thread: Pthread,
    beats: Arc<AtomicU64>,
    seen: u64,
    since: Instant,
}

/// A thread's signal that it is not stuck. It belongs to the
/// thread that requested it, and is dropped by that thread.
pub struct Pulse(Arc<AtomicU64>);

/// The interval of the checks.
const TICK: Duration = Duration::from_millis(50);

/// Runs `work` in this number of threads, watches them, and calls `tick` from time to time.
pub fn watch<T: Send>(
    threads: usize,
    work: impl Fn(Pulse) -> Result<T> + Sync,
    mut tick: impl FnMut(),
) -> Result<Vec<T>> {
    let watchdog = Watchdog::new()?;
    thread::scope(|scope| {
        let threads: Vec<_> = (0..threads)
            .map(|_| scope.spawn(|| work(watchdog.pulse())))
            .collect();
        while threads.iter().any(|thread| !thread.is_finished()) {
            thread::sleep(TICK);
            watchdog.look();
            tick();
        }
        let results = threads.into_iter().map(|thread| thread.join());
        results
            .map(|result| result.map_err(|_| anyhow!("a thread panicked"))?)
            .collect()
    })
}

impl Watchdog {
    /// Creates a watchdog without threads.
    fn new() -> Result<Watchdog> {
        extern "C" fn ignore(_: c_int) {}
        let action = SigAction::new(
            SigHandler::Handler(ignore),
            // No SA_RESTART: the signal must interrupt a system call.
            SaFlags::empty(),
            SigSet::empty(),
        );
        // SAFETY: The handler does nothing, so it may run at any time.
        unsafe { sigaction(SIGNAL, &action) }.context("sigaction")?;
        Ok(Watchdog(Mutex::default()))
    }

    /// Watches the calling thread.
    fn pulse(&self) -> Pulse {
        let beats = Arc::new(AtomicU64::new(0));
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Watched {
                thread: pthread_self(),
                beats: Arc::clone(&beats),
                seen: 0,
                since: Instant::now(),
            });
        Pulse(beats)
    }

    /// Interrupts every thread that has not reported for a while.
    fn look(&self) {
        let mut watched = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A thread that has ended has dropped its half.
        watched.retain(|watched| Arc::strong_count(&watched.beats) > 1);
        for watched in watched.iter_mut() {
            let beats = watched.beats.load(Ordering::Relaxed);
            if beats != watched.seen {
                watched.seen = beats;
                watched.since = Instant::now();
            } else if watched.since.elapsed() > LIMIT {
                // The next program has its own time. A thread that has just ended needs no signal.
                watched.since = Instant::now();
                let _ = pthread_kill(watched.thread, SIGNAL);
            }
        }
    }
}

impl Pulse {
    /// Reports that the thread is not stuck.
    pub fn beat(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
