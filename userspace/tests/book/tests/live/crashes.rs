// SPDX-License-Identifier: MIT OR Apache-2.0

//! A crash of the kernel is shown, and the next run gets another kernel.

use crate::edits::{answer_with, run, select_line};
use crate::server::reader;

#[test]
fn the_function_that_crashed_leads_to_its_line_and_the_next_run_works() {
    let reader = reader("crash", "ioctl-numbers.html", 1280, 800);
    answer_with(&reader, "panic!()");
    run(&reader, "calls 'open /dev/hiboma' 'ioctl 3 0'");
    reader.wait_until(
        "document.querySelector('.live-workbench .live-status').innerText === \
         'The kernel crashed. This run used your changes in module/hiboma_tiny.rs.'",
    );
    // The log begins with the kernel's report; earlier messages are folded.
    let begin: String = reader.ask(
        "document.querySelector('[aria-label=\"The kernel\\'s log\"]').innerText.slice(0, 100)",
    );
    assert!(
        begin.contains("panicked at module/hiboma_tiny.rs:"),
        "{begin}"
    );
    let place: String =
        reader.ask("document.querySelector('main .live-frames .live-link').innerText");
    assert!(place.starts_with("module/hiboma_tiny.rs:"), "{place}");
    // Moves elsewhere in the file.
    select_line(&reader, "HIBOMA_OPEN_FD =>");
    reader.click("main .live-frames .live-link");
    reader.wait_until("document.querySelector('.cm-activeLine').innerText.includes('panic!()')");

    reader.click("main .live-workbench button[title^='Undo']");
    reader.click(".live-command > button");
    reader.wait_until("document.querySelector('.live-workbench .live-text').innerText.includes('ioctl(3, 0x0, 0) = 110')");
}
