// SPDX-License-Identifier: MIT OR Apache-2.0

//! Builds the same graph in a guest that counts, without ftrace: each call with its instructions.
//!
//! This guest gets no input while the command runs, so each run is the same. It boots with the command,
//! and stops just before it. From there on QEMU logs every instruction of the kernel.

use std::collections::HashMap;
use std::fs;
use std::io::{Seek, Write};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use lab_protocol::{Command, REQUESTS, Status, ToGuest, write_frame};
use lazy_regex::{Lazy, Regex, lazy_regex};
use tempfile::NamedTempFile;

use super::calls::{Asked, Calls, Instruction};
use super::code::{Code, Flow};
use super::ftrace::{Wanted, by_path};
use super::functions::{Functions, read};
use super::graph::Call;
use crate::comparisons::costs::Symbols;
use crate::guest::{Accelerator, Guest, HangUp, Options, Place, Repeatable};
use crate::image::{Content, GuestFile, Image};

/// Records each switch from one task to another.
const SET_UP: &str = "echo 1 > /sys/kernel/tracing/events/sched/sched_switch/enable";

/// Marks where the log begins, and executes the command.
const RUN: &str = "echo > /sys/kernel/tracing/trace_marker && exec \"$@\"";

/// The function that writes such a mark: the guest stops there. No other task can run until the mark is
/// written, since preemption is off.
const MARK: &str = "write_marker_to_buffer";

/// The kernel's idle loop is between these symbols.
const IDLE: [&str; 2] = ["__cpuidle_text_start", "__cpuidle_text_end"];

/// The recorded mark and switches.
const NOTES: &str = "/sys/kernel/tracing/trace";

/// A mark with its process: `  sh-71   [000] .....  0.1: tracing_mark_write: `.
static MARKED: Lazy<Regex> = lazy_regex!(r"-(\d+) .*: tracing_mark_write:");

/// A switch with the process that it switches to.
static SWITCHED: Lazy<Regex> = lazy_regex!(r": sched_switch: .* next_pid=(\d+) ");

/// Runs a command in a guest of its own, with a module loaded for /dev/hiboma. `started` gets a handle to the
/// guest. The command's output goes to `output`. `kernel` is the guest kernel's build folder.
pub fn count(
    image: &Image,
    options: Options,
    (kernel, module): (&Path, &str),
    wanted: &Wanted,
    argv: &[String],
    (output, started): (&mut dyn Write, &dyn Fn(HangUp)),
) -> Result<(Vec<Call>, Status)> {
    ensure!(
        options.accelerator != Some(Accelerator::Kvm),
        "--count: KVM counts no instructions; leave out --accel kvm"
    );
    ensure!(
        options.cpus.is_none_or(|cpus| cpus == 1),
        "--count: QEMU counts the instructions of one CPU; leave out --cpus"
    );
    let requests = requests(module, argv)?;
    let mut files = options.files;
    files.push(GuestFile {
        path: REQUESTS.to_owned(),
        content: Content::HostFile(requests.path().to_owned()),
    });
    let options = Options {
        accelerator: Some(Accelerator::Tcg),
        counted: true,
        repeatable: Some(repeatable(kernel)?),
        files,
        ..options
    };
    let mut guest = Guest::start(image, &options)?;
    started(guest.hang_up()?);
    guest.expect_done()?;
    let set_up = guest.output_to(output)?;
    ensure!(
        set_up.success(),
        "the guest's kernel notes no switches: it was built without a tracer"
    );
    guest.expect_stop()?;
    let (status, executed) = guest.log_kernel(output)?;

    let functions = Functions::of(&mut guest, &wanted.source)?.with_rust(&mut guest)?;
    let roots = wanted.roots.symbols(&functions, &mut guest)?;
    let symbols = Symbols::of(&mut guest)?;
    let (command, switches) = switches(&read(&mut guest, NOTES)?)?;
    let addresses = || {
        executed.0.iter().filter_map(|place| match place {
            Place::Kernel(address) => Some(*address),
            _ => None,
        })
    };
    let code = Code::of(&mut guest, addresses())?;
    let asked = Asked {
        lines: (functions.all().iter())
            .map(|it| (symbols.find(it.address).0, it))
            .collect(),
        roots: roots.into_iter().collect(),
        depth: wanted.depth,
    };
    let mut calls = Calls::new(asked, symbols.all(), command, switches);
    let mut known: HashMap<u64, (u64, Flow)> = HashMap::new();
    for address in addresses() {
        let (function, flow) = *(known.entry(address))
            .or_insert_with(|| (symbols.find(address).0, code.flow(address)));
        calls.add(Instruction {
            address,
            function,
            flow,
        });
    }
    Ok((wanted.roots.kept(calls.end()), status))
}

/// Writes a file of the requests that the guest carries out.
fn requests(module: &str, argv: &[String]) -> Result<NamedTempFile> {
    let run = |script: &str, argv: &[String]| {
        let shell = ["sh", "-c", script, "sh"].map(str::to_owned);
        ToGuest::Run(Command {
            argv: [&shell[..], argv].concat(),
            env: Vec::new(),
            terminal: None,
        })
    };
    let mut file = NamedTempFile::new()?;
    for request in [
        ToGuest::LoadModule(module.to_owned()),
        run(SET_UP, &[]),
        run(RUN, &by_path(argv)),
    ] {
        write_frame(&mut file, &request)?;
    }
    file.rewind()?;
    Ok(file)
}

/// Returns the addresses of the kernel's mark and of its idle loop.
fn repeatable(kernel: &Path) -> Result<Repeatable> {
    let symbols = fs::read_to_string(kernel.join("System.map"))?;
    Ok(Repeatable {
        stop_at: address(&symbols, MARK)?,
        idle: address(&symbols, IDLE[0])?..address(&symbols, IDLE[1])?,
    })
}

/// Returns the address of a symbol. A line has the address, a letter and the name.
fn address(symbols: &str, name: &str) -> Result<u64> {
    let mut lines = symbols.lines().map(|line| line.split_whitespace());
    let address = lines.find_map(|mut words| {
        let address = words.next()?;
        (words.nth(1) == Some(name)).then_some(address)
    });
    let address = address.with_context(|| format!("this kernel has no {name}"))?;
    Ok(u64::from_str_radix(address, 16)?)
}

/// Returns the process that made the mark, and each process that ran after it.
fn switches(notes: &str) -> Result<(u32, Vec<u32>)> {
    let mut lines = notes.lines();
    let Some(mark) = lines.find_map(|line| MARKED.captures(line)) else {
        bail!("the notes of switches outgrew their buffer");
    };
    let switches = lines.filter_map(|line| SWITCHED.captures(line)?[1].parse().ok());
    Ok((mark[1].parse()?, switches.collect()))
}
