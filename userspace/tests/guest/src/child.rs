// SPDX-License-Identifier: MIT OR Apache-2.0

//! Running parts of a test in a child process.

use std::any::Any;
use std::io::{Read, Write, pipe};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};

use nix::sys::signal::Signal;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, fork};

/// Forks, and runs `task` in the child: limits, closed
/// descriptors and a changed identity affect only the child.
///
/// # Panics
///
/// Panics if `task` panics, or if a signal kills the child.
pub fn in_child(task: impl FnOnce()) {
    let (mut from_child, mut to_parent) = pipe().expect("a pipe");
    // SAFETY: The other threads of a test program wait for their turn and hold
    // no lock that the child could need; glibc handles the allocator's locks.
    match unsafe { fork() }.expect("fork") {
        ForkResult::Child => {
            // The parent reports the panic.
            set_hook(Box::new(|_| {}));
            // If the panic unwound further, the child would continue as a second test program.
            let outcome = catch_unwind(AssertUnwindSafe(task));
            let message = outcome.err().map(message).unwrap_or_default();
            let written = to_parent.write_all(message.as_bytes());
            // `exit` would flush the parent's buffered output a second time.
            // SAFETY: `_exit` only ends the process.
            unsafe { nix::libc::_exit(written.is_err().into()) }
        }
        ForkResult::Parent { child } => {
            drop(to_parent);
            let mut message = String::new();
            from_child.read_to_string(&mut message).expect("UTF-8");
            let status = waitpid(child, None).expect("the child is ours to wait for");
            assert!(message.is_empty(), "in the child: {message}");
            assert_eq!(status, WaitStatus::Exited(child, 0), "in the child");
        }
    }
}

/// Forks, and runs `task` in the child. Returns the signal that killed it, if one did.
pub fn ends_by(task: impl FnOnce()) -> Option<Signal> {
    // SAFETY: As in `in_child`.
    match unsafe { fork() }.expect("fork") {
        ForkResult::Child => {
            let outcome = catch_unwind(AssertUnwindSafe(task));
            // SAFETY: `_exit` only ends the process.
            unsafe { nix::libc::_exit(outcome.is_err().into()) }
        }
        ForkResult::Parent { child } => {
            match waitpid(child, None).expect("the child is ours to wait for") {
                WaitStatus::Signaled(_, signal, _) => Some(signal),
                _ => None,
            }
        }
    }
}

fn message(panic: Box<dyn Any + Send>) -> String {
    match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => match panic.downcast::<&str>() {
            Ok(message) => message.to_string(),
            Err(_) => "a panic without a message".to_owned(),
        },
    }
}
