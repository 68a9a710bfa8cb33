// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab demo`: runs every step on the two devices, side by side.

use std::io::{Write, stdout};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;

use crate::build;
use crate::comparisons::pairs;
use crate::guest::{Guest, HIBOMA, Options, StartArguments, UNATTENDED, Undelivered};
use crate::text::{columns, wrapped_error};

/// The width of the output if there is no terminal to ask.
const COLUMNS_IN_A_PIPE: u16 = 96;

const NEXT: &str = "
What to do next:
  read    make serve               the book, which explains each of these steps
  play    cargo lab shell          and in it: 11-life /dev/hiboma
  write   cargo lab exercise list  an ioctl of your own, in ten minutes";

/// Run every step on /dev/hiboma and on /dev/kvm, and print both outputs side by side
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    guest: StartArguments,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let image = build::image(args.guest.kernel())?;
    let terminal = columns();

    let started = Instant::now();
    let options = Options {
        timeout: args.guest.timeout.or(Some(UNATTENDED)),
        ..args.guest.options()?
    };
    let mut guest = Guest::start(&image, &options)?;
    guest.load_module(HIBOMA)?;
    let pairs = pairs::all()?;
    let wanted = pairs::columns_wanted(&pairs)?;
    if let Some(columns) = terminal.filter(|columns| *columns < wanted) {
        let note = format!(
            "This terminal has {columns} columns. With {wanted} the two devices are side by side in every \
             step, not one below the other."
        );
        eprintln!("{}\n", wrapped_error(&note));
    }
    let columns = terminal.unwrap_or(COLUMNS_IN_A_PIPE);
    let all_well = pairs::show(&pairs, &mut guest, columns, &mut stdout())?;
    writeln!(
        stdout(),
        "All in one guest, on {}: {:.1} s from its start to here.",
        guest.accelerator(),
        started.elapsed().as_secs_f32()
    )
    .map_err(Undelivered)?;
    println!("{NEXT}");
    Ok(if all_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
