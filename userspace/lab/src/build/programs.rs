// SPDX-License-Identifier: MIT OR Apache-2.0

//! The programs that run in the guest, as static binaries: PID 1, the pairs, `calls`, the C
//! clients, the tests, the differential runs, the fuzzer, the programs of `cargo lab compare`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use cargo_metadata::Message;
use duct::cmd;

use crate::progress::Progress;
use crate::{cache, workspace};

/// The guest has no shared libraries; this target needs only the static C library.
pub const TARGET: &str = "x86_64-unknown-linux-gnu";

/// cargo's arguments for the programs that every guest has.
const PROGRAMS: [&str; 5] = [
    "build",
    "--bins",
    "--package=guest-init",
    "--package=pairs",
    "--package=calls",
];

/// How cargo compiles a program.
struct Profile {
    name: &'static str,
    /// rustc's flags, separated as in `CARGO_ENCODED_RUSTFLAGS`.
    flags: &'static str,
}

const GUEST: Profile = Profile {
    name: "guest",
    flags: "-Ctarget-feature=+crt-static",
};

/// At a fixed address, so that gdb knows the program's addresses before it runs.
const DEBUG: Profile = Profile {
    name: "dev",
    flags: "-Ctarget-feature=+crt-static\u{1f}-Crelocation-model=static",
};

/// Returns the workspace's profile for the guest, as the `profile` of a package outside the
/// workspace. The other profiles are for packages that such a package may not have, and cargo warns.
pub fn guest_profile() -> Result<toml::Table> {
    let manifest = workspace::root().join("Cargo.toml");
    let manifest: toml::Table = fs::read_to_string(manifest)?.parse()?;
    let guest = manifest["profile"][GUEST.name].clone();
    Ok([(GUEST.name.to_owned(), guest)].into_iter().collect())
}

/// Returns PID 1, the programs of the pairs, and `calls`.
pub fn programs(progress: &Progress) -> Result<Vec<PathBuf>> {
    executables(progress, "guest programs", &PROGRAMS)
}

/// The libraries that a program is linked with.
#[derive(Clone)]
pub struct Libraries {
    /// The compiled libraries, each by the name of its crate.
    pub by_name: BTreeMap<String, PathBuf>,
    /// The folders of the libraries that these depend on.
    pub folders: Vec<PathBuf>,
}

/// Returns the libraries of the pairs' programs.
pub fn libraries(progress: &Progress) -> Result<Libraries> {
    let made = cargo(progress, "guest programs", &PROGRAMS, &[])?;
    let mut libraries = Libraries::of(&made, "userspace/pairs")?;
    libraries.add(&made, "pairs")?;
    Ok(libraries)
}

impl Libraries {
    /// Returns the libraries that a package depends on, as built by a run of cargo.
    pub fn of(made: &Made, package: &str) -> Result<Self> {
        let manifest = workspace::root().join(package).join("Cargo.toml");
        let manifest: toml::Table = fs::read_to_string(manifest)?.parse()?;
        let asked = manifest["dependencies"].as_table();
        let asked = asked.with_context(|| format!("{package} has no dependencies"))?;
        let target = workspace::target().join("guest");
        let mut libraries = Libraries {
            by_name: BTreeMap::new(),
            // One for the guest's libraries, one for the macros, which run in the compiler.
            folders: vec![
                target.join(TARGET).join("guest/deps"),
                target.join("guest/deps"),
            ],
        };
        for name in asked.keys() {
            libraries.add(made, &name.replace('-', "_"))?;
        }
        Ok(libraries)
    }

    fn add(&mut self, made: &Made, name: &str) -> Result<()> {
        let file = made.libraries.iter().find(|(it, _)| it == name);
        let (_, file) = file.with_context(|| format!("cargo made no library {name}"))?;
        self.by_name.insert(name.to_owned(), file.clone());
        Ok(())
    }
}

/// Returns the tests of the crate `guest-tests`, one binary for each of its targets.
pub fn tests(progress: &Progress) -> Result<Vec<PathBuf>> {
    let arguments = ["test", "--no-run", "--package=guest-tests", "--tests"];
    executables(progress, "guest tests", &arguments)
}

/// Returns the checks of the exercises: one program for all.
pub fn checks(progress: &Progress) -> Result<PathBuf> {
    let arguments = ["test", "--no-run", "--package=exercises", "--test=checks"];
    let binaries = executables(progress, "checks", &arguments)?;
    binaries.into_iter().next().context("there are no checks")
}

/// Returns the names of a test binary's tests. The binary is static, so the host can run it too.
pub fn tests_of(binary: &Path) -> Result<Vec<String>> {
    let list = cmd!(binary, "--list", "--format=terse").read()?;
    let tests: Vec<_> = list
        .lines()
        .filter_map(|line| line.strip_suffix(": test"))
        .map(str::to_owned)
        .collect();
    ensure!(!tests.is_empty(), "{} has no tests", binary.display());
    Ok(tests)
}

/// Returns the program that `cargo lab differential` runs.
pub fn differential(progress: &Progress) -> Result<PathBuf> {
    only_binary(progress, "differential")
}

/// Returns the program that `cargo lab fuzz` runs.
pub fn fuzz(progress: &Progress) -> Result<PathBuf> {
    only_binary(progress, "fuzz")
}

/// Returns the program that `cargo lab bench` runs.
pub fn costs(progress: &Progress) -> Result<PathBuf> {
    only_binary(progress, "costs")
}

/// Returns the only binary of a package.
fn only_binary(progress: &Progress, package: &str) -> Result<PathBuf> {
    let arguments = ["build", "--bins", &format!("--package={package}")];
    let binaries = executables(progress, package, &arguments)?;
    let binary = binaries.into_iter().next();
    binary.with_context(|| format!("{package} made no binary"))
}

/// Returns the programs that `cargo lab compare` runs.
pub fn evidence(progress: &Progress) -> Result<Vec<PathBuf>> {
    let arguments = ["build", "--bins", "--package=evidence"];
    executables(progress, "evidence", &arguments)
}

/// Returns the C clients of `comparisons/c`.
pub fn c_clients() -> Result<[PathBuf; 2]> {
    Ok([
        c_client("client", &["hiboma.h"])?,
        c_client("kvm-client", &[])?,
    ])
}

/// Returns one C client; `headers` are those of its folder that it includes.
fn c_client(name: &str, headers: &[&str]) -> Result<PathBuf> {
    let folder = workspace::root().join("comparisons/c");
    let source = folder.join(name).with_extension("c");
    let mut parts = vec![fs::read_to_string(&source)?];
    for header in headers {
        parts.push(fs::read_to_string(folder.join(header))?);
    }
    let output = workspace::target()
        .join("guest/c")
        .join(cache::key(parts.iter().map(String::as_str)));
    let program = output.join(name);
    if !program.exists() {
        fs::create_dir_all(&output)?;
        // Compiled to a temporary file and renamed, since another lab may be reading the program.
        let partial = tempfile::NamedTempFile::new_in(&output)?.into_temp_path();
        cmd!(
            "gcc", "-static", "-O2", "-Wall", "-Werror", "-o", &partial, source
        )
        .run()
        .with_context(|| format!("{name}.c does not compile"))?;
        partial.persist(&program)?;
    }
    Ok(program)
}

/// Returns the programs of the pairs and `calls`, built for gdb.
pub fn debuggable(progress: &Progress) -> Result<Vec<PathBuf>> {
    let arguments = ["build", "--bins", "--package=pairs", "--package=calls"];
    let made = cargo_by(&DEBUG, progress, "programs, for gdb", &arguments, &[])?;
    Ok(made.executables)
}

/// The result of a run of cargo.
pub struct Made {
    /// The executables.
    pub executables: Vec<PathBuf>,
    /// The Rust libraries, with the names of their crates.
    pub libraries: Vec<(String, PathBuf)>,
    /// Every line that cargo printed, its JSON messages included.
    pub lines: Vec<String>,
}

/// Runs cargo for the guest, and returns the executables that it built.
fn executables(progress: &Progress, title: &str, arguments: &[&str]) -> Result<Vec<PathBuf>> {
    Ok(cargo(progress, title, arguments, &[])?.executables)
}

/// Runs cargo for the guest; `last` comes after all other arguments.
pub fn cargo(progress: &Progress, title: &str, arguments: &[&str], last: &[&str]) -> Result<Made> {
    cargo_by(&GUEST, progress, title, arguments, last)
}

fn cargo_by(
    profile: &Profile,
    progress: &Progress,
    title: &str,
    arguments: &[&str],
    last: &[&str],
) -> Result<Made> {
    let target = workspace::target().join("guest");
    let target = target.to_string_lossy();
    let common = [
        "--profile",
        profile.name,
        "--target",
        TARGET,
        "--target-dir",
        &target,
    ];
    let format = ["--message-format=json-render-diagnostics"];
    let command = cmd("cargo", [arguments, &common, &format, last].concat())
        // It overrides the caller's RUSTFLAGS, which could make a program dynamic.
        .env("CARGO_ENCODED_RUSTFLAGS", profile.flags)
        .dir(workspace::root())
        .stdin_null();
    let step = progress.cargo_step(title, None)?;
    let lines = step.run(command)?;
    step.finish();
    let (mut executables, mut libraries) = (Vec::new(), Vec::new());
    for message in Message::parse_stream(lines.join("\n").as_bytes()) {
        if let Message::CompilerArtifact(artifact) = message? {
            executables.extend(artifact.executable.map(PathBuf::from));
            let mut files = artifact.filenames.into_iter();
            if let Some(file) = files.find(|file| file.extension() == Some("rlib")) {
                libraries.push((artifact.target.name, file.into()));
            }
        }
    }
    Ok(Made {
        executables,
        libraries,
        lines,
    })
}

/// Returns the file name of a program.
pub fn name(program: &Path) -> Result<&str> {
    program
        .file_name()
        .and_then(|name| name.to_str())
        .context("a program without a name")
}
