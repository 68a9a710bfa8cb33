// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab trace`: prints the kernel functions that run for a command.

use std::io::{Write, stderr};
use std::process::ExitCode;

use anyhow::{Result, ensure};
use lab_protocol::Status;

use crate::build;
use crate::build::exercise::Strictness;
use crate::comparisons::pairs::{self, Pair};
use crate::exercises;
use crate::guest::{Guest, Options, StartArguments, UNATTENDED, exit_code};
use crate::image::GuestFile;
use crate::own::Own;
use crate::trace::{Call, Roots, Wanted, aligned, count, show, simplified, trace};

/// Run a command in the guest, and print which kernel functions run for it
///
/// By default, trace the command's ioctls, and those of its mmaps, closes and page faults that reach a module. The
/// trace includes Rust functions, but no functions that the compiler has inlined. The command has no input, and
/// its output goes to standard error. With the name of a step, such as 3-descriptor, trace the step on both
/// devices, and show where they call the same function.
#[derive(clap::Args)]
#[command(after_help = exit_code::HELP)]
pub struct Args {
    #[command(flatten)]
    guest: StartArguments,
    /// Print this many levels of calls
    #[arg(long, value_name = "N")]
    depth: Option<u32>,
    /// Trace this function and what it calls: `anon_inode_getfile`, in Rust `Vm::getfd`, or `::release` of all
    /// types; can be given several times
    #[arg(long, value_name = "FUNCTION", conflicts_with_all = ["syscall", "module"])]
    only: Vec<String>,
    /// Trace this system call, such as `openat`
    #[arg(long, value_name = "NAME", conflicts_with = "module")]
    syscall: Option<String>,
    /// Trace all functions of this module and what they call
    #[arg(long, value_name = "MODULE")]
    module: Option<String>,
    /// Load this module to get /dev/hiboma
    #[arg(long, value_name = "FILE", default_value = "hiboma.ko")]
    load: String,
    /// Use your solution of this exercise: copy your program to ./exercise in the guest, or load your module
    #[arg(long, value_name = "N")]
    exercise: Option<String>,
    /// Print before each call how many instructions it took, including the functions that it called
    ///
    /// The counts are the same on each run. Counting uses the module without tracing. The counts include
    /// exceptions, such as a page fault in a copy from userspace. They do not include interrupts, other tasks and
    /// the instructions of a guest. Calls on one line are added up. Errnos are not printed. The guest is
    /// emulated, and has one CPU.
    #[arg(long, conflicts_with = "exercise")]
    count: bool,
    /// Print every call, including memory allocation, locking and scheduling
    #[arg(long)]
    raw: bool,
    /// The command and its arguments, or the name of a step
    #[arg(required = true, trailing_var_arg = true, value_name = "CMD")]
    command: Vec<String>,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let seen = args.guest.verbose;
    Ok(exit_code::exit_code(run(args), seen))
}

fn run(args: Args) -> Result<Status> {
    let (text, status) = text(args, &Own::none(), &mut stderr())?;
    print!("{text}");
    Ok(status)
}

/// Returns a command's call graph, and how it ended. The command's output goes to `output`.
pub fn text(args: Args, own: &Own, output: &mut dyn Write) -> Result<(String, Status)> {
    let kernel = args.guest.kernel();
    let options = args.guest.options()?;
    let made = match (&own.exercise, &args.exercise) {
        (Some(made), _) => Some(made.clone()),
        (None, Some(it)) => Some(exercises::made(it, Strictness::Traceable, kernel.clone())?),
        (None, None) => None,
    };
    let made: Vec<GuestFile> = made.into_iter().collect();
    let options = Options {
        timeout: own.timeout.or(options.timeout).or(Some(UNATTENDED)),
        files: [&own.files[..], &options.files].concat(),
        ..options
    };
    let image = build::image(kernel.clone())?;
    let module = format!("/lib/modules/{}", args.load);
    let traceable = build::traceable(kernel.clone())?;
    let kernel = build::kernel(kernel)?.0;
    let wanted = Wanted {
        roots: args.roots(),
        source: kernel.source,
        depth: args.depth,
    };
    let mut trace = |argv: &[String]| -> Result<(Vec<Call>, Status)> {
        let (calls, status) = if args.count {
            count(
                &image,
                options.clone(),
                (&kernel.folder, &module),
                &wanted,
                argv,
                (output, own.started),
            )?
        } else {
            let options = Options {
                files: [&traceable[..], &made, &options.files].concat(),
                ..options.clone()
            };
            let mut guest = Guest::start(&image, &options)?;
            (own.started)(guest.hang_up()?);
            guest.load_module(&module)?;
            guest.load_modules(&made)?;
            trace(&mut guest, &wanted, argv, output)?
        };
        let name = argv.join(" ");
        ensure!(
            !calls.is_empty() || !status.success(),
            "`{name}` called none of the traced functions. Run it without a trace to see whether it reaches the device. \
             --syscall NAME traces another system call"
        );
        if args.raw {
            return Ok((calls, status));
        }
        Ok((simplified(calls), status))
    };
    if let Some(pair) = args.step()? {
        let words = |command: &str| shlex::split(command).unwrap_or_default();
        let (left, status) = trace(&words(&pair.hiboma.command))?;
        let (right, of_right) = trace(&words(&pair.kvm.command))?;
        let text = aligned(("/dev/hiboma", &left), ("/dev/kvm", &right));
        let status = if status.success() { of_right } else { status };
        return Ok((text, status));
    }
    let (calls, status) = trace(&args.command)?;
    Ok((show(&calls), status))
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

    /// Returns whether the guest has only what every guest has, and no other files of this machine.
    pub fn has_plain_guest(&self) -> bool {
        self.guest.are_default() && !self.load.contains('/')
    }

    /// Returns whether instructions are counted, which needs the modules without tracing.
    pub fn is_counted(&self) -> bool {
        self.count
    }

    fn roots(&self) -> Roots {
        match (&self.syscall, &self.module) {
            (Some(name), _) => Roots::Syscall(name.clone()),
            (_, Some(module)) => Roots::Module(module.clone()),
            (None, None) if self.only.is_empty() => Roots::OfDescriptors,
            (None, None) => Roots::Functions(self.only.clone()),
        }
    }

    /// Returns the step, if the command is the name of one.
    fn step(&self) -> Result<Option<Pair>> {
        let [name] = &self.command[..] else {
            return Ok(None);
        };
        Ok(pairs::all()?.into_iter().find(|pair| pair.step == *name))
    }
}
