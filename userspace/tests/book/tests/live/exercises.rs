// SPDX-License-Identifier: MIT OR Apache-2.0

//! An exercise from start to end, only in the page.

use crate::reader::Reader;
use crate::server::reader;

const SOLUTION: &str = include_str!("../../../../exercises/first-ioctl/solution/exercise.rs");

const OPENER: &str = "main tbody > tr:first-child .live-opener > button";
const CHECK: &str = "main .live-exercise button[title='Ctrl+Enter']";

/// The check's status line.
const CHECKED: &str = "document.querySelector('.live-output:has([aria-label=\"What the check says\"]) > .live-status').innerText";

/// Replaces the whole content of the first file.
fn write_all(reader: &Reader, text: &str) {
    reader.click("main .live-exercise .cm-content");
    let text = serde_json::to_string(text).expect("it is text");
    let _: bool = reader.ask(&format!(
        "document.execCommand('selectAll') && document.execCommand('insertText', false, {text})"
    ));
}

#[test]
fn an_exercise_is_done_in_the_page() {
    let reader = reader("exercise", "exercises.html", 1280, 800);
    reader.click(OPENER);
    reader.wait_until("document.querySelector('.live-task')?.innerText.length > 20");
    // The cursor begins at the place to edit.
    reader.wait_until("document.querySelector('.cm-activeLine')?.innerText.includes('TODO')");

    let reset = "[...document.querySelectorAll('.live-exercise button')].find((it) => it.innerText.startsWith('Reset'))";
    reader.click(CHECK);
    reader.wait_until(&format!("{reset}.disabled"));
    reader.wait_until(&format!("{CHECKED}.startsWith('Not yet')"));
    reader.wait_until(&format!("!{reset}.disabled"));

    let hint = "[...document.querySelectorAll('.live-exercise button')].find((it) => it.innerText.startsWith('Hint 1'))";
    let _: () = reader.ask(&format!("{hint}.setAttribute('id', 'hint') ?? null"));
    reader.click("#hint");
    reader.wait_until("document.querySelectorAll('.live-hints > li').length === 1");
    reader.wait_until("document.querySelector('#hint').innerText.startsWith('Hint 2')");

    write_all(&reader, SOLUTION);
    reader.click(CHECK);
    reader.wait_until(&format!("{CHECKED}.startsWith('Done')"));
    let label: String = reader.ask(&format!("document.querySelector('{OPENER}').innerText"));
    assert_eq!(label, "Done ✓");

    let next = "[...document.querySelectorAll('.live-exercise a')].find((it) => it.innerText.startsWith('Next: '))";
    reader.wait_until(&format!("{next} !== undefined"));
    let _: () = reader.ask(&format!("({next}.id = 'next', null)"));
    reader.click("#next");
    reader.wait_until("location.pathname === '/ioctl-numbers.html'");
    reader.wait_until(
        "document.querySelector('.live-exercise')?.innerText.includes('Pass a structure')",
    );
    // The files that it includes are there for reading.
    let tabs: Vec<String> =
        reader.ask("[...document.querySelectorAll('[role=tab]')].map((it) => it.innerText)");
    assert_eq!(tabs, ["exercise.rs", "module/uaccess.rs"]);
}

#[test]
fn what_was_written_runs_by_the_command_of_the_task() {
    let reader = reader("try-out", "exercises.html", 1280, 800);
    reader.click(OPENER);
    reader.click("main .live-exercise .live-command > button");
    let printed =
        "document.querySelector('[aria-label=\"Output with what you have written\"]').innerText";
    reader.wait_until(&format!(
        "{printed}.includes('ioctl(3, 0xbb01, 21) = -1 EINVAL')"
    ));
    write_all(&reader, SOLUTION);
    reader.click("main .live-exercise .live-command > button");
    reader.wait_until(&format!("{printed}.includes('ioctl(3, 0xbb01, 21) = 42')"));
}

#[test]
fn a_check_whose_guest_crashes_says_so_and_the_others_were_not_run() {
    let reader = reader("check-crash", "exercises.html", 1280, 800);
    reader.click(OPENER);
    write_all(
        &reader,
        &SOLUTION.replace("EXERCISE_VERSION => Ok(1)", "EXERCISE_VERSION => panic!()"),
    );
    reader.click(CHECK);
    reader.wait_until(&format!("{CHECKED} === 'Not yet: the kernel crashed.'"));
    let said: String =
        reader.ask("document.querySelector('[aria-label=\"What the check says\"]').innerText");
    assert!(said.contains(": not run"), "{said}");
    // The file has one name: that of its tab.
    let place: String =
        reader.ask("document.querySelector('main .live-frames .live-link').innerText");
    assert!(place.starts_with("exercise.rs:"), "{place}");
    let log: String =
        reader.ask("document.querySelector('[aria-label=\"The kernel\\'s log\"]').innerText");
    assert!(log.contains("panicked at exercise.rs:"), "{log}");
    assert!(!log.contains("mine/"), "{log}");
}

#[test]
fn what_was_written_is_gone_from_the_page_when_the_exercise_is_reset() {
    let reader = reader("reset", "exercises.html", 1280, 800);
    reader.click(OPENER);
    reader.click("main .live-exercise .cm-content");
    reader.write("mine");
    reader.wait_until(
        "document.querySelector('.live-exercise .cm-content').innerText.includes('mine')",
    );
    reader.click("main .live-exercise button[title^='What you have written']");
    reader.wait_until(
        "!document.querySelector('.live-exercise .cm-content').innerText.includes('mine')",
    );
    let changed =
        "document.querySelector('.live-exercise button[aria-pressed]').disabled === false";
    reader.wait_until(&format!("!({changed})"));
}
