// SPDX-License-Identifier: MIT OR Apache-2.0

//! The purpose of a build: running the result, or watching it.

use std::path::Path;

use lab::comparisons::watched::How;

/// rustc's flag for about two codegen units for each Rust module, instead of the kernel's one: an
/// edit changes few of them.
const CODEGEN_UNITS: &str = "-Ccodegen-units=256";

/// Kbuild's command for a Rust object, from `scripts/Makefile.build`, changed for many units: rustc
/// writes an object for each, and the linker makes one of them. objtool asks for `--link` then.
const CMD_RUSTC_O_RS: &str = "cmd_rustc_o_rs=rm -f $(@:.o=.*.rcgu.o); \
    $(rust_common_cmd) --emit=obj $<; \
    $(LD) -r -o $@ $(@:.o=.*.rcgu.o) \
    $(cmd_objtool) --link";

/// A variant of a build of modules and programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// For running soon after an edit. Crashes are reported with line numbers.
    Plain,
    /// For counting instructions: the code equals the checkout's.
    Counted,
    /// For ftrace, which then knows the functions of Rust modules.
    Traceable,
    /// For gdb, with types and variables.
    Debuggable,
}

impl Variant {
    /// Returns the variant for this way of watching.
    pub fn to_be(how: How) -> Self {
        match how {
            How::Counted => Variant::Counted,
            How::Traced => Variant::Traceable,
            How::Debugged => Variant::Debuggable,
        }
    }

    /// Returns the folder of this variant's results, in that of all.
    pub fn folder(self) -> &'static str {
        match self {
            Variant::Plain => "",
            Variant::Counted => "counted",
            Variant::Traceable => "traceable",
            Variant::Debuggable => "debuggable",
        }
    }

    /// Returns the arguments for Kbuild. `output` is the folder of the results.
    pub fn of_module(self, output: &Path) -> Vec<String> {
        let lines = "-Cdebuginfo=line-tables-only";
        let rust = match self {
            // rustc compiles only what has changed, and optimizes hiboma.ko like the kernel, not more.
            Variant::Plain => vec![
                format!(
                    "RUSTFLAGS_MODULE={lines} -Cincremental={}/incremental {CODEGEN_UNITS}",
                    output.display()
                ),
                "RUSTFLAGS_hiboma.o=".to_owned(),
                CMD_RUSTC_O_RS.to_owned(),
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

    /// Returns the arguments of rustc for a program.
    pub fn of_program(self) -> &'static [&'static str] {
        match self {
            // A fixed address, so that gdb knows the program's addresses before it runs.
            Variant::Debuggable => &[
                "-Copt-level=0",
                "-Cdebuginfo=2",
                "-Crelocation-model=static",
            ],
            _ => &["-Copt-level=s", "-Cstrip=symbols"],
        }
    }
}
