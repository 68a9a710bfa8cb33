// SPDX-License-Identifier: MIT OR Apache-2.0

//! A reader's work outlives the server, and so does the page.

use crate::edits::{CAPTION, answer_with, run};
use crate::server::{Server, follow};

const PRINTED: &str = "document.querySelector('.live-workbench .live-text').innerText";

#[test]
fn a_page_goes_on_when_the_server_is_back() {
    let server = Server::start("restart");
    let reader = follow(&server.link);
    reader.resize(1280, 800);
    reader.open(&server.page("ioctl-numbers.html"));
    answer_with(&reader, "Ok(112)");
    reader.wait_until(&format!("{CAPTION} === 'Edit and run, changed'"));
    let server = server.restart("restart");
    run(&reader, "calls 'open /dev/hiboma' 'ioctl 3 0'");
    reader.wait_until(&format!("{PRINTED}.includes('ioctl(3, 0x0, 0) = 112')"));

    reader.open("about:blank");
    reader.open(&server.page("ioctl-numbers.html"));
    reader.wait_until(&format!("{CAPTION} === 'Edit and run, changed'"));
}
