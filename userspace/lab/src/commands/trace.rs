// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab trace`: the functions of the kernel that run on a command's behalf.

use std::process::ExitCode;

use anyhow::{Result, ensure};
use lab_protocol::Status;

use crate::build;
use crate::comparisons::pairs::{self, Pair};
use crate::guest::{Arguments, Guest, HIBOMA, Options, UNATTENDED, exit_code};
use crate::trace::{Call, Roots, Wanted, aligned, show, simplified, trace};

/// Run a command in the guest, and print which functions of the kernel run on its behalf
///
/// By default these are its ioctls, and where a module has a part in it, its mmaps, its closes and its
/// page faults. Functions in Rust are among them; one that the compiler has put into its caller is not.
/// What the command prints goes to standard error. The name of a step, such as 3-descriptor, traces it
/// on both devices, and shows where they call the same function.
#[derive(clap::Args)]
#[command(after_help = exit_code::HELP)]
pub struct Args {
    #[command(flatten)]
    guest: Arguments,
    /// Go so many calls deep
    #[arg(long, value_name = "N")]
    depth: Option<u32>,
    /// Trace this function, and what it calls: `anon_inode_getfd`, or in Rust `Vm::getfd`
    #[arg(long, value_name = "FUNCTION", conflicts_with_all = ["syscall", "module"])]
    only: Option<String>,
    /// Trace this system call, such as `openat`
    #[arg(long, value_name = "NAME", conflicts_with = "module")]
    syscall: Option<String>,
    /// Trace all functions of this module, and what they call
    #[arg(long, value_name = "MODULE")]
    module: Option<String>,
    /// Show all that was called, also how memory was found and how tasks waited
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
    let kernel = args.guest.kernel();
    let options = args.guest.options()?;
    let options = Options {
        timeout: options.timeout.or(Some(UNATTENDED)),
        files: [build::traceable(kernel.clone())?, options.files].concat(),
        ..options
    };
    let image = build::image(kernel)?;
    let wanted = args.wanted();
    let trace = |argv: &[String]| -> Result<(Vec<Call>, Status)> {
        let mut guest = Guest::start(&image, &options)?;
        guest.load_module(HIBOMA)?;
        let (calls, status) = trace(&mut guest, &wanted, argv)?;
        let name = argv.join(" ");
        ensure!(
            !calls.is_empty(),
            "`{name}` has called none of what was traced; --syscall NAME traces another system call"
        );
        if args.raw {
            return Ok((calls, status));
        }
        Ok((calls.into_iter().map(simplified).collect(), status))
    };
    if let Some(pair) = args.step()? {
        let (left, status) = trace(&words(&pair.hiboma.command))?;
        let (right, _) = trace(&words(&pair.kvm.command))?;
        print!("{}", aligned(("/dev/hiboma", &left), ("/dev/kvm", &right)));
        return Ok(status);
    }
    let (calls, status) = trace(&args.command)?;
    print!("{}", show(&calls));
    Ok(status)
}

impl Args {
    fn wanted(&self) -> Wanted {
        let roots = match (&self.only, &self.syscall, &self.module) {
            (Some(function), _, _) => Roots::Function(function.clone()),
            (_, Some(name), _) => Roots::Syscall(name.clone()),
            (_, _, Some(module)) => Roots::Module(module.clone()),
            (None, None, None) => Roots::OfDescriptors,
        };
        Wanted {
            roots,
            depth: self.depth,
        }
    }

    /// The step that the command is the name of.
    fn step(&self) -> Result<Option<Pair>> {
        let [name] = &self.command[..] else {
            return Ok(None);
        };
        Ok(pairs::all()?.into_iter().find(|pair| pair.step == *name))
    }
}

/// The words of a step's command, which has no more to it.
fn words(command: &str) -> Vec<String> {
    command.split_whitespace().map(str::to_owned).collect()
}
