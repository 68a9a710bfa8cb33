// SPDX-License-Identifier: MIT OR Apache-2.0

//! The file names of listings, and references to the kernel, are links.

use crate::built::EDITIONS;
use crate::reader::Reader;
use crate::server::chapters;

const UNLINKED: &str = "[...document.querySelectorAll('main p.file, main p.kernel')] \
    .filter((it) => !it.querySelector('a[href]')).map((it) => it.textContent)";

/// Also the links in tables.
const KERNEL: &str = "document.querySelectorAll( \
    'main td a[href^=\"https://elixir.bootlin.com/linux/v\"][href*=\"/source/\"]').length";

#[test]
fn every_file_is_a_link() {
    let reader = Reader::start();
    for chapter in chapters() {
        reader.open(&chapter);
        let unlinked: Vec<String> = reader.ask(UNLINKED);
        assert!(unlinked.is_empty(), "{chapter}: {unlinked:?}");
    }
    for edition in EDITIONS {
        reader.open(&format!("{edition}into-kvm.html"));
        let linked: usize = reader.ask(KERNEL);
        assert!(
            linked > 20,
            "{edition}: the table of files has {linked} links"
        );
    }
}

#[test]
fn a_listing_s_file_is_shown_where_its_name_is_clicked() {
    let reader = Reader::start();
    reader.open("misc-register.html");
    let path: String = reader.ask("document.querySelector('main p.file').textContent");
    reader.click("main p.file > a");
    reader.wait_until(&format!("location.pathname === '/files/{path}'"));
    reader.wait_until("document.body?.textContent.includes('SPDX-License-Identifier')");
}
