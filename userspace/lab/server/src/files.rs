// SPDX-License-Identifier: MIT OR Apache-2.0

//! A seat's own copies of files that the book shows. The originals do not change.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use axum::extract::{self, DefaultBodyLimit};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Extension, Json, Router};
use lab::{disk, exercises, workspace};
use serde::Serialize;
use walkdir::WalkDir;

use crate::live::Live;
use crate::refusal::Refusal;
use crate::seats::Seat;
use crate::sentence::sentence;

/// The folders with editable files: the modules, the programs, and their C versions.
pub const FOLDERS: [&str; 3] = ["module", "userspace/pairs", "comparisons/c"];

/// The prefix of the paths of an exercise's files.
pub const EXERCISES: &str = "exercises/";

/// The languages, by file ending.
const LANGUAGES: [(&str, &str); 3] = [("rs", "rust"), ("c", "c"), ("h", "c")];

/// A size limit in bytes, larger than any of the files will become.
const LONGEST: usize = 256 << 10;

/// A file that a seat may have a copy of.
pub struct File {
    /// The path from the checkout's root, or `exercises/NAME/FILE`.
    path: String,
    original: PathBuf,
    /// The path of the copy, which need not exist.
    copy: PathBuf,
    language: &'static str,
}

/// A file in the form that a page gets.
#[derive(Serialize)]
pub struct Shown {
    path: String,
    text: String,
    original: String,
    changed: bool,
    language: &'static str,
}

/// A file that a seat has changed.
#[derive(Serialize)]
pub struct Changed {
    path: String,
    changed: bool,
}

/// Returns the routes of the files.
pub fn routes() -> Router<Arc<Live>> {
    Router::new()
        .route("/files", get(list))
        .route("/files/{*path}", get(read).put(write).delete(reset))
        .layer(DefaultBodyLimit::max(LONGEST))
}

async fn list(Extension(seat): Extension<Arc<Seat>>) -> Result<Json<Vec<Changed>>, Refusal> {
    let changed = changed(&seat)?.into_iter();
    Ok(Json(changed.map(Changed::from).collect()))
}

async fn read(
    Extension(seat): Extension<Arc<Seat>>,
    extract::Path(path): extract::Path<String>,
) -> Result<Json<Shown>, Refusal> {
    Ok(Json(File::find(&seat, &path)?.shown()?))
}

async fn write(
    Extension(seat): Extension<Arc<Seat>>,
    extract::Path(path): extract::Path<String>,
    text: String,
) -> Result<StatusCode, Refusal> {
    File::find(&seat, &path)?.change(&text)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn reset(
    Extension(seat): Extension<Arc<Seat>>,
    extract::Path(path): extract::Path<String>,
) -> Result<StatusCode, Refusal> {
    File::find(&seat, &path)?.reset()?;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns the files that a seat has changed.
pub fn changed(seat: &Seat) -> Result<Vec<File>> {
    let folder = copies(seat);
    let entries = WalkDir::new(&folder).sort_by_file_name().into_iter();
    let paths = entries.filter_map(|entry| {
        let path = entry.ok()?.into_path();
        Some(path.strip_prefix(&folder).ok()?.to_str()?.to_owned())
    });
    // Changes of files that are no longer in the checkout are ignored.
    let files = paths.filter_map(|path| File::find(seat, &path).ok());
    Ok(files.collect())
}

/// Returns the files that a seat has changed in the exercises that it has started.
pub fn changed_in_exercises(seat: &Seat) -> Result<Vec<File>> {
    let mut changed = Vec::new();
    for exercise in exercises::all()? {
        for file in fs::read_dir(exercise.folder().join("start"))? {
            let file = file?.file_name();
            let path = format!("{EXERCISES}{}/{}", exercise.name, file.to_string_lossy());
            if let Ok(file) = File::find(seat, &path)
                && file
                    .copy()?
                    .is_some_and(|it| file.original().is_ok_and(|original| it != original))
            {
                changed.push(file);
            }
        }
    }
    Ok(changed)
}

impl From<File> for Changed {
    fn from(file: File) -> Self {
        Changed {
            path: file.path,
            changed: true,
        }
    }
}

/// Returns the folder of a seat's copies.
fn copies(seat: &Seat) -> PathBuf {
    seat.folder.join("files")
}

impl File {
    /// Returns the file with this path, if it is editable.
    pub fn find(seat: &Seat, path: &str) -> Result<Self, Refusal> {
        let found = match path.strip_prefix(EXERCISES) {
            Some(rest) => File::of_exercise(seat, path, rest),
            None => File::of_checkout(seat, path),
        };
        found.ok_or_else(|| {
            let why = sentence!("There is no file {0} that can be changed.", path);
            Refusal::new(StatusCode::NOT_FOUND, why)
        })
    }

    fn of_checkout(seat: &Seat, path: &str) -> Option<Self> {
        let relative = Path::new(path);
        let mut components = relative.components();
        let is_plain = components.all(|it| matches!(it, Component::Normal(_)));
        let is_in = FOLDERS.iter().any(|folder| relative.starts_with(folder));
        let original = workspace::root().join(relative);
        let copy = copies(seat).join(relative);
        let file = File::new(path, original, copy)?;
        (is_plain && is_in).then_some(file)
    }

    /// Returns a file of an exercise's starting point: `NAME/FILE`.
    fn of_exercise(seat: &Seat, path: &str, rest: &str) -> Option<Self> {
        let (name, file) = rest.split_once('/')?;
        let all = exercises::all().ok()?;
        let exercise = all.iter().find(|it| it.name == name)?;
        let is_name = Path::new(file).file_name()?.to_str()? == file;
        let original = exercise.folder().join("start").join(file);
        let copy = seat.exercise(exercise).folder().join(file);
        File::new(path, original, copy).filter(|_| is_name)
    }

    /// Returns the file, if it is a regular file in one of the languages.
    fn new(path: &str, original: PathBuf, copy: PathBuf) -> Option<Self> {
        let kind = original.extension()?;
        let (_, language) = LANGUAGES.iter().find(|(ending, _)| kind == *ending)?;
        let is_file = fs::symlink_metadata(&original).ok()?.is_file();
        is_file.then(|| File {
            path: path.to_owned(),
            original,
            copy,
            language,
        })
    }

    /// Returns the path from the checkout's root.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the file in the form that a page gets.
    pub fn shown(self) -> Result<Shown> {
        let original = self.original()?;
        let text = self.copy()?.unwrap_or_else(|| original.clone());
        Ok(Shown {
            path: self.path,
            changed: text != original,
            text,
            original,
            language: self.language,
        })
    }

    fn original(&self) -> Result<String> {
        let path = &self.original;
        fs::read_to_string(path).with_context(|| path.display().to_string())
    }

    /// Returns the seat's copy, if it has changed the file.
    pub fn copy(&self) -> Result<Option<String>> {
        let is_copy = fs::symlink_metadata(&self.copy).is_ok_and(|it| it.is_file());
        let read = || fs::read_to_string(&self.copy).with_context(|| self.path.clone());
        is_copy.then(read).transpose()
    }

    fn change(&self, text: &str) -> Result<()> {
        let folder = self.copy.parent().unwrap_or(&self.copy);
        ensure!(
            !self.path.starts_with(EXERCISES) || folder.is_dir(),
            sentence!("start the exercise first")
        );
        let is_original = text == self.original()?;
        match is_original && !self.path.starts_with(EXERCISES) {
            true => self.reset(),
            false => disk::write(&self.copy, text),
        }
    }

    /// Resets the file. An exercise's folder keeps all its files, so it gets the original.
    fn reset(&self) -> Result<()> {
        if self.path.starts_with(EXERCISES) {
            return disk::write(&self.copy, &self.original()?);
        }
        match self.copy()? {
            Some(_) => fs::remove_file(&self.copy).with_context(|| self.path.clone()),
            None => Ok(()),
        }
    }
}
