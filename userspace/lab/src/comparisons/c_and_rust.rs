// SPDX-License-Identifier: MIT OR Apache-2.0

//! `c/twin.md`, `c/failures.md` and `c/objects.md`: compare the modules in Rust with those in C.
//!
//! | file | contents |
//! | --- | --- |
//! | `lines.rs` | the length of their sources |
//! | `failures.rs` | where each failure is handled |
//! | `object.rs` | the compiled modules |

mod failures;
mod lines;
mod object;

use anyhow::{Context, Result, ensure};

use crate::build::{self, Configuration};
use crate::suite::guest_tests;
use lines::Files;
use object::Object;

const HEAD: &str = "\
<!-- SPDX-License-Identifier: CC-BY-4.0 -->
<!-- cargo lab compare makes this -->
";

/// A module that exists in both languages.
struct Twins {
    name: &'static str,
    c: Files,
    rust: Files,
    /// The target of `guest-tests` that both must pass.
    tests: &'static str,
}

const TWINS: [Twins; 2] = [
    Twins {
        name: "`/dev/hiboma`",
        c: Files {
            folder: "comparisons/c",
            names: &["hiboma.c", "hiboma.h"],
        },
        rust: Files {
            folder: "module",
            names: &["hiboma_tiny.rs", "uapi/hiboma.rs"],
        },
        tests: "hiboma",
    },
    Twins {
        name: "the sample",
        c: Files {
            folder: "comparisons/c",
            names: &["anon_inode_sample.c", "anon_inode_sample.h"],
        },
        rust: Files {
            folder: "module/samples/anon_inode",
            names: &["anon_inode_sample.rs", "bell.rs", "uapi.rs"],
        },
        tests: "anon_inode",
    },
];

/// The files that the Rust modules share, and that C does not need.
const ABSTRACTION: Files = Files {
    folder: "module",
    names: &[
        "abstractions/anon_inode/mod.rs",
        "abstractions/anon_inode/vtable.rs",
    ],
};

/// The modules, each in C and in Rust.
const MODULES: [&str; 4] = [
    "hiboma_c.ko",
    "hiboma_tiny.ko",
    "anon_inode_sample_c.ko",
    "anon_inode_sample.ko",
];

/// Returns the table of lines and tests.
pub fn sources() -> Result<String> {
    let mut table = format!(
        "{HEAD}| | lines of C | lines of Rust | tests that both pass |\n\
         | --- | --- | --- | ---: |\n"
    );
    for twins in TWINS {
        let tests = guest_tests::tests_of(twins.tests)?.len();
        let (c, rust) = (twins.c.cell()?, twins.rust.cell()?);
        table += &format!("| {} | {c} | {rust} | {tests} |\n", twins.name);
    }
    table += &format!("| the abstraction | | {} | |\n", ABSTRACTION.cell()?);

    Ok(table)
}

/// Returns the table of failures, and where each is handled.
pub fn failures() -> Result<String> {
    let mut tests = guest_tests::tests_of("fault_injection")?;
    for twins in TWINS {
        tests.extend(guest_tests::tests_of(twins.tests)?);
    }
    let mut table = format!("{HEAD}| | | C | Rust | seen by |\n| --- | --- | --- | --- | --- |\n");
    for failure in failures::all()? {
        let told = failure
            .user
            .map_or(String::new(), |errno| format!("`{errno}`"));
        let (c, rust) = (failure.c.cell()?, failure.rust.cell()?);
        let test = match failure.test {
            Some(test) => {
                ensure!(
                    tests.contains(&test),
                    "failures.toml names the test {test}, which guest-tests does not have"
                );
                format!("`{test}`")
            }
            None => String::new(),
        };
        table += &format!("| {} | {told} | {c} | {rust} | {test} |\n", failure.name);
    }
    Ok(table)
}

/// Returns the kernel and the compilers that the modules are built with, and depend on.
pub fn compilers() -> Result<String> {
    let (kernel, toolchain) = build::kernel(Configuration::Lab)?;
    Ok(format!("Linux {}, {}", kernel.release()?, toolchain.id))
}

/// Returns the table of bytes and symbols.
pub fn objects() -> Result<String> {
    let built = build::modules()?;
    let mut objects = Vec::new();
    for name in MODULES {
        let path = built.iter().find(|path| path.ends_with(name));
        let path = path.with_context(|| format!("the lab builds no {name}"))?;
        objects.push(Object::read(path)?);
    }
    let names = MODULES.map(|name| format!("`{name}`")).join(" | ");
    let mut table = format!("{HEAD}| | {names} |\n");
    table += "| --- | ---: | ---: | ---: | ---: |\n";
    let mut row = |title: &str, value: &dyn Fn(&Object) -> String| {
        let values: Vec<_> = objects.iter().map(value).collect();
        table += &format!("| {title} | {} |\n", values.join(" | "));
    };
    row("code, bytes", &|object| object.code.to_string());
    row("imported symbols", &|object| object.imported().to_string());
    row("… C", &|object| object.c.to_string());
    row("… `rust_helper_…`", &|object| {
        object.helpers.to_string()
    });
    row("… Rust", &|object| object.rust.to_string());
    table += &format!("\n{}\n", compilers()?);
    Ok(table)
}
