// SPDX-License-Identifier: MIT OR Apache-2.0

//! The columns of the tables. Each has a guest of its own, so that columns do not influence each other.

use anyhow::Result;
use lab_protocol::Command;

use crate::build;
use crate::guest::{Accelerator, Guest, Options, UNATTENDED};
use crate::image::Image;

/// The path in the guest of the program that counts.
const PROGRAM: &str = "/bin/costs";

/// A column's short name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum On {
    /// hiboma_c.ko
    C,
    /// hiboma_tiny.ko
    Tiny,
    /// hiboma.ko, the interpreter
    Hiboma,
    /// hiboma.ko, VMRUN
    HibomaSvm,
    /// KVM
    Kvm,
}

/// A column: the module that is loaded, and the interfaces that are counted.
pub struct Column {
    pub on: On,
    pub name: &'static str,
    pub title: &'static str,
    module: &'static str,
    /// The program's names of the interfaces. If two of them count the same thing, the later wins.
    pub interfaces: &'static [&'static str],
}

/// All columns.
pub const COLUMNS: [Column; 5] = [
    Column {
        on: On::C,
        name: "c",
        title: "C twin",
        module: "hiboma_c.ko",
        interfaces: &["kernel", "own"],
    },
    Column {
        on: On::Tiny,
        name: "tiny",
        title: "`hiboma_tiny`",
        module: "hiboma_tiny.ko",
        interfaces: &["kernel", "own"],
    },
    Column {
        on: On::Hiboma,
        name: "hiboma",
        title: "`hiboma`",
        module: "hiboma.ko",
        interfaces: &["kernel", "own", "/dev/hiboma"],
    },
    Column {
        on: On::HibomaSvm,
        name: "hiboma-svm",
        title: "`hiboma-svm`",
        module: "hiboma.ko",
        interfaces: &["kernel", "/dev/hiboma-svm"],
    },
    Column {
        on: On::Kvm,
        name: "kvm",
        title: "KVM",
        module: "hiboma.ko",
        interfaces: &["kernel", "/dev/kvm"],
    },
];

impl Column {
    /// Returns a guest that counts, with the module loaded.
    pub fn guest(&self, image: &Image) -> Result<Guest> {
        let options = Options {
            accelerator: Some(Accelerator::Tcg),
            counted: true,
            timeout: Some(UNATTENDED),
            files: vec![build::costs()?],
            ..Options::default()
        };
        let mut guest = Guest::start(image, &options)?;
        guest.load_module(&format!("/lib/modules/{}", self.module))?;
        Ok(guest)
    }
}

/// Returns the command that runs the program with these arguments.
pub fn program(arguments: &[&str]) -> Command {
    let argv = [&[PROGRAM], arguments].concat();
    Command {
        argv: argv.into_iter().map(str::to_owned).collect(),
        env: Vec::new(),
        terminal: None,
    }
}
