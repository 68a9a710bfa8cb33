// SPDX-License-Identifier: MIT OR Apache-2.0

//! An exercise from its start to its end, in the page alone.

use crate::server::Server;

const SOLUTION: &str = include_str!("../../../../exercises/first-ioctl/solution/exercise.rs");

#[test]
fn an_exercise_is_done_in_the_page() {
    let server = Server::start("exercise");
    let reader = server.reader("exercises.html", 1280, 800);
    let opener = "main tbody > tr:first-child .live-opener > button";
    reader.click(opener);
    reader.wait_until("document.querySelector('.live-task')?.innerText.length > 20");

    let check = "main .live-exercise button[title='Ctrl+Enter']";
    reader.click(check);
    reader.wait_until(
        "document.querySelector('.live-exercise .live-status').innerText.startsWith('Not yet')",
    );

    let hint = "[...document.querySelectorAll('.live-exercise button')].find((it) => it.innerText.startsWith('Hint 1'))";
    let _: () = reader.ask(&format!("{hint}.setAttribute('id', 'hint') ?? null"));
    reader.click("#hint");
    reader.wait_until("document.querySelectorAll('.live-hints > li').length === 1");
    reader.wait_until("document.querySelector('#hint').innerText.startsWith('Hint 2')");

    reader.click("main .live-exercise .cm-content");
    let solution = serde_json::to_string(SOLUTION).expect("it is text");
    let _: bool = reader.ask(&format!(
        "document.execCommand('selectAll') && document.execCommand('insertText', false, {solution})"
    ));
    reader.click(check);
    reader.wait_until(
        "document.querySelector('.live-exercise .live-status').innerText.startsWith('Done')",
    );
    let label: String = reader.ask(&format!("document.querySelector('{opener}').innerText"));
    assert_eq!(label, "Done: look at it again");
}

#[test]
fn what_was_written_is_gone_from_the_page_when_one_starts_over() {
    let server = Server::start("reset");
    let reader = server.reader("exercises.html", 1280, 800);
    reader.click("main tbody > tr:first-child .live-opener > button");
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
