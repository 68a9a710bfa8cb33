// SPDX-License-Identifier: MIT OR Apache-2.0

//! Builds a folder of an exercise: a kernel module, or a program for the guest. The same for a
//! starting point, a solution, and a learner's copy.

pub mod compiler;
mod manifest;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use compiler::for_people;
use manifest::manifest_of;

use super::configuration::Wanted;
use super::kernel::Kernel;
use super::modules::{Recipe, output_folder};
use super::programs::Libraries;
use super::toolchain::Toolchain;
use super::traceable::{RUSTFLAGS, traced};
use super::{kernel, programs};
use crate::progress::{CommandFailed, Progress};
use crate::workspace;

/// What the build checks or adds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Strictness {
    /// It must compile.
    Compiles,
    /// It must compile, and ftrace can trace the functions of the module.
    Traceable,
    /// Warnings are errors, both the compiler's and clippy's.
    NoWarnings,
}

/// The result of a build: a binary, or the compiler's errors.
pub enum Built {
    /// The build succeeded.
    Binary {
        /// The path of the binary.
        path: PathBuf,
        /// The binary's name in the guest.
        name: &'static str,
        /// The compiler's warnings.
        warnings: String,
    },
    /// The build failed, with these errors of the compiler.
    Refused(String),
}

/// Builds the exercise in `folder`, which is two levels below `userspace/exercises/`. A module is
/// built for the kernel `wanted`.
pub fn build(folder: &Path, strictness: Strictness, wanted: impl Into<Wanted>) -> Result<Built> {
    let shown = folder.strip_prefix(workspace::root()).unwrap_or(folder);
    let title = shown.display().to_string();
    let has = |file: &str| folder.join(file).is_file();
    let (name, made) = if has("exercise.rs") || has("exercise.c") {
        let kernel = kernel(wanted)?;
        ("exercise.ko", module(folder, &title, strictness, &kernel))
    } else if has("main.rs") {
        ("exercise", program(folder, &title, strictness))
    } else {
        bail!(
            "{title} holds no exercise.rs, exercise.c or main.rs, so there is nothing to build: \
             `cargo lab exercise reset` moves it aside, and copies the starting point again"
        );
    };
    match made {
        Ok((path, said)) => Ok(Built::Binary {
            path,
            name,
            warnings: for_people(&title, &said),
        }),
        Err(error) => match error.downcast::<CommandFailed>() {
            Ok(failed) => Ok(Built::Refused(for_people(&title, &failed.lines))),
            Err(error) => Err(error),
        },
    }
}

/// Returns the libraries that the programs among the exercises are linked with.
pub fn libraries() -> Result<Libraries> {
    let progress = Progress::new(workspace::target().join("logs"))?;
    let project = workspace::target().join("exercise-libraries");
    fs::create_dir_all(&project)?;
    let main = project.join("main.rs");
    write_if_new(&main, "fn main() {}\n")?;
    let manifest = manifest(&project, "exercise-libraries", &main)?;
    let made = programs::cargo(&progress, "exercises", &["build", &manifest], &[])?;
    Libraries::of(&made, "userspace/exercises")
}

/// Builds the module. Returns its path, and the lines that the build printed.
fn module(
    folder: &Path,
    title: &str,
    strictness: Strictness,
    (kernel, toolchain): &(Kernel, Toolchain),
) -> Result<(PathBuf, Vec<String>)> {
    let progress = Progress::new(workspace::target().join("logs"))?;
    let exercises = workspace::root()
        .join("userspace/exercises")
        .canonicalize()?;
    let inside = folder
        .canonicalize()?
        .strip_prefix(&exercises)
        .with_context(|| format!("{title} is not in userspace/exercises/"))?
        .display()
        .to_string();
    // Modules in C are traceable anyway.
    let is_traced = strictness == Strictness::Traceable && folder.join("exercise.rs").is_file();
    let output = match is_traced {
        true => output_folder(kernel, &format!("traceable/{title}"))?,
        false => output_folder(kernel, title)?,
    };
    let mut arguments = vec![
        "-C".to_owned(),
        kernel.folder.display().to_string(),
        format!("M={}", exercises.display()),
        format!("MO={}", output.display()),
        format!("EXERCISE={inside}"),
        "modules".to_owned(),
    ];
    let (rust, c) = match strictness {
        Strictness::NoWarnings => {
            arguments.push("CLIPPY=1".to_owned());
            ("-Dwarnings", "-Werror")
        }
        _ if shows_colors() => ("--color=always", "-fdiagnostics-color=always"),
        _ => ("", ""),
    };
    // Debug information, for gdb and for the lines in a crash report.
    arguments.push(format!("KRUSTFLAGS=-Cdebuginfo=2 {rust}"));
    arguments.push(format!("KCFLAGS=-g {c}"));
    arguments.extend(is_traced.then(|| RUSTFLAGS.to_owned()));
    let recipe = Recipe {
        title,
        sources: vec![
            folder.to_owned(),
            exercises.join("Kbuild"),
            workspace::root().join("module/abstractions"),
        ],
        arguments,
        output: output.clone(),
    };
    let said = recipe.make(&progress, kernel, toolchain)?;
    let made = format!("{inside}/exercise.ko");
    let path = match is_traced {
        true => traced(&output, &made)?,
        false => output.join(made),
    };
    Ok((path, said))
}

/// Builds the program. Returns its path, and the lines that the build printed.
fn program(folder: &Path, title: &str, strictness: Strictness) -> Result<(PathBuf, Vec<String>)> {
    let progress = Progress::new(workspace::target().join("logs"))?;
    let project = workspace::target().join(title);
    fs::create_dir_all(&project)?;
    // All programs share one output folder and so their dependencies; their names must differ.
    let name = title
        .trim_start_matches("userspace/exercises/")
        .replace('/', "-");
    let manifest = manifest(&project, &name, &folder.join("main.rs"))?;
    if strictness == Strictness::NoWarnings {
        let deny = ["--", "--deny=warnings"];
        programs::cargo(&progress, title, &["clippy", &manifest], &deny)?;
    }
    let color = match strictness {
        Strictness::Compiles | Strictness::Traceable if shows_colors() => "--color=always",
        _ => "--color=never",
    };
    let made = programs::cargo(&progress, title, &["build", &manifest, color], &[])?;
    let path = made.executables.into_iter().next();
    let path = path.with_context(|| format!("{title}: cargo built no program"))?;
    Ok((path, made.lines))
}

/// Writes the package of a program, and returns the argument with which cargo finds it.
fn manifest(project: &Path, name: &str, main: &Path) -> Result<String> {
    package(project, &manifest_of(name, main)?)
}

/// Writes the `Cargo.toml` of a package, and returns the argument with which cargo finds it.
pub fn package(project: &Path, manifest: &str) -> Result<String> {
    let path = project.join("Cargo.toml");
    write_if_new(&path, manifest)?;
    // The same versions as the workspace's, since these have been downloaded already.
    fs::copy(
        workspace::root().join("Cargo.lock"),
        project.join("Cargo.lock"),
    )?;
    Ok(format!("--manifest-path={}", path.display()))
}

/// Writes a file only if its content changes. Otherwise cargo would build again.
fn write_if_new(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::write(path, text).with_context(|| path.display().to_string())
}

fn shows_colors() -> bool {
    console::colors_enabled_stderr()
}
