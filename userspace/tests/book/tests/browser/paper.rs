// SPDX-License-Identifier: MIT OR Apache-2.0

//! The book on paper: `print.html`, in three editions.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::built::EDITIONS;
use crate::chromium::executable;
use crate::reader::{Reader, sheets};
use crate::server::{address, english};

const ANSWERS: &str = "[...document.querySelectorAll('main details')] \
    .filter((it) => it.matches('.speaker') || /^(Answer|Solution|答え|解答)/.test(it.textContent.trim()))";

/// Elements that must not be alone at the end of a page; and boxes that must not be cut in two.
const BROKEN: &str = "[...document.querySelectorAll( \
        'main :is(.file, .kernel, summary, h1, h2, h3, .exercise, .kernel + ol, pre, img, tr)')] \
    .filter((it) => it.checkVisibility()) \
    .filter((it) => { \
        const { breakAfter, breakInside } = getComputedStyle(it); \
        const isName = it.matches('.file, .kernel, summary, h1, h2, h3'); \
        return isName ? breakAfter !== 'avoid' : breakInside !== 'avoid'; \
    }) \
    .map((it) => `${it.localName}.${it.className}`)";

fn opened(file: &str) -> Reader {
    let reader = Reader::start();
    reader.like_paper();
    reader.open(file);
    reader
}

#[test]
fn the_book_begins_with_its_title_and_contents() {
    let [english, japanese] = EDITIONS.map(|edition| opened(&format!("{edition}print.html")));
    for reader in [english, japanese] {
        begins_with_its_title_and_contents(&reader);
    }
}

fn begins_with_its_title_and_contents(reader: &Reader) {
    let first: Vec<String> = reader
        .ask("[...document.querySelector('main').children].slice(1, 4).map((it) => it.className)");
    assert_eq!(first, ["title-page", "contents-title", "contents"]);
    let dead: Vec<String> = reader.ask(
        "[...document.querySelectorAll('.contents a')].filter((it) => \
            document.getElementById(decodeURIComponent(it.hash.slice(1)))?.textContent.trim() \
                !== it.textContent.trim()).map((it) => it.textContent)",
    );
    assert!(dead.is_empty(), "contents: {dead:?}");
    let listed: usize = reader.ask("document.querySelectorAll('.contents a').length");
    assert_eq!(listed, english().len());
    let shown: Vec<String> = reader.ask(
        "[...document.querySelectorAll('#mdbook-sidebar, #mdbook-menu-bar, .editions')] \
            .filter((it) => it.checkVisibility()).map((it) => it.id + it.className)",
    );
    assert!(shown.is_empty(), "on paper: {shown:?}");
}

#[test]
fn nothing_is_torn_apart() {
    let reader = opened("print.html");
    let broken: Vec<String> = reader.ask(BROKEN);
    assert!(broken.is_empty(), "{broken:?}");
}

#[test]
fn answers_are_printed_in_the_teacher_s_key_only() {
    let files = [("print.html", false), ("print.html?answers", true)];
    let files = EDITIONS
        .into_iter()
        .flat_map(|edition| files.map(|(file, is_shown)| (format!("{edition}{file}"), is_shown)));
    for (file, is_shown) in files {
        let reader = opened(&file);
        let all: usize = reader.ask(&format!("{ANSWERS}.length"));
        let shown: usize = reader.ask(&format!(
            "{ANSWERS}.filter((it) => it.checkVisibility()).length"
        ));
        assert!(all > 0, "no answers");
        assert_eq!(shown, if is_shown { all } else { 0 }, "{file}");
    }
}

#[test]
fn each_task_has_a_sheet() {
    for edition in EDITIONS {
        has_a_sheet_for_each_task(&opened(&format!("{edition}print.html?tasks")));
    }
}

fn has_a_sheet_for_each_task(reader: &Reader) {
    let tasks: usize = reader.ask("document.querySelectorAll('main .sheet .exercise').length");
    let titles: Vec<String> = reader.ask(
        "[...document.querySelectorAll('.sheet > h1')].map((it) => it.textContent.split('.')[0])",
    );
    let numbers: Vec<String> = (1..=tasks).map(|number| number.to_string()).collect();
    assert_eq!(titles, numbers);
    assert!(tasks > 0, "no tasks");
    assert_eq!(reader.sheets(), tasks, "sheets of paper");
}

#[test]
fn the_guide_s_command_prints_the_teacher_s_key() {
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../book/src/teaching.md");
    let guide = fs::read_to_string(guide).expect("the guide is there");
    let mut spans = guide.split('`').skip(1).step_by(2);
    let command = spans.find(|span| span.starts_with("chromium "));
    let command = command.expect("a command that prints");
    let browser = executable();
    // Its sandbox refuses to run as root.
    let browser = format!("'{}' --no-sandbox", browser.display());
    let command = command
        .replacen("chromium", &browser, 1)
        .replace("http://localhost:3000/", &address(""));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("printed");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    let output = Command::new("sh")
        .args(["-c", &command])
        // Chromium keeps its profile in this folder.
        .env("HOME", &folder)
        .current_dir(&folder)
        .output()
        .expect("a shell");
    assert!(output.status.success(), "{command}: {output:?}");
    let pdf = fs::read(folder.join("key.pdf")).expect("key.pdf");
    let sheets = sheets(&pdf);
    assert!(sheets > 100, "{sheets} sheets");
}
