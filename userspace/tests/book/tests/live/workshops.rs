// SPDX-License-Identifier: MIT OR Apache-2.0

//! A workshop: two seats, and their teacher's view.

use crate::edits::{CAPTION, answer_with};
use crate::server::{Server, follow, invited, reader};

/// The teacher's view of each seat, one line each.
const SEATS: &str = "[...document.querySelectorAll('#seats > tr')].map((it) => it.innerText)";

#[test]
fn the_teacher_sees_what_the_seats_do_and_they_do_not_see_each_other() {
    let server = Server::workshop("workshop");
    let teacher = follow(&server.link);
    teacher.wait_until(&format!(
        "document.querySelector('#link').innerText === {:?}",
        server.invitation.as_ref().expect("it is a workshop")
    ));
    teacher.wait_until("document.querySelector('#code').naturalWidth > 100");

    let ada = server.join("<b>Ada</b>");
    teacher.wait_until(&format!("{SEATS}.length === 1"));
    let _: () = teacher.ask("(document.querySelector('#seats > tr').id = 'first', null)");
    let grace = server.join("Grace");
    ada.open(&server.page("ioctl-numbers.html"));
    answer_with(&ada, "Ok(111)");
    ada.wait_until(&format!("{CAPTION} === 'Edit and run, changed'"));
    grace.open(&server.page("ioctl-numbers.html"));
    grace.wait_until(&format!("{CAPTION} === 'Edit and run'"));

    grace.open(&server.page("exercises.html"));
    grace.click("main tbody > tr:first-child .live-opener > button");
    grace.click("main .live-exercise button[title='Ctrl+Enter']");
    teacher.wait_until(&format!("{SEATS}.length === 2"));
    teacher.wait_until(&format!(
        "{SEATS}.some((it) => it.includes('<b>Ada</b>') && it.includes('ioctl-numbers'))"
    ));
    teacher.wait_until(&format!(
        "{SEATS}.some((it) => it.includes('Grace') && it.includes('first-ioctl: not yet, now'))"
    ));

    // A row that was there is still the same.
    let first: String = teacher.ask("document.querySelector('#first').innerText");
    assert!(first.contains("<b>Ada</b>"), "{first}");

    let _: () = teacher.ask(
        "([...document.querySelectorAll('#seats button')].find((it) => it.innerText === '<b>Ada</b>').click(), null)",
    );
    teacher.click("#files li > button");
    teacher.wait_until("document.querySelector('#files > pre').innerText.includes('Ok(111)')");
}

#[test]
fn a_name_that_is_taken_is_asked_for_again() {
    let _first = reader("Ada", "index.html", 1280, 800);
    let other = invited();
    other.click("#name");
    other.write("Ada");
    other.click("form > button");
    other.wait_until("document.querySelector('#wrong')?.innerText.length > 5");
}
