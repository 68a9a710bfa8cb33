// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab debug`: gdb on the guest's kernel.

use std::io::{Write, sink, stderr, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use lab_protocol::{Command, Status};

use crate::build;
use crate::build::exercise::Strictness;
use crate::debug::{Debugger, Session, symbols};
use crate::exercises;
use crate::guest::{Guest, Options, StartArguments, exit_code};
use crate::image::Content;
use crate::own::Own;
use crate::workspace;

/// Start a guest, attach gdb to its kernel, and run a command when you type `continue`
///
/// gdb has the symbols and the sources of the kernel, KVM and hiboma, and prints Rust's types. The name of a Rust
/// function is its path: `break hiboma::vm::create_vcpu::ioctl`. A breakpoint stops the whole guest, so nothing
/// times out. The command has no input, and its output goes to standard error. When the command has ended, gdb
/// shows its prompt again. The first use builds the kernel's debug information, which takes about five minutes.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    guest: StartArguments,
    /// Run the gdb commands in this file, and exit
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// Do not start gdb: wait on this local port for another gdb, such as an editor's
    #[arg(long, conflicts_with = "script")]
    port: Option<u16>,
    /// Load this module to get /dev/hiboma
    #[arg(long, value_name = "FILE", default_value = "hiboma.ko")]
    load: String,
    /// Use your solution of this exercise: copy your program to ./exercise in the guest, or load your module
    #[arg(long, value_name = "N")]
    exercise: Option<String>,
    /// The command and its arguments
    #[arg(trailing_var_arg = true, value_name = "CMD")]
    command: Vec<String>,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let seen = args.guest.verbose;
    Ok(exit_code::exit_code(
        debug(args, &Own::none(), &mut stdout(), Box::new(stderr())),
        seen,
    ))
}

/// Returns what gdb prints for a script, and how gdb ended.
pub fn text(args: Args, own: &Own) -> Result<(String, Status)> {
    let mut printed = Vec::new();
    let status = debug(args, own, &mut printed, Box::new(sink()))?;
    Ok((String::from_utf8_lossy(&printed).into_owned(), status))
}

impl Args {
    /// Returns the file of the module that is loaded for /dev/hiboma.
    pub fn module(&self) -> &str {
        &self.load
    }

    /// Returns the exercise that is put into the guest.
    pub fn exercise(&self) -> Option<&str> {
        self.exercise.as_deref()
    }

    /// Returns the same arguments, with a relative path of the script taken from this folder.
    pub fn in_folder(mut self, folder: &Path) -> Self {
        self.script = self.script.map(|script| folder.join(script));
        self
    }
}

/// `output` is for the output of a script's gdb, `printed` for that of the command.
fn debug(
    args: Args,
    own: &Own,
    output: &mut dyn Write,
    printed: Box<dyn Write + Send>,
) -> Result<Status> {
    let debugger = match (args.script, args.port) {
        (Some(script), _) => Debugger::Script(script),
        (None, Some(port)) => Debugger::Port(port),
        (None, None) => Debugger::Terminal,
    };
    debugger.check()?;
    let kernel = args.guest.kernel();
    let module = format!("/lib/modules/{}", args.load);
    let program = args.command.first().map(|name| format!("/bin/{name}"));
    let mut debuggable = build::debuggable(kernel.clone())?;
    debuggable.retain(|file| file.path == module || Some(&file.path) == program.as_ref());
    let made = match (&own.exercise, &args.exercise) {
        (Some(made), _) => Some(made.clone()),
        (None, Some(it)) => Some(exercises::made(it, Strictness::Compiles, kernel.clone())?),
        (None, None) => None,
    };
    let made: Vec<_> = made.into_iter().collect();
    debuggable.extend(made.clone());
    debuggable.retain(|file| own.files.iter().all(|it| it.path != file.path));
    debuggable.extend(own.files.clone());
    let debug_info = build::debug_info(kernel.clone())?;
    let image = build::image(kernel.clone())?;
    let (kernel, toolchain) = build::kernel(kernel)?;
    let options = args.guest.options()?;
    let options = Options {
        files: [debuggable.clone(), options.files].concat(),
        ..options
    };

    let mut guest = Guest::start(&image, &options)?;
    (own.started)(guest.hang_up()?);
    guest.load_module(&module)?;
    guest.load_modules(&made)?;
    let symbols = symbols(&mut guest, &debug_info, &kernel.source, &debuggable)?;
    let command = (!args.command.is_empty()).then_some(Command {
        argv: args.command,
        env: Vec::new(),
        terminal: None,
    });
    // Rust's files have names such as `library/core/…`.
    let rust = &*toolchain.rust_lib_src;
    let rust = rust.parent().unwrap_or(rust);
    let binaries = debuggable.iter().filter_map(|file| match &file.content {
        Content::HostFile(path) => Some(path.clone()),
        Content::Symlink(_) => None,
    });
    let own_source = own.source.as_deref();
    let session = Session {
        guest,
        command,
        printed,
        symbols,
        vmlinux: debug_info.vmlinux(),
        binaries: binaries.collect(),
        sources: [
            own_source,
            Some(workspace::root()),
            Some(&kernel.source),
            Some(rust),
        ]
        .into_iter()
        .flatten()
        .collect(),
        gdb: own.gdb,
    };
    session.run(&debugger, output)
}
