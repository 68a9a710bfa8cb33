// SPDX-License-Identifier: MIT OR Apache-2.0

//! Recordings run in the page.

use std::time::{Duration, Instant};

use crate::reader::Reader;
use crate::server::reader;

/// Shorter than the server's time limit of a command.
const PATIENCE: Duration = Duration::from_secs(15);

/// The status lines of the runs in the page.
pub const STATES: &str = "[...document.querySelectorAll('main .live-output:not([hidden]) > .live-status')].map((it) => it.textContent)";

/// Clicks Run under the first recording whose command starts with this.
pub fn press_run(reader: &Reader, command: &str) {
    let recorded = format!(
        "[...document.querySelectorAll('main pre')].find((it) => it.innerText.startsWith('$ {command}'))"
    );
    let run = format!(
        "({recorded}.closest('.pair, .columns') ?? {recorded}).nextElementSibling.querySelector('button')"
    );
    reader.wait_until(&format!("{run} !== null"));
    let _: () = reader.ask(&format!("({run}.id = 'run', null)"));
    reader.click("#run");
}

#[test]
fn a_pair_runs_on_both_sides_and_is_as_in_the_book() {
    let reader = reader("pair", "why-descriptors.html", 1280, 800);
    press_run(&reader, "3-descriptor-kvm");
    reader.wait_until(&format!("{STATES}.length === 2"));
    reader.wait_until(&format!("{STATES}.every((it) => it === 'As in the book.')"));
    let printed: String =
        reader.ask("document.querySelector('main .live-output .live-text').innerText");
    assert!(printed.contains("anon_inode:hiboma-anon"), "{printed}");
    assert_eq!(reader.complaints(), [""; 0]);
}

#[test]
fn a_traced_call_runs_too() {
    let reader = reader("graph", "misc-register.html", 1280, 800);
    press_run(&reader, "cargo lab trace");
    reader.wait_until(&format!("{STATES}.length > 0"));
    reader.wait_until(&format!("{STATES}.every((it) => it === 'As in the book.')"));
}

#[test]
fn a_run_is_stopped_where_its_reader_says_so() {
    let reader = reader("stop", "ioctl-numbers.html", 1280, 800);
    reader.click("main .file > button[aria-label$='hiboma_tiny.rs']");
    reader.click(".live-command > input");
    let _: () = reader.ask("document.querySelector('.live-command > input').select() ?? null");
    reader.write("echo begun; sleep 60");
    reader.click(".live-command > button");
    reader.wait_until(
        "document.querySelector('.live-workbench .live-text').innerText.includes('begun\\n')",
    );
    let start = Instant::now();
    reader.click(".live-command > button[data-running]");
    reader.wait_until(&format!("{STATES}[0] === 'Stopped.'"));
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
}

#[test]
fn a_run_that_goes_on_says_so_and_can_be_stopped_there() {
    let reader = reader("slow", "ioctl-numbers.html", 1280, 800);
    reader.click("main .file > button[aria-label$='hiboma_tiny.rs']");
    reader.wait_until("document.querySelector('.live-command > input') !== null");
    crate::edits::run(&reader, "echo begun; sleep 60");
    reader.wait_until(&format!(
        "{STATES}[0] === 'It still runs. It may take 30 s; Stop ends it now.'"
    ));
    let stop = "main .live-workbench .live-output > .live-button";
    reader.click(stop);
    reader.wait_until(&format!("{STATES}[0] === 'Stopped.'"));
    reader.wait_until(&format!("document.querySelector('{stop}').hidden"));
}

#[test]
fn what_differs_on_each_run_is_said() {
    let reader = reader("varies", "misc-register.html", 1280, 800);
    press_run(&reader, "ls -l /dev/hiboma");
    reader.wait_until(&format!(
        "{STATES}.some((it) => it === 'As in the book, apart from the dates.')"
    ));
}

#[test]
fn a_command_of_the_text_runs_where_it_stands() {
    let reader = reader("text", "the-lab.html", 1280, 800);
    reader.click("main button[aria-label='Run cargo lab run -- 2-version-hiboma']");
    reader.wait_until(
        "[...document.querySelectorAll('main .live-text')].some((it) => it.innerText.includes('version = 110'))",
    );
    reader.click("main button[aria-label='Open the terminal']");
    reader.wait_until("document.querySelector('.live-terminal')?.hidden === false");
}

#[test]
fn a_trace_has_the_reader_s_changes() {
    let reader = reader("traced", "misc-register.html", 1280, 800);
    reader.click("main .file > button[aria-label$='module/hiboma_tiny.rs']");
    crate::edits::replace_line(
        &reader,
        "fn open(",
        "    fn open(_file: &File, _misc: &MiscDeviceRegistration<Self>) -> Result { if true { return Err(EBUSY); }",
    );
    press_run(&reader, "cargo lab trace --load hiboma_tiny.ko");
    reader.wait_until(&format!(
        "{STATES}.some((it) => it.includes('This run used your changes in module/hiboma_tiny.rs.'))"
    ));
}

#[test]
fn slides_have_no_buttons() {
    let reader = reader("slides", "why-descriptors.html?slides", 1280, 800);
    reader.wait_until("document.querySelectorAll('.slide').length > 3");
    let buttons: usize = reader.ask("document.querySelectorAll('.live-button').length");
    assert_eq!(buttons, 0);
}
