// SPDX-License-Identifier: MIT OR Apache-2.0

//! Executes a program in the calling process, which cannot be used for anything else afterwards.

use std::ffi::CStr;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use nix::errno::Errno;
use nix::libc;

use crate::generator::Mode;
use crate::ops::{Op, Process};
use crate::outcome::Outcome;
use crate::program::Program;
use crate::trace::Trace;
use crate::value::THREADS;
use crate::world::{Thread, World};

/// Returns the time limit of a `KVM_RUN`.
fn limit(mode: Mode) -> Duration {
    match mode {
        Mode::Compared => Duration::from_millis(20),
        Mode::Threads => Duration::from_micros(500),
    }
}

/// Executes the ops, and records their outcomes.
pub fn execute(program: &Program, device: &CStr, mode: Mode, trace: Trace) -> Result<()> {
    let world = World::new(device)?;
    let thread = |number| Thread::new(&world, number, mode == Mode::Compared, limit(mode));
    let mut main = thread(0)?;
    main.begin()?;
    // Before the ops, since one may limit the number of open files.
    let others = match mode {
        Mode::Compared => Vec::new(),
        Mode::Threads => (1..THREADS).map(thread).collect::<Result<_>>()?,
    };

    let (together, all) = (program.threads(), program.0.len());
    let ops = |number, range: std::ops::Range<usize>| -> Vec<_> {
        let mut ops: Vec<_> = range.collect();
        ops.retain(|op| program.0[*op].thread == number);
        ops
    };
    sequence(
        &mut main,
        program,
        &(0..together).collect::<Vec<_>>(),
        trace,
    )?;
    if together == all {
        return Ok(());
    }
    thread::scope(|scope| {
        let others: Vec<_> = others
            .into_iter()
            .map(|mut thread| {
                let ops = ops(thread.number, together..all);
                scope.spawn(move || {
                    thread.begin()?;
                    sequence(&mut thread, program, &ops, trace)
                })
            })
            .collect();
        sequence(&mut main, program, &ops(0, together..all), trace)?;
        others.into_iter().try_for_each(|other| {
            let result = other.join();
            result.map_err(|_| anyhow!("a thread panicked"))?
        })
    })
}

/// Executes these ops in sequence.
fn sequence(thread: &mut Thread, program: &Program, ops: &[usize], trace: Trace) -> Result<()> {
    let mut in_child = false;
    let mut next = 0;
    while let Some(&number) = ops.get(next) {
        next += 1;
        match &program.0[number].op {
            Op::Process(Process::Fork) => match fork(thread)? {
                None => in_child = true,
                Some(status) => {
                    trace.put(number, &status);
                    let is_exit = |op: &usize| program.0[*op].op == Op::Process(Process::Exit);
                    let exit = ops[next..].iter().position(is_exit);
                    next = exit.map_or(ops.len(), |exit| next + exit + 1);
                }
            },
            Op::Process(Process::Exit) if in_child => break,
            op => trace.put(number, &op.execute(thread)),
        }
    }
    if in_child {
        // SAFETY: `_exit` only ends the process.
        unsafe { libc::_exit(0) };
    }
    Ok(())
}

/// Forks. The parent waits for the child, and returns its exit status; the child returns nothing.
fn fork(thread: &mut Thread) -> Result<Option<Outcome>> {
    // SAFETY: glibc keeps its allocator usable in the child, which needs no other lock.
    let child = unsafe { libc::fork() };
    if Errno::result(child).context("fork")? == 0 {
        // SAFETY: It takes only numbers. A child dies with its parent.
        unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
        thread.begin()?;
        return Ok(None);
    }
    let mut status = 0;
    // SAFETY: `status` has room for the result.
    while unsafe { libc::waitpid(child, &raw mut status, 0) } == -1 && Errno::last() == Errno::EINTR
    {
    }
    Ok(Some(Outcome {
        result: status.into(),
        ..Outcome::default()
    }))
}
