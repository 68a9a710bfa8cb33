// SPDX-License-Identifier: MIT OR Apache-2.0

//! Work for a task's return to userspace is not delayed until the guest exits.

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use guest_tests::code;
use guest_tests::kvm::{Machine, Signal, on_all};
use nix::errno::Errno;
use nix::libc::{ITIMER_PROF, itimerval, setitimer, timeval};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal as Number, sigaction};

static EXPIRED: AtomicU32 = AtomicU32::new(0);

/// The kernel sends the signal of a CPU timer from task work, not from the interrupt.
#[test]
fn a_timer_of_cpu_time_ends_an_endless_guest() {
    extern "C" fn expired(_: i32) {
        EXPIRED.fetch_add(1, SeqCst);
    }
    let action = SigAction::new(
        SigHandler::Handler(expired),
        SaFlags::empty(),
        SigSet::empty(),
    );
    // SAFETY: The handler only counts.
    unsafe { sigaction(Number::SIGPROF, &action) }.expect("sigaction");
    on_all(|device| {
        EXPIRED.store(0, SeqCst);
        let mut machine = Machine::new(device, code!["2: jmp 2b"]);
        let give_up = Signal::to_this_thread();
        let (done, is_done) = channel::<()>();
        thread::scope(|scope| {
            scope.spawn(move || {
                if is_done.recv_timeout(Duration::from_secs(20)).is_err() {
                    give_up.send();
                }
            });
            set_timer(50_000);
            let answer = machine.run();
            set_timer(0);
            done.send(()).expect("the other thread waits");
            assert_eq!(answer, Err(Errno::EINTR));
        });
        assert_eq!(EXPIRED.load(SeqCst), 1);
    });
}

/// Sets `ITIMER_PROF`, which counts this process's CPU time; 0 stops it.
fn set_timer(microseconds: i64) {
    let never = timeval {
        tv_sec: 0,
        tv_usec: 0,
    };
    let timer = itimerval {
        it_interval: never,
        it_value: timeval {
            tv_usec: microseconds,
            ..never
        },
    };
    // SAFETY: The kernel reads one structure, and writes none.
    let result = unsafe { setitimer(ITIMER_PROF, &timer, std::ptr::null_mut()) };
    assert_eq!(result, 0);
}
