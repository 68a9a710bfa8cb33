// SPDX-License-Identifier: MIT OR Apache-2.0

//! A seat's own copies of files that the book shows. The files themselves stay as they are.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use axum::extract::{self, DefaultBodyLimit};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Extension, Json, Router};
use lab::workspace;
use serde::Serialize;
use walkdir::WalkDir;

use crate::disk;
use crate::live::Live;
use crate::refusal::Refusal;
use crate::seats::Seat;

/// What can be changed: the modules, the programs, and the same in C.
pub const FOLDERS: [&str; 3] = ["module", "userspace/pairs", "comparisons/c"];

/// By what they end with.
const LANGUAGES: [(&str, &str); 3] = [("rs", "rust"), ("c", "c"), ("h", "c")];

/// More than the longest of them will become, in bytes.
const LONGEST: usize = 256 << 10;

/// A file that a seat may have a copy of.
pub struct File {
    /// From the checkout's root.
    path: String,
    original: PathBuf,
    /// The copy, where there is one.
    copy: PathBuf,
    language: &'static str,
}

/// A file as a page sees it.
#[derive(Serialize)]
struct Shown {
    path: String,
    text: String,
    original: String,
    changed: bool,
    language: &'static str,
}

/// A file that a seat has changed.
#[derive(Serialize)]
struct Changed {
    path: String,
    changed: bool,
}

/// The requests that this is about.
pub fn routes() -> Router<Arc<Live>> {
    Router::new()
        .route("/files", get(list))
        .route("/files/{*path}", get(read).put(write).delete(reset))
        .layer(DefaultBodyLimit::max(LONGEST))
}

async fn list(Extension(seat): Extension<Arc<Seat>>) -> Result<Json<Vec<Changed>>, Refusal> {
    let changed = changed(&seat)?.into_iter();
    let all = changed.map(|file| Changed {
        path: file.path,
        changed: true,
    });
    Ok(Json(all.collect()))
}

async fn read(
    Extension(seat): Extension<Arc<Seat>>,
    extract::Path(path): extract::Path<String>,
) -> Result<Json<Shown>, Refusal> {
    let file = File::find(&seat, &path)?;
    let original = file.original()?;
    let text = file.copy()?.unwrap_or_else(|| original.clone());
    Ok(Json(Shown {
        path,
        changed: text != original,
        text,
        original,
        language: file.language,
    }))
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

/// What a seat has changed.
pub fn changed(seat: &Seat) -> Result<Vec<File>> {
    let folder = copies(seat);
    let entries = WalkDir::new(&folder).sort_by_file_name().into_iter();
    let paths = entries.filter_map(|entry| {
        let path = entry.ok()?.into_path();
        Some(path.strip_prefix(&folder).ok()?.to_str()?.to_owned())
    });
    // What is in the checkout no more cannot be changed any more.
    let files = paths.filter_map(|path| File::find(seat, &path).ok());
    Ok(files.collect())
}

/// The folder of a seat's copies.
fn copies(seat: &Seat) -> PathBuf {
    seat.folder.join("files")
}

impl File {
    /// The file with this path, if it is one that may be changed.
    fn find(seat: &Seat, path: &str) -> Result<Self, Refusal> {
        let find = || -> Option<File> {
            let relative = Path::new(path);
            let mut components = relative.components();
            let is_plain = components.all(|it| matches!(it, Component::Normal(_)));
            let is_in = FOLDERS.iter().any(|folder| relative.starts_with(folder));
            let kind = relative.extension()?;
            let (_, language) = LANGUAGES.iter().find(|(ending, _)| kind == *ending)?;
            let original = workspace::root().join(relative);
            // Neither a link nor a folder.
            let is_file = fs::symlink_metadata(&original).ok()?.is_file();
            (is_plain && is_in && is_file).then(|| File {
                path: path.to_owned(),
                copy: copies(seat).join(relative),
                original,
                language,
            })
        };
        find().ok_or_else(|| {
            let line = format!("There is no file {path} that can be changed.");
            Refusal::new(StatusCode::NOT_FOUND, line)
        })
    }

    /// From the checkout's root.
    pub fn path(&self) -> &str {
        &self.path
    }

    fn original(&self) -> Result<String> {
        let path = &self.original;
        fs::read_to_string(path).with_context(|| path.display().to_string())
    }

    /// What the seat has made of it, where it has changed it.
    pub fn copy(&self) -> Result<Option<String>> {
        let is_copy = fs::symlink_metadata(&self.copy).is_ok_and(|it| it.is_file());
        let read = || fs::read_to_string(&self.copy).with_context(|| self.path.clone());
        is_copy.then(read).transpose()
    }

    fn change(&self, text: &str) -> Result<()> {
        match text == self.original()? {
            true => self.reset(),
            false => disk::write(&self.copy, text),
        }
    }

    fn reset(&self) -> Result<()> {
        match self.copy()? {
            Some(_) => fs::remove_file(&self.copy).with_context(|| self.path.clone()),
            None => Ok(()),
        }
    }
}
