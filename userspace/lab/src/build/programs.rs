// SPDX-License-Identifier: MIT OR Apache-2.0

//! What runs in the guest, as static binaries: PID 1, the pairs, `calls`, the C client, the tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use cargo_metadata::Message;
use duct::cmd;

use crate::{cache, workspace};

/// The guest has no shared libraries; this target needs nothing but the C library's static half.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// PID 1, the programs of the pairs, and `calls`.
pub fn programs() -> Result<Vec<PathBuf>> {
    cargo(&[
        "build",
        "--package=guest-init",
        "--package=pairs",
        "--package=calls",
        "--bins",
    ])
}

/// The tests of the crate `guest-tests`, one binary.
pub fn tests() -> Result<PathBuf> {
    let binaries = cargo(&["test", "--no-run", "--package=guest-tests", "--test=guest"])?;
    binaries
        .into_iter()
        .next()
        .context("guest-tests made no binary")
}

/// The C client of `comparisons/c`.
pub fn c_client() -> Result<PathBuf> {
    let folder = workspace::root().join("comparisons/c");
    let sources = ["client.c", "hiboma.h"].map(|name| fs::read_to_string(folder.join(name)));
    let [client, header] = sources;
    let output = workspace::target()
        .join("guest/c")
        .join(cache::key([client?.as_str(), &header?]));
    let program = output.join("client");
    if !program.exists() {
        fs::create_dir_all(&output)?;
        // Made beside and moved, since another lab may be about to read it.
        let partial = tempfile::NamedTempFile::new_in(&output)?.into_temp_path();
        let source = folder.join("client.c");
        cmd!(
            "gcc", "-static", "-O2", "-Wall", "-Werror", "-o", &partial, source
        )
        .run()
        .context("the C client does not compile")?;
        partial.persist(&program)?;
    }
    Ok(program)
}

/// Runs cargo for the guest and returns the executables that it made.
fn cargo(arguments: &[&str]) -> Result<Vec<PathBuf>> {
    let mut cargo = Command::new("cargo")
        .args(arguments)
        .args([
            "--profile=guest",
            "--target",
            TARGET,
            "--message-format=json-render-diagnostics",
        ])
        .arg("--target-dir")
        .arg(workspace::target().join("guest"))
        .env(
            "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS",
            "-C target-feature=+crt-static",
        )
        .current_dir(workspace::root())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("cargo does not run")?;
    let output = std::io::BufReader::new(cargo.stdout.take().context("cargo's output")?);
    let mut executables = Vec::new();
    for message in Message::parse_stream(output) {
        if let Message::CompilerArtifact(artifact) = message? {
            executables.extend(artifact.executable.map(PathBuf::from));
        }
    }
    ensure!(
        cargo.wait()?.success(),
        "the guest's programs do not compile: see above"
    );
    Ok(executables)
}

/// The name of a program's file.
pub fn name(program: &Path) -> Result<&str> {
    program
        .file_name()
        .and_then(|name| name.to_str())
        .context("a program without a name")
}
