// SPDX-License-Identifier: MIT OR Apache-2.0

//! rustfmt and clippy, the kernel's for the module and cargo's for the rest.

use anyhow::Result;
use duct::{Expression, cmd};
use libtest_mimic::Trial;

use crate::{build, workspace};

/// The trials, named `lint::WHERE::TOOL`.
pub fn trials() -> Result<Vec<Trial>> {
    let root = workspace::root();
    let (kernel, toolchain) = build::kernel()?;
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
    Ok(vec![
        trial(
            "userspace::rustfmt",
            cmd!("cargo", "fmt", "--all", "--check").dir(root),
        ),
        trial("userspace::clippy", cargo_clippy.dir(root)),
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
