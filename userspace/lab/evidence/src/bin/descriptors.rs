// SPDX-License-Identifier: MIT OR Apache-2.0

//! `descriptors PROGRAM ARGUMENT...`: runs a program, and prints how its descriptors change.
//!
//! ```text
//! + 4 2000002 ioctl 44545 anon_inode:kvm-vm
//! - 4
//! ```
//!
//! A line for each new descriptor: its number, its flags in octal as in `/proc/<pid>/fdinfo`,
//! the system call and its second argument, the file. A line for each descriptor that is closed
//! before the program ends. The program's own standard output is discarded.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::{env, fs, io};

use anyhow::{Context, Result, bail, ensure};
use nix::libc;
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

fn main() -> Result<()> {
    let mut arguments = env::args_os().skip(1);
    let program = arguments
        .next()
        .context("usage: descriptors PROGRAM ARGUMENT...")?;
    let mut command = Command::new(program);
    command.args(arguments).stdout(Stdio::null());
    // SAFETY: Between fork and exec there is only a system call.
    unsafe { command.pre_exec(|| ptrace::traceme().map_err(io::Error::from)) };
    let child = command.spawn().context("the program does not start")?;
    let program = Pid::from_raw(child.id().try_into()?);

    waitpid(program, None)?;
    let options =
        Options::PTRACE_O_TRACESYSGOOD | Options::PTRACE_O_TRACECLONE | Options::PTRACE_O_EXITKILL;
    ptrace::setoptions(program, options)?;
    let mut table = Table {
        program,
        open: BTreeSet::from([0, 1, 2]),
        calls: BTreeMap::new(),
    };
    ptrace::syscall(program, None)?;
    loop {
        let status = waitpid(None, Some(WaitPidFlag::__WALL))?;
        match status {
            WaitStatus::PtraceSyscall(thread) => table.see(thread)?,
            WaitStatus::Exited(thread, status) if thread == program => {
                ensure!(status == 0, "the program has ended with status {status}");
                return Ok(());
            }
            WaitStatus::Signaled(thread, signal, _) if thread == program => {
                bail!("the program was ended by {signal}");
            }
            _ => {}
        }
        let Some(thread) = status.pid() else { continue };
        let signal = match status {
            // A new thread's first stop, which ptrace causes; nobody has sent this signal.
            WaitStatus::Stopped(_, Signal::SIGSTOP) => None,
            WaitStatus::Stopped(_, signal) => Some(signal),
            WaitStatus::Exited(..) | WaitStatus::Signaled(..) => continue,
            _ => None,
        };
        ptrace::syscall(thread, signal)?;
    }
}

/// The program's open descriptors, as far as they have been seen.
struct Table {
    program: Pid,
    open: BTreeSet<i64>,
    /// The system call that each thread is in.
    calls: BTreeMap<Pid, SystemCall>,
}

struct SystemCall {
    number: i64,
    arguments: [u64; 6],
}

impl Table {
    /// Handles a thread's stop at the entry or the exit of a system call.
    fn see(&mut self, thread: Pid) -> Result<()> {
        let info = ptrace::syscall_info(thread)?;
        match info.op {
            libc::PTRACE_SYSCALL_INFO_ENTRY => {
                // SAFETY: `op` says that this member of the union is valid.
                let entry = unsafe { info.u.entry };
                let call = SystemCall {
                    number: entry.nr.try_into()?,
                    arguments: entry.args,
                };
                self.calls.insert(thread, call);
            }
            libc::PTRACE_SYSCALL_INFO_EXIT => {
                // SAFETY: As above.
                let result = unsafe { info.u.exit.sval };
                if let Some(call) = self.calls.remove(&thread) {
                    self.compare(&call, result)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Prints the descriptor that a call has created or closed, if any.
    fn compare(&mut self, call: &SystemCall, result: i64) -> Result<()> {
        let closed = call.arguments[0] as i64;
        if call.number == libc::SYS_close && result == 0 && self.open.remove(&closed) {
            println!("- {closed}");
            return Ok(());
        }
        if result < 0 || self.open.contains(&result) {
            return Ok(());
        }
        // For most calls the result is not a descriptor.
        let process = format!("/proc/{}", self.program);
        let Ok(file) = fs::read_link(format!("{process}/fd/{result}")) else {
            return Ok(());
        };
        let info = fs::read_to_string(format!("{process}/fdinfo/{result}"))?;
        let flags = info
            .lines()
            .find_map(|line| line.strip_prefix("flags:"))
            .context("/proc has no flags of a descriptor")?;
        self.open.insert(result);
        let name = match call.number {
            libc::SYS_openat => "openat",
            libc::SYS_ioctl => "ioctl",
            libc::SYS_dup => "dup",
            libc::SYS_fcntl => "fcntl",
            _ => "other",
        };
        println!(
            "+ {result} {} {name} {} {}",
            flags.trim(),
            call.arguments[1],
            file.display()
        );
        Ok(())
    }
}
