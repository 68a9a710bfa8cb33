// SPDX-License-Identifier: MIT OR Apache-2.0

//! A shell in a guest, at the bottom of the page.

use crate::reader::Reader;
use crate::server::reader;

const SHOWN: &str = "document.querySelector('.live-screen .xterm-accessibility-tree')?.innerText";

#[test]
fn a_shell_answers() {
    let reader = at_shell("terminal");
    let begin: String = reader.ask(SHOWN);
    assert!(
        begin.contains("Programs: ") && begin.contains("5-create-vcpu"),
        "{begin}"
    );
    reader.write("echo $((6 * 7)) $(uname -m)");
    reader.press("Enter");
    reader.wait_until(&format!("{SHOWN}.includes('42 x86_64')"));
    reader.click(".live-terminal-button");
    reader.wait_until("document.querySelector('.live-terminal').hidden");
    assert_eq!(reader.complaints(), [""; 0]);
}

#[test]
fn the_book_s_keys_are_the_shell_s() {
    let reader = at_shell("keys");
    // Outside the terminal, these keys search and turn the page.
    reader.write("s");
    reader.press("ArrowRight");
    reader.wait_until(&format!("{SHOWN}.includes('# s')"));
    let page: String = reader.ask("location.pathname");
    assert_eq!(page, "/the-lab.html");
}

#[test]
fn who_has_no_mouse_can_leave() {
    let reader = at_shell("leave");
    let is_inside = "document.activeElement.closest('.live-screen') !== null";
    reader.press("Tab");
    assert!(reader.ask::<bool>(is_inside));
    reader.press("Escape");
    reader.press("Tab");
    reader.wait_until(&format!("!({is_inside})"));
    reader.click(".live-terminal .live-bar > button:last-child");
    reader.wait_until("document.activeElement.matches('.live-terminal-button')");
}

#[test]
fn a_file_that_is_too_large_is_told_and_the_shell_goes_on() {
    let reader = at_shell("large");
    drop_file(&reader, "[new Uint8Array(11 * 2 ** 20 + 1)], 'large'");
    reader.wait_until(
        "document.querySelector('.live-terminal [role=alert]')?.innerText.includes('larger than 11 MiB')",
    );
    reader.write("echo $((6 * 7))");
    reader.press("Enter");
    reader.wait_until(&format!("{SHOWN}.includes('42')"));
}

#[test]
fn a_file_that_is_dropped_is_in_the_guest() {
    let reader = at_shell("drop");
    drop_file(&reader, "['what was ' + 'dropped'], 'dropped.txt'");
    reader.write("until cat dropped.txt; do sleep 0.1; done 2>/dev/null");
    reader.press("Enter");
    reader.wait_until(&format!("{SHOWN}.includes('what was dropped')"));
}

/// Returns a seat's reader with a shell that waits for a command.
fn at_shell(seat: &str) -> Reader {
    let reader = reader(seat, "the-lab.html", 1280, 800);
    reader.click(".live-terminal-button");
    reader.wait_until(&format!("{SHOWN}?.includes('#')"));
    reader
}

/// Drops a file on the terminal, made by `new File` of these arguments.
fn drop_file(reader: &Reader, of: &str) {
    let _: () = reader.ask(&format!(
        "((dropped) => {{ \
           dropped.items.add(new File({of})); \
           const event = new DragEvent('drop', {{ dataTransfer: dropped, bubbles: true, cancelable: true }}); \
           document.querySelector('.live-screen').dispatchEvent(event); \
           return null; \
         }})(new DataTransfer())",
    ));
}
