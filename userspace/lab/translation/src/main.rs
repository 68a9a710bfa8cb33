// SPDX-License-Identifier: MIT OR Apache-2.0

//! Print the texts of the book as a catalog template of gettext

use std::io::{self, BufWriter};

use anyhow::Result;
use polib::catalog::Catalog;
use polib::message::Message;
use polib::metadata::CatalogMetadata;
use polib::po_file;
use translation::messages;

fn main() -> Result<()> {
    let mut template = Catalog::new(CatalogMetadata {
        content_type: "text/plain; charset=UTF-8".to_owned(),
        content_transfer_encoding: "8bit".to_owned(),
        mime_version: "1.0".to_owned(),
        ..CatalogMetadata::default()
    });
    for message in messages::all()? {
        let mut entry = Message::build_singular();
        entry.with_msgid(message.text).with_source(message.file);
        if let Some(context) = message.context {
            entry.with_msgctxt(context.to_owned());
        }
        template.append_or_update(entry.done());
    }
    po_file::write(&template, &mut BufWriter::new(io::stdout()))?;
    Ok(())
}
