// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a reader has written outlives the server.

use crate::edits::{CAPTION, OPEN, answer_with};
use crate::server::Server;

#[test]
fn a_change_is_there_when_the_server_is_back() {
    let server = Server::start("restart");
    let reader = server.reader("ioctl-numbers.html", 1280, 800);
    answer_with(&reader, "Ok(112)");
    reader.wait_until(&format!("{CAPTION} === 'Edit and run, changed'"));
    drop(reader);
    drop(server);

    let server = Server::start_again("restart");
    let reader = server.reader("ioctl-numbers.html", 1280, 800);
    reader.wait_until(&format!("{CAPTION} === 'Edit and run, changed'"));
    reader.click(OPEN);
    reader.wait_until("document.querySelector('.cm-content')?.innerText.includes('Ok(112)')");
}
