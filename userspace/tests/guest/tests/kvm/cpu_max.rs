// SPDX-License-Identifier: MIT OR Apache-2.0

//! A guest gets no more CPU time than the cgroup of its VMM.

use std::time::{Duration, Instant};

use guest_tests::kvm::{Machine, Signal, on_all};
use guest_tests::{Cgroup, code, in_child};
use nix::errno::Errno;

/// How long the guest runs.
const WHILE: Duration = Duration::from_secs(2);

/// The kernel throttles a task on its return to userspace. A task that never returns, and does not
/// do that work in the kernel instead, runs unthrottled and waits for all of that time afterwards.
#[test]
fn an_endless_guest_is_throttled() {
    on_all(|device| {
        // 10 ms in each 100 ms: a tenth of a CPU.
        let cgroup = Cgroup::with("cpu.max", "10000 100000");
        let started = Instant::now();
        in_child(|| {
            cgroup.enter();
            let mut machine = Machine::new(device, code!["2: jmp 2b"]);
            let signal = Signal::to_this_thread();
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    std::thread::sleep(WHILE);
                    signal.send();
                });
                assert_eq!(machine.run(), Err(Errno::EINTR));
            });
        });
        let (used, time) = (cgroup.value("cpu.stat", "usage_usec "), started.elapsed());
        assert!(used < time.as_micros() as u64 / 2, "{used} us of {time:?}");
        assert!(time < 5 * WHILE, "it took {time:?}");
    });
}
