// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab kdir`: prints the folder of the kernel for building other modules.

use std::process::ExitCode;

use anyhow::Result;

use crate::build::{self, KernelArguments};

const EXAMPLE: &str = "\
For your own module, with the line `obj-m := hello.o` in its Kbuild:
  KDIR=$(cargo lab kdir)
  make -C $KDIR M=/path/to/hello modules
  cargo lab run --dmesg --file /path/to/hello/hello.ko -- insmod hello.ko";

/// Print the folder for building your own modules: the KDIR of `make -C KDIR M=FOLDER modules`
///
/// Build the kernel first if necessary.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub struct Args {
    #[command(flatten)]
    kernel: KernelArguments,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let (kernel, toolchain) = build::kernel(args.kernel.wanted())?;
    if let Some(clang) = toolchain.other_compiler() {
        eprintln!("This kernel is built by clang: give make CC={clang}");
    }
    println!("{}", kernel.folder.display());
    Ok(ExitCode::SUCCESS)
}
