// SPDX-License-Identifier: MIT OR Apache-2.0

//! A changed listing is what runs. The checkout does not change.

use crate::reader::Reader;
use crate::runs::{STATES, press_run};
use crate::server::reader;

pub const OPEN: &str = "main .file > button[aria-label$='module/hiboma_tiny.rs']";
/// The caption of that button.
pub const CAPTION: &str = "document.querySelector(\"main .file > button[aria-label$='module/hiboma_tiny.rs']\")?.innerText";
const RUN: &str = ".live-command > button";

/// Opens `hiboma_tiny.rs` at its ioctls, and replaces the version by an expression.
pub fn answer_with(reader: &Reader, expression: &str) {
    reader.click(OPEN);
    replace_line(
        reader,
        "HIBOMA_GET_VERSION =>",
        &format!("            HIBOMA_GET_VERSION => {expression},"),
    );
}

/// Types a command in the editor's command line, and runs it.
pub fn run(reader: &Reader, command: &str) {
    let _: () = reader.ask("document.querySelector('.live-command > input').select() ?? null");
    reader.write(command);
    reader.click(RUN);
}

/// Selects the first line that contains a text, and types another.
pub fn replace_line(reader: &Reader, with: &str, text: &str) {
    select_line(reader, with);
    reader.write(text);
}

/// Selects the first line that contains a text, like a mouse.
pub fn select_line(reader: &Reader, with: &str) {
    let line = format!(
        "[...document.querySelectorAll('.cm-line')].find((it) => it.innerText.includes('{with}'))"
    );
    reader.wait_until(&format!("{line} !== undefined"));
    let _: () = reader.ask(&format!("getSelection().selectAllChildren({line}) ?? null"));
    // The editor hears of it a moment later.
    reader.wait_until(&format!(
        "{line}.classList.contains('cm-activeLine') && document.querySelector('.cm-selectionBackground') !== null"
    ));
}

#[test]
fn the_excerpt_is_in_view() {
    let reader = reader("excerpt", "ioctl-numbers.html", 1280, 800);
    reader.click(OPEN);
    reader.wait_until(
        "document.querySelector('.cm-activeLine')?.innerText.includes('The argument is ignored')",
    );
    let inside: bool = reader.ask(
        "((line, box) => line.top >= box.top && line.bottom <= box.bottom)( \
         document.querySelector('.cm-activeLine').getBoundingClientRect(), \
         document.querySelector('.cm-scroller').getBoundingClientRect())",
    );
    assert!(inside);
}

#[test]
fn another_version_is_what_the_kernel_answers() {
    let reader = reader("version", "ioctl-numbers.html", 1280, 800);
    answer_with(&reader, "Ok(111)");
    run(&reader, "calls 'open /dev/hiboma' 'ioctl 3 0'");
    reader.wait_until("document.querySelector('.live-workbench .live-text').innerText.includes('ioctl(3, 0x0, 0) = 111')");

    reader.click("main .live-workbench button[aria-pressed]");
    reader.wait_until("document.querySelector('.cm-changedLine')?.innerText.includes('Ok(111)')");
    reader.wait_until(
        "document.querySelector('.cm-deletedChunk')?.innerText.includes('HIBOMA_VERSION as isize')",
    );
    reader.wait_until(&format!("{CAPTION} === 'Edit and run, changed'"));

    reader.click("main .live-workbench button[title^='Undo']");
    reader.wait_until(&format!("{CAPTION} === 'Edit and run'"));
    reader.click(RUN);
    reader.wait_until("document.querySelector('.live-workbench .live-text').innerText.includes('ioctl(3, 0x0, 0) = 110')");
}

#[test]
fn a_recording_that_the_change_reaches_differs() {
    let reader = reader("differs", "ioctl-numbers.html", 1280, 800);
    answer_with(&reader, "Err(EINVAL)");
    // Without a pause after the last key.
    press_run(&reader, "2-version-hiboma");
    reader.wait_until(&format!(
        "{STATES}.includes('Not as in the book. This run used your changes in module/hiboma_tiny.rs.')"
    ));
    reader.wait_until("document.querySelector('main .live-removed')?.innerText.includes('110')");
}

#[test]
fn a_change_that_nothing_shows_is_said_to_be_used() {
    let reader = reader("used", "ioctl-numbers.html", 1280, 800);
    answer_with(&reader, "Ok(110)");
    // Without a pause after the last key.
    press_run(&reader, "2-version-hiboma");
    reader.wait_until(&format!(
        "{STATES}.includes('As in the book. This run used your changes in module/hiboma_tiny.rs.')"
    ));
    // The run on KVM does not use the change.
    reader.wait_until(&format!("{STATES}.includes('As in the book.')"));
}

#[test]
fn the_marks_of_excerpts_are_hidden_and_stay_in_the_file() {
    let reader = reader("anchors", "ioctl-numbers.html", 1280, 800);
    answer_with(&reader, "Ok(111)");
    let lines: String = reader.ask("document.querySelector('.cm-content').innerText");
    assert!(!lines.contains("ANCHOR"), "{lines}");
    // Only that line has changed.
    reader.click("main .live-workbench button[aria-pressed]");
    reader.wait_until("document.querySelectorAll('.cm-changedLine').length === 1");
    reader.wait_until("document.querySelectorAll('.cm-deletedLine').length === 1");
}

#[test]
fn an_error_of_the_compiler_is_at_its_line() {
    let reader = reader("error", "ioctl-numbers.html", 1280, 800);
    answer_with(&reader, "Ok(nowhere)");
    reader.click(RUN);
    reader.wait_until("document.querySelector('.live-diagnostics')?.innerText.includes('nowhere')");
    reader.wait_until("document.querySelector('.cm-lintRange-error')?.innerText === 'nowhere'");
    reader.wait_until("document.querySelector('.cm-lint-marker-error') !== null");
    let place: String =
        reader.ask("document.querySelector('.live-diagnostics .live-link').innerText");
    assert!(place.starts_with("module/hiboma_tiny.rs:103:"), "{place}");
}

#[test]
fn a_link_of_the_compiler_s_leads_to_the_file_and_its_command() {
    let reader = reader("link", "ioctl-numbers.html", 1280, 800);
    rewrite(&reader, "nowhere");
    press_run(&reader, "2-version-hiboma");
    reader.click("main .live-diagnostics .live-link");
    reader
        .wait_until("document.querySelector('.cm-activeLine')?.innerText.includes('Ok(nowhere)')");
    let command: String = reader.ask("document.querySelector('.live-command > input').value");
    assert_eq!(command, "2-version-hiboma");
}

#[test]
fn what_another_tab_has_written_is_shown() {
    let reader = reader("tab", "ioctl-numbers.html", 1280, 800);
    reader.click(OPEN);
    reader.wait_until("document.querySelector('.cm-activeLine') !== null");
    rewrite(&reader, "111");
    let _: bool = reader.ask("document.dispatchEvent(new Event('visibilitychange'))");
    reader.wait_until("document.querySelector('.cm-content').innerText.includes('Ok(111)')");
}

/// Replaces the version by an expression, without an editor.
fn rewrite(reader: &Reader, expression: &str) {
    let is_written: bool = reader.ask(&format!(
        "((at) => {{ \
           const ask = (method, body) => {{ \
             const request = new XMLHttpRequest(); \
             request.open(method, at, false); \
             request.send(body); \
             return request; \
           }}; \
           const {{ text }} = JSON.parse(ask('GET').responseText); \
           const changed = text.replace('HIBOMA_VERSION as isize', '{expression}'); \
           return ask('PUT', changed).status < 300; \
         }})('/live/files/module/hiboma_tiny.rs')"
    ));
    assert!(is_written);
}
