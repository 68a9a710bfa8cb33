// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab source`: prints a definition in the kernel's source.

use std::env;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use anyhow::{Context, Error, Result};

use crate::build::{self, Configuration};
use crate::comparisons::lookup::look_up;

/// Print the definition of NAME in the kernel's source, and its file: a function, `struct file_operations`, a macro
///
/// The lab built its kernel from this source, and the book refers to it.
#[derive(clap::Args)]
pub struct Args {
    /// Open the file at that line in $EDITOR instead
    #[arg(long, short)]
    edit: bool,
    /// The name to find: `anon_inode_getfd`, `struct miscdevice`, `fn register`
    #[arg(required = true)]
    name: Vec<String>,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let source = build::kernel(Configuration::Lab)?.0.source;
    let name = args.name.join(" ");
    let found = look_up(&source, &name)?.with_context(|| {
        let source = source.display();
        format!("no file of {source} defines {name}: a structure is looked for as `struct NAME`")
    })?;
    let path = source.join(&found.file);
    if args.edit {
        let editor = env::var_os("EDITOR").unwrap_or("vi".into());
        let mut command = Command::new(&editor);
        command.arg(format!("+{}", found.line)).arg(path);
        let error = Error::from(command.exec());
        return Err(error.context(format!(
            "{} does not start: set EDITOR to the name of your editor",
            editor.display()
        )));
    }
    println!("{}:{}\n\n{}", path.display(), found.line, found.text);
    Ok(ExitCode::SUCCESS)
}
