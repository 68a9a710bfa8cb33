// SPDX-License-Identifier: MIT OR Apache-2.0

//! Runs rustfmt and clippy: the kernel's for the module, and cargo's for the rest.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Result;
use duct::{Expression, cmd};
use libtest_mimic::Trial;

use crate::build::{self, Configuration};
use crate::{exercises, workspace};

/// Returns the trials, named `lint::WHERE::TOOL`.
pub fn trials() -> Result<Vec<Trial>> {
    let root = workspace::root();
    let (kernel, toolchain) = build::kernel(Configuration::Lab)?;
    let module = root.join("module").canonicalize()?.display().to_string();
    let output = workspace::target()
        .join("modules")
        .join(&kernel.key)
        .join("clippy");
    std::fs::create_dir_all(&output)?;
    let kdir = format!("KDIR={}", kernel.folder.display());
    let mo = format!("MO={}", output.canonicalize()?.display());

    let cargo_clippy = cmd!(
        "cargo",
        "clippy",
        "--quiet",
        "--workspace",
        "--all-targets",
        "--",
        "--deny=warnings"
    );
    let rustfmt = |style: &[&str], name| -> Result<Expression> {
        let mut arguments: Vec<_> = ["--check"]
            .iter()
            .chain(style)
            .map(OsString::from)
            .collect();
        arguments.extend(exercise_files(name)?.into_iter().map(OsString::from));
        Ok(cmd("rustfmt", arguments).dir(root))
    };
    let exercise_modules = rustfmt(&["--config-path", &module], "exercise.rs")?;
    let exercise_programs = rustfmt(&["--edition", "2024"], "main.rs")?;

    Ok(vec![
        trial(
            "userspace::rustfmt",
            cmd!("cargo", "fmt", "--all", "--check").dir(root),
        ),
        trial("userspace::clippy", cargo_clippy.dir(root)),
        // Their own trials run clippy, when they build them.
        trial("exercises::rustfmt::modules", exercise_modules),
        trial("exercises::rustfmt::programs", exercise_programs),
        trial(
            "module::rustfmt",
            toolchain.make(["-C", &module, "rustfmtcheck"]),
        ),
        trial(
            "module::clippy",
            toolchain.make(["-C", &module, &kdir, &mo, "clippy"]),
        ),
    ])
}

/// Returns the file of this name of each starting point and each solution that has one; rustfmt
/// follows its modules.
fn exercise_files(name: &str) -> Result<Vec<PathBuf>> {
    let files = exercises::all()?.into_iter().flat_map(|exercise| {
        ["start", "solution"].map(|version| exercise.folder().join(version).join(name))
    });
    Ok(files.filter(|file| file.exists()).collect())
}

fn trial(name: &str, command: Expression) -> Trial {
    Trial::test(format!("lint::{name}"), move || {
        let output = command
            .stderr_to_stdout()
            .stdout_capture()
            .unchecked()
            .run()?;
        if output.status.success() {
            return Ok(());
        }
        Err(String::from_utf8_lossy(&output.stdout).into())
    })
}
