// SPDX-License-Identifier: MIT OR Apache-2.0

//! Runs the function graph tracer, set up as its documentation says.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Result, ensure};
use lab_protocol::{Command, PATH, Status};

use super::functions::{Functions, read};
use super::graph::{Call, parse};
use crate::guest::Guest;

/// Sets up the tracer. Its arguments are the functions; the depth is in the environment. The options
/// exist only once the tracer is selected. Nothing is traced until tracing is switched on.
const SET_UP: &str = "\
set -e
cd /sys/kernel/tracing
echo 0 > tracing_on
printf '%s\\n' \"$@\" > set_graph_function
echo \"$DEPTH\" > max_graph_depth
echo 16384 > buffer_size_kb
echo function_graph > current_tracer
for option in nofuncgraph-irqs nofuncgraph-cpu nofuncgraph-duration nofuncgraph-overhead \\
              funcgraph-proc funcgraph-tail funcgraph-retval function-fork
do echo $option > trace_options
done
echo > trace";

/// Executes the command. An exec switches tracing on, for the command and its children.
const RUN: &str = "\
echo $$ > /sys/kernel/tracing/set_ftrace_pid &&
echo traceon > /sys/kernel/tracing/events/sched/sched_process_exec/trigger &&
exec \"$@\"";

/// Removes the trigger too, since the next exec would switch tracing on again.
const STOP: &str = "\
echo '!traceon' > /sys/kernel/tracing/events/sched/sched_process_exec/trigger
echo 0 > /sys/kernel/tracing/tracing_on";

/// The trace, and how many events did not fit into its buffer.
const TRACE: &str = "/sys/kernel/tracing/trace";
const LOST: &str =
    "cat /sys/kernel/tracing/per_cpu/cpu*/stats | grep -E '^(overrun|dropped events):'";

/// What to trace.
pub struct Wanted {
    pub roots: Roots,
    /// The source of the guest's kernel.
    pub source: PathBuf,
    /// The depth of the graph; `None` for no limit.
    pub depth: Option<u32>,
}

/// The functions at which a graph begins.
pub enum Roots {
    /// ioctls; and, if a module takes part: `mmap`, `close` with its consequences, and page faults.
    OfDescriptors,
    /// A system call, by name.
    Syscall(String),
    /// Functions, by name.
    Functions(Vec<String>),
    /// All functions of a module.
    Module(String),
}

/// The roots of [`Roots::OfDescriptors`]. `close` only removes the descriptor: the
/// file's last reference is dropped on the way back to userspace, in `__fput`.
const OF_DESCRIPTORS: [&str; 6] = [
    IOCTL,
    "__x64_sys_mmap",
    "__x64_sys_close",
    "__fput",
    "kvm_vcpu_fault",
    "::fault",
];

const IOCTL: &str = "__x64_sys_ioctl";

/// Runs a command, whose output goes to `output`, and returns the kernel functions that ran for it.
pub fn trace(
    guest: &mut Guest,
    wanted: &Wanted,
    argv: &[String],
    output: &mut dyn Write,
) -> Result<(Vec<Call>, Status)> {
    let functions = Functions::of(guest, &wanted.source)?;
    let roots = wanted.roots.symbols(&functions, guest)?;
    let set_up = guest.output_of(Command {
        argv: [&["sh", "-c", SET_UP, "sh"].map(str::to_owned)[..], &roots].concat(),
        env: vec![("DEPTH".into(), wanted.depth.unwrap_or(0).to_string())],
        terminal: None,
    })?;
    let complaint = String::from_utf8_lossy(&set_up.stderr);
    ensure!(set_up.status.success(), "ftrace: {complaint}");

    let command = Command {
        argv: [
            &["sh", "-c", RUN, "sh"].map(str::to_owned)[..],
            &by_path(argv),
        ]
        .concat(),
        env: Vec::new(),
        terminal: None,
    };
    let status = guest.run_to(command, output)?;
    guest.output(&["sh", "-c", STOP])?;
    check_nothing_is_lost(guest)?;
    let calls = parse(&read(guest, TRACE)?)?;
    Ok((wanted.roots.kept(calls), status))
}

impl Roots {
    /// Returns the symbols of these functions. Fails with the reason if there are none.
    pub fn symbols(&self, functions: &Functions, guest: &mut Guest) -> Result<Vec<String>> {
        Ok(match self {
            Roots::OfDescriptors => {
                let of = OF_DESCRIPTORS.iter().map(|name| functions.any_named(name));
                of.collect::<Vec<_>>().concat()
            }
            Roots::Syscall(name) => {
                let found = functions.any_named(&format!("__x64_sys_{name}"));
                ensure!(
                    !found.is_empty(),
                    "there is no system call {name} in the guest's kernel"
                );
                found
            }
            Roots::Functions(names) => {
                let of = names.iter().map(|name| functions.named(name, guest));
                of.collect::<Result<Vec<_>>>()?.concat()
            }
            Roots::Module(name) => functions.in_module(name)?,
        })
    }

    /// Returns those of the calls that are wanted.
    pub fn kept(&self, mut calls: Vec<Call>) -> Vec<Call> {
        if let Roots::OfDescriptors = self {
            calls.retain(|call| call.function == IOCTL || call.reaches_module());
        }
        calls
    }
}

/// Returns the command with its program's path: without it, the shell runs some tools without exec.
pub fn by_path(argv: &[String]) -> Vec<String> {
    let mut argv = argv.to_vec();
    if let Some(program) = argv.first_mut().filter(|it| !it.contains('/')) {
        *program = format!("{PATH}/{program}");
    }
    argv
}

fn check_nothing_is_lost(guest: &mut Guest) -> Result<()> {
    let told = guest.output(&["sh", "-c", LOST])?;
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    let counts = told
        .lines()
        .filter_map(|line| line.split_once(": ")?.1.parse::<u64>().ok());
    let lost: u64 = counts.sum();
    ensure!(
        lost == 0,
        "the trace outgrew its buffer and lost {lost} events: trace less, by --depth, --only or --syscall"
    );
    Ok(())
}
