// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a folder of an exercise becomes: a kernel module, or a program for the guest. The same for
//! a starting point, a solution, and what a learner makes of it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::modules::{Recipe, output_folder};
use super::{kernel, programs};
use crate::progress::{CommandFailed, Progress};
use crate::workspace;

/// What must hold of the source.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Strictness {
    /// It compiles.
    Compiles,
    /// A warning is an error, be it the compiler's or clippy's.
    NoWarnings,
}

/// The binary that was made, or what the compiler has against it.
pub enum Built {
    /// It was made.
    Binary {
        /// Where it is.
        path: PathBuf,
        /// What it is called in the guest.
        name: &'static str,
        /// What the compiler said all the same.
        warnings: String,
    },
    /// What the compiler said.
    Refused(String),
}

/// Builds what is in `folder`, which is two levels below `exercises/`.
pub fn build(folder: &Path, strictness: Strictness) -> Result<Built> {
    let shown = folder.strip_prefix(workspace::root()).unwrap_or(folder);
    let title = shown.display().to_string();
    let has = |file: &str| folder.join(file).is_file();
    let (name, made) = if has("exercise.rs") || has("exercise.c") {
        ("exercise.ko", module(folder, &title, strictness))
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
            warnings: for_people(&said),
        }),
        Err(error) => match error.downcast::<CommandFailed>() {
            Ok(failed) => Ok(Built::Refused(for_people(&failed.lines))),
            Err(error) => Err(error),
        },
    }
}

/// The module, and the lines that were printed while it was made.
fn module(folder: &Path, title: &str, strictness: Strictness) -> Result<(PathBuf, Vec<String>)> {
    let (kernel, toolchain) = kernel()?;
    let progress = Progress::new(workspace::target().join("logs"))?;
    let exercises = workspace::root().join("exercises").canonicalize()?;
    let inside = folder
        .canonicalize()?
        .strip_prefix(&exercises)
        .with_context(|| format!("{title} is not in exercises/"))?
        .display()
        .to_string();
    let output = output_folder(&kernel, title)?;
    let mut arguments = vec![
        "-C".to_owned(),
        kernel.folder.display().to_string(),
        format!("M={}", exercises.display()),
        format!("MO={}", output.display()),
        format!("EXERCISE={inside}"),
        "modules".to_owned(),
    ];
    let flags = match strictness {
        Strictness::NoWarnings => &["CLIPPY=1", "KRUSTFLAGS=-Dwarnings", "KCFLAGS=-Werror"][..],
        Strictness::Compiles if shows_colors() => &[
            "KRUSTFLAGS=--color=always",
            "KCFLAGS=-fdiagnostics-color=always",
        ],
        Strictness::Compiles => &[],
    };
    arguments.extend(flags.iter().copied().map(str::to_owned));
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
    let path = output.join(inside).join("exercise.ko");
    Ok((path, recipe.make(&progress, &kernel, &toolchain)?))
}

/// The program, and the lines that were printed while it was made.
fn program(folder: &Path, title: &str, strictness: Strictness) -> Result<(PathBuf, Vec<String>)> {
    let progress = Progress::new(workspace::target().join("logs"))?;
    let project = workspace::target().join(title);
    fs::create_dir_all(&project)?;
    let manifest = project.join("Cargo.toml");
    // Of its own, since all are built into one folder, where they share their dependencies.
    let name = title.trim_start_matches("exercises/").replace('/', "-");
    write_if_new(&manifest, &manifest_of(&name, &folder.join("main.rs"))?)?;
    // The versions that the workspace has, which are on this machine already.
    fs::copy(
        workspace::root().join("Cargo.lock"),
        project.join("Cargo.lock"),
    )?;
    let manifest = format!("--manifest-path={}", manifest.display());
    if strictness == Strictness::NoWarnings {
        let deny = ["--", "--deny=warnings"];
        programs::cargo(&progress, title, &["clippy", &manifest], &deny)?;
    }
    let color = match strictness {
        Strictness::Compiles if shows_colors() => "--color=always",
        _ => "--color=never",
    };
    let made = programs::cargo(&progress, title, &["build", &manifest, color], &[])?;
    let path = made.executables.into_iter().next();
    let path = path.with_context(|| format!("{title} has become no program"))?;
    Ok((path, made.lines))
}

/// A package of its own for a program that is in none: with the dependencies of the package
/// `exercises` and the workspace's way of building for the guest.
fn manifest_of(name: &str, main: &Path) -> Result<String> {
    let read = |path: &str| -> Result<toml::Table> {
        let path = workspace::root().join(path);
        let text = fs::read_to_string(&path)?;
        text.parse().with_context(|| path.display().to_string())
    };
    let root = read("Cargo.toml")?;
    let exercises = read("exercises/Cargo.toml")?;
    let shared = &root["workspace"]["dependencies"];
    let mut dependencies = toml::Table::new();
    let own = exercises["dependencies"].as_table();
    for (name, asked) in own.context("exercises/Cargo.toml has no dependencies")? {
        let shared = shared
            .get(name)
            .with_context(|| format!("the workspace has no dependency `{name}`"))?;
        let mut entry = match shared {
            toml::Value::Table(table) => table.clone(),
            version => [("version".to_owned(), version.clone())]
                .into_iter()
                .collect(),
        };
        if let Some(features) = asked.get("features") {
            entry.insert("features".to_owned(), features.clone());
        }
        if let Some(toml::Value::String(path)) = entry.get_mut("path") {
            *path = workspace::root().join(&*path).display().to_string();
        }
        dependencies.insert(name.clone(), entry.into());
    }
    let mut manifest = toml::toml! {
        [package]
        edition = "2024"

        [[bin]]

        [workspace]
    };
    let main = main.display().to_string();
    insert(&mut manifest["package"], "name", name)?;
    insert(&mut manifest["bin"][0], "name", name)?;
    insert(&mut manifest["bin"][0], "path", &main)?;
    manifest.insert("dependencies".to_owned(), dependencies.into());
    manifest.insert("profile".to_owned(), root["profile"].clone());
    Ok(toml::to_string(&manifest)?)
}

fn insert(table: &mut toml::Value, key: &str, value: &str) -> Result<()> {
    let table = table.as_table_mut().context("it is no table")?;
    table.insert(key.to_owned(), value.into());
    Ok(())
}

/// Leaves alone what would not change, so that cargo sees no reason to work.
fn write_if_new(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::write(path, text).with_context(|| path.display().to_string())
}

fn shows_colors() -> bool {
    console::colors_enabled_stderr()
}

/// The compiler's own words, with the files called as they are called from the checkout's root.
fn for_people(lines: &[String]) -> String {
    let root = format!("{}/", workspace::root().display());
    let lines = lines.iter().filter(|line| !is_of_the_build(line));
    let lines: Vec<_> = lines.map(|line| line.replace(&root, "")).collect();
    lines.join("\n").trim().to_owned()
}

/// What cargo begins a line with, indented.
const CARGO: [&str; 8] = [
    "Adding",
    "Blocking",
    "Checking",
    "Compiling",
    "Finished",
    "Locking",
    "Removing",
    "Updating",
];

/// What make, Kbuild and cargo say of their own work.
fn is_of_the_build(line: &str) -> bool {
    let line = console::strip_ansi_codes(line);
    let first = line.split_whitespace().next().unwrap_or_default();
    let is_kbuild = line.starts_with("  ")
        && first.len() > 1
        && first.chars().all(|letter| letter.is_ascii_uppercase());
    let is_make = first == "make:" || first.starts_with("make[");
    let is_cargo = line.starts_with(' ') && CARGO.contains(&first);
    let is_sum = line.contains("` (bin \"");
    line.starts_with('{') || is_kbuild || is_make || is_cargo || is_sum
}

#[cfg(test)]
mod tests {
    use super::is_of_the_build;

    #[test]
    fn what_the_compiler_says_is_told_from_what_the_build_says() {
        for line in [
            "make[1]: Entering directory '/somewhere'",
            "make: *** [Makefile:260: __sub-make] Error 2",
            "  RUSTC [M] mine/first-ioctl/exercise.o",
            "   Compiling exercise v0.0.0",
            "error: could not compile `mine-run-loop` (bin \"mine-run-loop\") due to 1 previous error",
            "\u{1b}[1m\u{1b}[92m   Compiling\u{1b}[0m exercise v0.0.0",
            "{\"reason\":\"compiler-artifact\"}",
        ] {
            assert!(is_of_the_build(line), "{line}");
        }
        for line in [
            "error[E0308]: mismatched types",
            "  --> exercise.rs:71:8",
            " 71 |     Ok(twice)",
            "  = note: `#[warn(unused)]` on by default",
            "exercise.c:12:5: error: expected `;`",
            "",
        ] {
            assert!(!is_of_the_build(line), "{line}");
        }
    }
}
