// SPDX-License-Identifier: MIT OR Apache-2.0

//! The exercises, from the list to the last hint.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use anyhow::Result;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{any, get, post};
use axum::{Extension, Json, Router};
use lab::exercises::{self, Exercise, Mine, Readme, State as Progress};
use lazy_regex::regex;
use pulldown_cmark::{Event, Options, Parser, html};
use serde::Serialize;

use crate::check;
use crate::files::EXERCISES;
use crate::language::Language;
use crate::live::Live;
use crate::refusal::Refusal;
use crate::seats::Seat;
use crate::sentence::sentence;
use crate::try_out;

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
    /// In HTML, like the hints.
    task: String,
    files: Vec<String>,
    /// The included files of the modules, for reading.
    includes: Vec<String>,
    /// The task's command that shows the current state, in the form of the page's command line.
    command: String,
    hints: Vec<String>,
    hints_total: usize,
}

/// Returns the routes of the exercises.
pub fn routes() -> Router<Arc<Live>> {
    Router::new()
        .route("/exercises", get(list))
        .route("/exercises/{name}", get(read))
        .route("/exercises/{name}/start", post(start))
        .route("/exercises/{name}/hint", post(hint))
        .route("/exercises/{name}/reset", post(reset))
        .route("/exercises/{name}/check", any(check::check))
        .route("/exercises/{name}/run", any(try_out::try_out))
        .route("/exercises/{name}/solution", get(solution))
}

async fn list(
    State(live): State<Arc<Live>>,
    Extension(seat): Extension<Arc<Seat>>,
    language: Language,
) -> Result<Json<Vec<Listed>>, Refusal> {
    let all = exercises::all()?.into_iter().map(|exercise| {
        Ok(Listed {
            title: in_language(Readme::of(&exercise)?, &live, language).title,
            state: word(seat.exercise(&exercise).state()),
            name: exercise.name,
            chapter: exercise.chapter,
        })
    });
    Ok(Json(all.collect::<Result<_>>()?))
}

async fn read(
    State(live): State<Arc<Live>>,
    Extension(seat): Extension<Arc<Seat>>,
    Path(name): Path<String>,
    language: Language,
) -> Result<Json<Shown>, Refusal> {
    let exercise = find(&name)?;
    seat.progress.work_on(&name);
    Ok(Json(shown(
        &exercise,
        &seat.exercise(&exercise),
        &live,
        language,
    )?))
}

async fn start(
    State(live): State<Arc<Live>>,
    Extension(seat): Extension<Arc<Seat>>,
    Path(name): Path<String>,
    language: Language,
) -> Result<Json<Shown>, Refusal> {
    let exercise = find(&name)?;
    let mine = seat.exercise(&exercise);
    mine.start()?;
    seat.progress.work_on(&name);
    Ok(Json(shown(&exercise, &mine, &live, language)?))
}

async fn hint(
    State(live): State<Arc<Live>>,
    Extension(seat): Extension<Arc<Seat>>,
    Path(name): Path<String>,
    language: Language,
) -> Result<Json<Shown>, Refusal> {
    let exercise = find(&name)?;
    let mine = seat.exercise(&exercise);
    mine.start()?;
    mine.hints(Readme::of(&exercise)?.hints.len())?;
    Ok(Json(shown(&exercise, &mine, &live, language)?))
}

async fn reset(
    State(live): State<Arc<Live>>,
    Extension(seat): Extension<Arc<Seat>>,
    Path(name): Path<String>,
    language: Language,
) -> Result<Json<Shown>, Refusal> {
    let exercise = find(&name)?;
    let mine = seat.exercise(&exercise);
    mine.reset()?;
    Ok(Json(shown(&exercise, &mine, &live, language)?))
}

/// Returns the text of each file of a solution, for a seat that has solved the exercise.
async fn solution(
    Extension(seat): Extension<Arc<Seat>>,
    Path(name): Path<String>,
) -> Result<Json<BTreeMap<String, String>>, Refusal> {
    let exercise = find(&name)?;
    if !matches!(seat.exercise(&exercise).state(), Progress::Done) {
        let why = sentence!("{0} is not done yet.", name);
        return Err(Refusal::new(StatusCode::FORBIDDEN, why));
    }
    let mut files = BTreeMap::new();
    for file in read_dir(&exercise, "solution")? {
        let text = fs::read_to_string(exercise.folder().join("solution").join(&file));
        files.insert(file, text.map_err(anyhow::Error::from)?);
    }
    Ok(Json(files))
}

/// Returns the exercise with this name.
pub fn find(name: &str) -> Result<Exercise, Refusal> {
    let mut all = exercises::all()?.into_iter();
    let exercise = all.find(|exercise| exercise.name == name);
    exercise.ok_or_else(|| {
        let why = sentence!("There is no exercise {0}.", name);
        Refusal::new(StatusCode::NOT_FOUND, why)
    })
}

/// Returns an exercise's README in a language.
fn in_language(readme: Readme, live: &Live, language: Language) -> Readme {
    let Some(catalog) = live.book.catalog(language) else {
        return readme;
    };
    let hints = readme.hints.iter();
    Readme {
        title: catalog
            .get(&readme.title)
            .unwrap_or(&readme.title)
            .to_owned(),
        task: catalog.translate(&readme.task),
        hints: hints.map(|hint| catalog.translate(hint)).collect(),
    }
}

fn shown(exercise: &Exercise, mine: &Mine, live: &Live, language: Language) -> Result<Shown> {
    let name = &exercise.name;
    let readme = Readme::of(exercise)?;
    // A translation may name commands in another order.
    let command = command(name, &readme.task).unwrap_or_default();
    let readme = in_language(readme, live, language);
    let start = read_dir(exercise, "start")?;
    let mut includes = Vec::new();
    for file in &start {
        let text = fs::read_to_string(exercise.folder().join("start").join(file))?;
        let path = regex!(r#"#\[path = "(?:\.\./)+(module/[^"]+)"\]"#);
        includes.extend(path.captures_iter(&text).map(|it| it[1].to_owned()));
    }
    let files = start.iter().map(|file| format!("{EXERCISES}{name}/{file}"));
    let mut files: Vec<_> = files.collect();
    // The main file comes first.
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
        command,
        files,
        includes,
        hints: hints.map(|hint| in_html(hint)).collect(),
        hints_total: readme.hints.len(),
    })
}

/// Returns the first command of a task, without the parts that the page supplies.
fn command(name: &str, task: &str) -> Option<String> {
    let mut commands = Parser::new(task).filter_map(|event| match event {
        Event::Code(text) if text.contains("cargo lab ") => Some(text.into_string()),
        _ => None,
    });
    let first = commands.find(|it| !it.starts_with("cargo lab source"))?;
    let run = format!("cargo lab exercise run {name} ");
    match first.strip_prefix("cargo lab debug ") {
        // In a terminal, gdb needs a checkout.
        Some(debug) => Some(debug.split_once(" -- ")?.1.to_owned()),
        None => Some(first.replace(&run, "")),
    }
}

fn read_dir(exercise: &Exercise, which: &str) -> Result<Vec<String>> {
    let entries = fs::read_dir(exercise.folder().join(which))?;
    let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let mut names = names.collect::<Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}

fn word(state: Progress) -> &'static str {
    match state {
        Progress::NotStarted => "new",
        Progress::Started => "started",
        Progress::Done => "done",
    }
}

fn in_html(markdown: &str) -> String {
    let mut text = String::new();
    html::push_html(&mut text, Parser::new_ext(markdown, Options::ENABLE_TABLES));
    text
}
