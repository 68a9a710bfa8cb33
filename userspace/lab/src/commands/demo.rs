// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab demo`: every pair, its two sides next to each other.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use console::Term;

use crate::guest::{Arguments, Guest, HIBOMA, Output};
use crate::side_by_side::side_by_side;
use crate::{build, pairs};

/// How wide the output is where there is no terminal to ask.
const COLUMNS_IN_A_PIPE: u16 = 100;

/// What stands where hiboma does not have a layer yet.
const NOT_YET: &str = "(this layer is still to come)";

/// Runs every pair in the guest and prints the two sides next to each other
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    guest: Arguments,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let image = build::image()?;
    let started = Instant::now();
    let mut guest = Guest::boot(&image, &args.guest.options()?)?;
    guest.load_module(HIBOMA)?;

    let columns = Term::stdout()
        .size_checked()
        .map_or(COLUMNS_IN_A_PIPE, |(_rows, columns)| columns);
    let mut all_well = true;
    for pair in pairs::all()? {
        let mut run = |program: Option<String>| -> Result<String> {
            let Some(program) = program else {
                return Ok(NOT_YET.to_owned());
            };
            let output = guest.output(&[&program])?;
            all_well &= output.status.success();
            Ok(text(&output))
        };
        let (hiboma, kvm) = (run(pair.hiboma)?, run(pair.kvm)?);
        println!("{}", pair.step);
        println!(
            "{}",
            side_by_side(("/dev/hiboma", &hiboma), ("/dev/kvm", &kvm), columns)
        );
    }
    println!(
        "One guest, booted with {}, {:.1} s in all.",
        guest.accelerator(),
        started.elapsed().as_secs_f32()
    );
    Ok(if all_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// All that a program printed, and its status if not 0.
fn text(output: &Output) -> String {
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text += &String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        text += &format!("[exit status {}]\n", output.status.code());
    }
    text
}
