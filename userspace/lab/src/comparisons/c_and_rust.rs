// SPDX-License-Identifier: MIT OR Apache-2.0

//! `c/twin.md`, `c/failures.md` and `c/objects.md`: the modules in Rust beside those in C.
//!
//! | file | what it is about |
//! | --- | --- |
//! | `lines.rs` | how long their sources are |
//! | `failures.rs` | where each failure is seen to |
//! | `object.rs` | what the compilers make of them |

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

/// A module that is there in both languages.
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

/// What the two in Rust have in common, and C needs not.
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

/// Lines and tests.
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

/// What can fail, and where that is seen to.
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

/// What the modules are compiled for, and with: of anything else, they are others.
pub fn compilers() -> Result<String> {
    let (kernel, toolchain) = build::kernel(Configuration::Lab)?;
    Ok(format!("Linux {}, {}", kernel.release()?, toolchain.id))
}

/// Bytes and symbols.
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
