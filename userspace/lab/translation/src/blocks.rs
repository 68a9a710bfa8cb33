// SPDX-License-Identifier: MIT OR Apache-2.0

//! The prose of a page, in blocks: the unit of a translator's work.
//!
//! Code, recordings and HTML stay where they are: translating a page
//! replaces its blocks, and keeps everything between them, byte for byte.

use std::mem;
use std::ops::Range;

use lazy_regex::{regex, regex_replace_all};
use mdbook_markdown::pulldown_cmark::{Event, Tag, TagEnd};
use mdbook_markdown::{MarkdownOptions, new_cmark_parser};

/// One paragraph, heading, cell of a table, or text of an HTML element.
pub struct Block {
    /// Its position in the page.
    pub range: Range<usize>,
    /// Its Markdown in one line.
    pub text: String,
    /// For a heading, the text from which mdBook makes its id.
    pub heading: Option<String>,
    /// Whether it is the definition of a term, which needs another translation than its uses.
    pub is_defined: bool,
}

/// Returns the blocks of a page, in order.
pub fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Blocks {
        page,
        found: Vec::new(),
        run: None,
        heading: None,
        is_defined: false,
    };
    let events = new_cmark_parser(page, &MarkdownOptions::default()).into_offset_iter();
    let mut is_code = false;
    for (event, range) in events {
        match event {
            Event::Start(Tag::CodeBlock(_)) => is_code = true,
            Event::End(TagEnd::CodeBlock) => is_code = false,
            _ if is_code => {}
            Event::Text(ref text) | Event::Code(ref text) => blocks.inline(range, text),
            Event::SoftBreak | Event::HardBreak => blocks.inline(range, " "),
            Event::InlineHtml(_)
            | Event::Start(Tag::Emphasis | Tag::Strong | Tag::Link { .. } | Tag::Image { .. }) => {
                blocks.inline(range, "");
            }
            Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Link | TagEnd::Image) => {}
            Event::Html(_) => {
                blocks.end();
                blocks.html(range);
            }
            Event::Start(Tag::Heading { .. }) => {
                blocks.end();
                blocks.heading = Some(String::new());
            }
            Event::Start(Tag::DefinitionListTitle) => {
                blocks.end();
                blocks.is_defined = true;
            }
            _ => blocks.end(),
        }
    }
    blocks.end();
    blocks.found
}

struct Blocks<'a> {
    page: &'a str,
    found: Vec<Block>,
    /// The inline elements since the last block began.
    run: Option<Range<usize>>,
    heading: Option<String>,
    is_defined: bool,
}

impl Blocks<'_> {
    fn inline(&mut self, range: Range<usize>, text: &str) {
        if let Some(heading) = &mut self.heading {
            *heading += text;
        }
        let run = self.run.get_or_insert(range.clone());
        run.end = run.end.max(range.end);
    }

    fn end(&mut self) {
        let (heading, is_defined) = (self.heading.take(), mem::take(&mut self.is_defined));
        if let Some(range) = self.run.take() {
            self.add(range, heading, is_defined);
        }
    }

    /// Finds the visible text of an HTML block, except the names of files and functions.
    fn html(&mut self, range: Range<usize>) {
        let prose =
            regex!(r#"(?s)<summary>(.*?)</summary>|<p class="(?:minutes|question)">(.*?)</p>"#);
        for found in prose.captures_iter(&self.page[range.clone()]) {
            let text = found.get(1).or(found.get(2));
            let text = text.expect("one of the groups takes part in each match");
            self.add(
                range.start + text.start()..range.start + text.end(),
                None,
                false,
            );
        }
    }

    fn add(&mut self, range: Range<usize>, heading: Option<String>, is_defined: bool) {
        let text = &self.page[range.clone()];
        // On a block's next line, the marker of its list or quotation comes first: remove it.
        let text = regex_replace_all!(r"\n[ >]*", text.trim(), |_| " ").into_owned();
        if is_prose(&text) {
            self.found.push(Block {
                range,
                text,
                heading,
                is_defined,
            });
        }
    }
}

/// Returns whether there is text to translate, besides code, paths, addresses and numbers.
fn is_prose(text: &str) -> bool {
    let text = regex_replace_all!(
        r"`[^`]*`|\]\([^)]*\)|<[^>]*>|&\w+;|\w+(?:/[\w.-]+)+",
        text,
        |_| ""
    );
    text.contains(char::is_alphabetic)
}
