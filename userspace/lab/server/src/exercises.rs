// SPDX-License-Identifier: MIT OR Apache-2.0

//! The exercises, from the list to the last hint.

use std::fs;
use std::sync::Arc;

use anyhow::Result;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{any, get, post};
use axum::{Extension, Json, Router};
use lab::exercises::{self, Exercise, Mine, Readme, State};
use pulldown_cmark::{Options, Parser, html};
use serde::Serialize;

use crate::check;
use crate::files::EXERCISES;
use crate::live::Live;
use crate::refusal::Refusal;
use crate::seats::Seat;

/// An exercise in the list.
#[derive(Serialize)]
struct Listed {
    name: String,
    title: String,
    chapter: String,
    state: &'static str,
}

/// An exercise that is open.
#[derive(Serialize)]
struct Shown {
    name: String,
    title: String,
    state: &'static str,
    /// In HTML, as are the hints.
    task: String,
    files: Vec<String>,
    hints: Vec<String>,
    hints_total: usize,
}

/// The requests that this is about.
pub fn routes() -> Router<Arc<Live>> {
    Router::new()
        .route("/exercises", get(list))
        .route("/exercises/{name}", get(read))
        .route("/exercises/{name}/start", post(start))
        .route("/exercises/{name}/hint", post(hint))
        .route("/exercises/{name}/reset", post(reset))
        .route("/exercises/{name}/check", any(check::check))
}

async fn list(Extension(seat): Extension<Arc<Seat>>) -> Result<Json<Vec<Listed>>, Refusal> {
    let all = exercises::all()?.into_iter().map(|exercise| {
        Ok(Listed {
            title: Readme::of(&exercise)?.title,
            state: word(seat.exercise(&exercise).state()),
            name: exercise.name,
            chapter: exercise.chapter,
        })
    });
    Ok(Json(all.collect::<Result<_>>()?))
}

async fn read(
    Extension(seat): Extension<Arc<Seat>>,
    Path(name): Path<String>,
) -> Result<Json<Shown>, Refusal> {
    let exercise = find(&name)?;
    seat.progress.work_on(&name)?;
    Ok(Json(shown(&exercise, &seat.exercise(&exercise))?))
}

async fn start(
    Extension(seat): Extension<Arc<Seat>>,
    Path(name): Path<String>,
) -> Result<Json<Shown>, Refusal> {
    let exercise = find(&name)?;
    let mine = seat.exercise(&exercise);
    mine.start()?;
    seat.progress.work_on(&name)?;
    Ok(Json(shown(&exercise, &mine)?))
}

async fn hint(
    Extension(seat): Extension<Arc<Seat>>,
    Path(name): Path<String>,
) -> Result<Json<Shown>, Refusal> {
    let exercise = find(&name)?;
    let mine = seat.exercise(&exercise);
    mine.start()?;
    mine.hints(Readme::of(&exercise)?.hints.len())?;
    Ok(Json(shown(&exercise, &mine)?))
}

async fn reset(
    Extension(seat): Extension<Arc<Seat>>,
    Path(name): Path<String>,
) -> Result<Json<Shown>, Refusal> {
    let exercise = find(&name)?;
    let mine = seat.exercise(&exercise);
    mine.reset()?;
    Ok(Json(shown(&exercise, &mine)?))
}

/// The exercise with this name.
pub fn find(name: &str) -> Result<Exercise, Refusal> {
    let mut all = exercises::all()?.into_iter();
    let exercise = all.find(|exercise| exercise.name == name);
    exercise.ok_or_else(|| {
        let line = format!("There is no exercise {name}.");
        Refusal::new(StatusCode::NOT_FOUND, line)
    })
}

fn shown(exercise: &Exercise, mine: &Mine) -> Result<Shown> {
    let name = &exercise.name;
    let readme = Readme::of(exercise)?;
    let mut files = Vec::new();
    for file in fs::read_dir(exercise.folder().join("start"))? {
        let file = file?.file_name();
        files.push(format!("{EXERCISES}{name}/{}", file.to_string_lossy()));
    }
    // The one with which everything begins comes first.
    files.sort_by_key(|file| {
        let begins = ["/exercise.rs", "/exercise.c", "/main.rs"];
        (!begins.iter().any(|it| file.ends_with(it)), file.clone())
    });
    let hints = readme.hints.iter().take(mine.hints_so_far());
    Ok(Shown {
        name: name.clone(),
        title: readme.title,
        state: word(mine.state()),
        task: in_html(&readme.task),
        files,
        hints: hints.map(|hint| in_html(hint)).collect(),
        hints_total: readme.hints.len(),
    })
}

fn word(state: State) -> &'static str {
    match state {
        State::NotStarted => "new",
        State::Started => "started",
        State::Done => "done",
    }
}

fn in_html(markdown: &str) -> String {
    let mut text = String::new();
    html::push_html(&mut text, Parser::new_ext(markdown, Options::ENABLE_TABLES));
    text
}
