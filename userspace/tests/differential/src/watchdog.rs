// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`watch`]: interrupts a `KVM_RUN` that does not return.
//!
//! What a program does on the interpreter is bounded; what it does elsewhere may not be.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use nix::libc::c_int;
use nix::sys::pthread::{Pthread, pthread_kill, pthread_self};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};

/// How long a program may take: thousands of times what it takes where nothing else is to do.
const LIMIT: Duration = Duration::from_secs(10);

/// Interrupts `KVM_RUN`, which then returns `EINTR`.
const SIGNAL: Signal = Signal::SIGUSR1;

/// All threads that are watched.
struct Watchdog(Mutex<Vec<Watched>>);

struct Watched {
    thread: Pthread,
    beats: Arc<AtomicU64>,
    seen: u64,
    since: Instant,
}

/// A thread's way to say that it is not stuck. Belongs to the thread that asked for it, and is
/// dropped by it.
pub struct Pulse(Arc<AtomicU64>);

/// How often they are looked at.
const TICK: Duration = Duration::from_millis(50);

/// Has as many threads do `work`, watches them, and calls `tick` now and then.
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
    /// A watchdog of no threads.
    fn new() -> Result<Watchdog> {
        extern "C" fn ignore(_: c_int) {}
        let action = SigAction::new(
            SigHandler::Handler(ignore),
            // No SA_RESTART: a system call is to be interrupted.
            SaFlags::empty(),
            SigSet::empty(),
        );
        // SAFETY: The handler does nothing, which is safe at any time.
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

    /// Interrupts every thread that has not said for a while that it is not stuck.
    fn look(&self) {
        let mut watched = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Of a thread that has ended only this half is left.
        watched.retain(|watched| Arc::strong_count(&watched.beats) > 1);
        for watched in watched.iter_mut() {
            let beats = watched.beats.load(Ordering::Relaxed);
            if beats != watched.seen {
                watched.seen = beats;
                watched.since = Instant::now();
            } else if watched.since.elapsed() > LIMIT {
                // What follows has its own time. One that has just ended cannot be told, and need not be.
                watched.since = Instant::now();
                let _ = pthread_kill(watched.thread, SIGNAL);
            }
        }
    }
}

impl Pulse {
    /// Says that the thread is not stuck.
    pub fn beat(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
