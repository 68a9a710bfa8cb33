// SPDX-License-Identifier: MIT OR Apache-2.0

//! For what something is built: to run, or to be watched.

use lab::comparisons::watched::How;

/// How modules and programs are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// To run. Their code is that of the checkout's; a crash is told by lines.
    Plain,
    /// So that ftrace knows the functions of modules in Rust.
    Traceable,
    /// For gdb, with types and variables.
    Debuggable,
}

impl Variant {
    /// What is needed to watch it so.
    pub fn to_be(how: How) -> Self {
        match how {
            How::Counted => Variant::Plain,
            How::Traced => Variant::Traceable,
            How::Debugged => Variant::Debuggable,
        }
    }

    /// The folder of what is made so, in that of all.
    pub fn folder(self) -> &'static str {
        match self {
            Variant::Plain => "",
            Variant::Traceable => "traceable",
            Variant::Debuggable => "debuggable",
        }
    }

    /// What Kbuild is told.
    pub fn of_module(self) -> [String; 2] {
        let (rust, c) = match self {
            Variant::Plain | Variant::Traceable => ("-Cdebuginfo=line-tables-only", "-g1"),
            Variant::Debuggable => ("-Cdebuginfo=2", "-g"),
        };
        let rust = match self {
            Variant::Traceable => format!("{} {rust}", lab::build::TRACEABLE),
            _ => format!("RUSTFLAGS_MODULE={rust}"),
        };
        [rust, format!("KCFLAGS={c}")]
    }

    /// What rustc is told of a program.
    pub fn of_program(self) -> &'static [&'static str] {
        match self {
            Variant::Plain | Variant::Traceable => &["-Copt-level=s", "-Cstrip=symbols"],
            // At a fixed address, so that gdb knows where the program is before it runs.
            Variant::Debuggable => &[
                "-Copt-level=0",
                "-Cdebuginfo=2",
                "-Crelocation-model=static",
            ],
        }
    }
}
