// SPDX-License-Identifier: MIT OR Apache-2.0

//! The translations of a language: `book/po/LANGUAGE.po`, in gettext's format.

use std::collections::HashSet;
use std::iter;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};
use polib::catalog::Catalog as Po;
use polib::message::MessageView;
use polib::po_file;

use crate::blocks::blocks;
use crate::repository;

/// The context of a word in its definition.
pub const DEFINED: &str = "defined";

/// The translations of all texts into one language.
pub struct Catalog {
    po: Po,
}

impl Catalog {
    /// Reads the catalog of a language, such as `ja`.
    pub fn of(language: &str) -> Result<Self> {
        let file = path(language);
        let po = po_file::parse(&file)
            .map_err(|error| anyhow!("{error}"))
            .with_context(|| format!("{} is no catalog of gettext", file.display()))?;
        Ok(Catalog { po })
    }

    /// Returns its entries, in the order of the file.
    pub fn entries(&self) -> impl Iterator<Item = &dyn MessageView> {
        self.po.messages()
    }

    /// Returns the translation of a text, if there is one that is not fuzzy.
    pub fn get(&self, text: &str) -> Option<&str> {
        self.find(text, None)
    }

    /// The same for a text in a context, such as [`DEFINED`].
    pub fn find(&self, text: &str, context: Option<&str>) -> Option<&str> {
        let entry = self.po.find_message(context, text, None)?;
        let translated = entry.msgstr().ok()?;
        (!translated.is_empty() && !entry.is_fuzzy()).then_some(translated)
    }

    /// Returns a page in this language. Texts without a translation stay in English.
    ///
    /// Headings keep the ids of the English page, so that links work in both.
    pub fn translate(&self, page: &str) -> String {
        let mut translated = String::with_capacity(page.len());
        let mut copied = 0;
        let mut ids = HashSet::new();
        for block in blocks(page) {
            let context = block.is_defined.then_some(DEFINED);
            let Some(text) = self.find(&block.text, context) else {
                continue;
            };
            translated += &page[copied..block.range.start];
            translated += text;
            if let Some(heading) = block.heading {
                translated += &format!(" {{#{}}}", heading_id(&heading, &mut ids));
            }
            copied = block.range.end;
        }
        translated + &page[copied..]
    }
}

/// Returns the path of a language's catalog.
fn path(language: &str) -> PathBuf {
    repository()
        .join("book/po")
        .join(language)
        .with_extension("po")
}

/// Makes an id as mdBook does: `id_from_content` and `unique_id` in its crate mdbook-html.
fn heading_id(heading: &str, used: &mut HashSet<String>) -> String {
    let kept = |letter: char| match letter {
        _ if letter.is_alphanumeric() || "_-".contains(letter) => Some(letter),
        _ if letter.is_whitespace() => Some('-'),
        _ => None,
    };
    let heading = heading.trim().to_lowercase();
    let id: String = heading.chars().filter_map(kept).collect();
    let mut ids = iter::once(id.clone()).chain((1..).map(|number| format!("{id}-{number}")));
    let id = ids
        .find(|id| !used.contains(id))
        .expect("there is no end of numbers");
    used.insert(id.clone());
    id
}

#[cfg(test)]
mod tests {
    use polib::catalog::Catalog as Po;
    use polib::message::Message;
    use polib::metadata::CatalogMetadata;

    use super::Catalog;

    fn catalog(texts: &[(&str, &str)]) -> Catalog {
        let mut po = Po::new(CatalogMetadata::default());
        for (english, japanese) in texts {
            let mut message = Message::build_singular();
            message.with_msgid((*english).to_owned());
            po.append_or_update(message.with_msgstr((*japanese).to_owned()).done());
        }
        Catalog { po }
    }

    #[test]
    fn prose_is_translated_and_all_else_stays() {
        let page = "# Why `ioctl`?\n\n<p class=\"question\">Why?</p>\n\nA *VM* is\nopen.\n\n```c\nA VM;\n```\n\n\
                    - One\n  item.\n\n| A | `b` |\n| --- | --- |\n| c d | 1 |\n\nVM\n: A machine.\n";
        let japanese = catalog(&[
            ("Why `ioctl`?", "なぜ`ioctl`か"),
            ("Why?", "なぜか"),
            ("A *VM* is open.", "*VM*は開いています。"),
            ("A VM;", "ここは違う"),
            ("One item.", "一つの項目"),
            ("c d", "シー"),
            ("A machine.", "仮想マシン"),
        ]);
        let expected = "# なぜ`ioctl`か {#why-ioctl}\n\n<p class=\"question\">なぜか</p>\n\n*VM*は開いています。\n\n\
                        ```c\nA VM;\n```\n\n- 一つの項目\n\n| A | `b` |\n| --- | --- |\n| シー | 1 |\n\n\
                        VM\n: 仮想マシン\n";
        assert_eq!(japanese.translate(page), expected);
    }
}
