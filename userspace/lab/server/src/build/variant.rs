// SPDX-License-Identifier: MIT OR Apache-2.0

//! For what something is built: to run, or to be watched.

use std::path::Path;

use lab::comparisons::watched::How;

/// How modules and programs are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// To run, soon after an edit. A crash is told by lines.
    Plain,
    /// To count instructions: the code is that of the checkout's.
    Counted,
    /// So that ftrace knows the functions of modules in Rust.
    Traceable,
    /// For gdb, with types and variables.
    Debuggable,
}

impl Variant {
    /// What is needed to watch it so.
    pub fn to_be(how: How) -> Self {
        match how {
            How::Counted => Variant::Counted,
            How::Traced => Variant::Traceable,
            How::Debugged => Variant::Debuggable,
        }
    }

    /// The folder of what is made so, in that of all.
    pub fn folder(self) -> &'static str {
        match self {
            Variant::Plain => "",
            Variant::Counted => "counted",
            Variant::Traceable => "traceable",
            Variant::Debuggable => "debuggable",
        }
    }

    /// What Kbuild is told. `output` is the folder of what is made.
    pub fn of_module(self, output: &Path) -> Vec<String> {
        let lines = "-Cdebuginfo=line-tables-only";
        let rust = match self {
            // rustc keeps what it knows of the unchanged functions, and optimizes hiboma.ko as the kernel, not more.
            Variant::Plain => vec![
                format!(
                    "RUSTFLAGS_MODULE={lines} -Cincremental={}/incremental",
                    output.display()
                ),
                "RUSTFLAGS_hiboma.o=".to_owned(),
            ],
            Variant::Counted => vec![format!("RUSTFLAGS_MODULE={lines}")],
            Variant::Traceable => vec![format!("{} {lines}", lab::build::TRACEABLE)],
            Variant::Debuggable => vec!["RUSTFLAGS_MODULE=-Cdebuginfo=2".to_owned()],
        };
        let c = match self {
            Variant::Debuggable => "KCFLAGS=-g",
            _ => "KCFLAGS=-g1",
        };
        rust.into_iter().chain([c.to_owned()]).collect()
    }

    /// What rustc is told of a program.
    pub fn of_program(self) -> &'static [&'static str] {
        match self {
            // At a fixed address, so that gdb knows where the program is before it runs.
            Variant::Debuggable => &[
                "-Copt-level=0",
                "-Cdebuginfo=2",
                "-Crelocation-model=static",
            ],
            _ => &["-Copt-level=s", "-Cstrip=symbols"],
        }
    }
}
