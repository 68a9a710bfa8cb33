// SPDX-License-Identifier: MIT OR Apache-2.0

//! A seat's solution of an exercise, built as `cargo lab exercise` builds it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use lab::exercises::Exercise;
use lab::image::{Content, GuestFile};
use lab_protocol::HOME;

use super::program::Crate;
use super::{Build, Variant, tree};
use crate::live::Live;
use crate::page::Page;
use crate::seats::Seat;
use crate::sentence::sentence;

/// Its folder in the copy, at the same relative path to the modules as in the checkout.
const EXERCISES: &str = "userspace/exercises";
const MINE: &str = "userspace/exercises/mine";

/// Builds it as a file for a guest: `./exercise`, or `exercise.ko`.
pub fn guest_file(
    live: &Live,
    seat: &Seat,
    exercise: &Exercise,
    variant: Variant,
    page: &Page,
) -> Result<Option<GuestFile>> {
    seat.exercise(exercise).check_started(exercise)?;
    let made = build(live, seat, exercise, variant, page)?;
    Ok(made.map(|(path, name)| GuestFile {
        path: format!("{HOME}/{name}"),
        content: Content::HostFile(path),
    }))
}

/// Builds it. Returns the binary and its name in the guest,
/// or nothing if it does not compile or the page leaves.
pub fn build(
    live: &Live,
    seat: &Seat,
    exercise: &Exercise,
    variant: Variant,
    page: &Page,
) -> Result<Option<(PathBuf, &'static str)>> {
    let workshop = live.images.workshop()?;
    let grading = live.images.grading()?;
    let Some(_building) = seat.building.wait(&seat.id, page)? else {
        return Ok(None);
    };
    let mut build = Build::new(seat, &workshop, variant, page)?;
    // With the checkout's modules: the seat's changes to them must not affect the exercise.
    build.source = build.source.with_file_name("plain");
    fs::create_dir_all(&build.source)?;
    let name = &exercise.name;
    let mut files = vec![text(
        Path::new(EXERCISES),
        &lab::exercises::folder().join("Kbuild"),
    )?];
    let folder = Path::new(MINE).join(name);
    let own = seat.exercise(exercise).folder();
    for file in tree::files(&own)? {
        let within = file.strip_prefix(&own)?.parent().map(|it| folder.join(it));
        files.push(text(&within.unwrap_or_default(), &file)?);
    }
    tree::copy(&build.source, &[], &files)?;
    let Some(_turn) = live.builds.wait(&seat.id, page)? else {
        return Ok(None);
    };
    let has = |file: &str| build.source.join(&folder).join(file).is_file();
    let output = build.output.join("exercises").join(name);
    fs::create_dir_all(&output)?;
    if has("exercise.rs") || has("exercise.c") {
        let which = format!("EXERCISE=mine/{name}");
        let finished = || build.kbuild(EXERCISES, &output, &[&which, "modules"]);
        if !build.told("exercise.ko", finished)? {
            return Ok(None);
        }
        let made = format!("mine/{name}/exercise.ko");
        let path = match variant == Variant::Traceable && has("exercise.rs") {
            true => lab::build::traced(&output, &made)?,
            false => output.join(made),
        };
        return Ok(Some((path, "exercise.ko")));
    }
    if !has("main.rs") {
        bail!(sentence!(
            "{0} has no exercise.rs, exercise.c or main.rs: reset the exercise",
            name
        ));
    }
    let path = output.join("exercise");
    let finished = || {
        build.rustc(&Crate {
            main: &format!("{MINE}/{name}/main.rs"),
            name: "exercise",
            kind: "bin",
            output: &path,
            libraries: &grading.libraries,
        })
    };
    Ok(build
        .told("exercise", finished)?
        .then_some((path, "exercise")))
}

/// Returns a file's path in the copy, and its text.
fn text(folder: &Path, file: &Path) -> Result<(PathBuf, String)> {
    let name = file.file_name().unwrap_or_default();
    Ok((folder.join(name), fs::read_to_string(file)?))
}
