// SPDX-License-Identifier: MIT OR Apache-2.0

//! Renders Markdown as text for a terminal: wrapped paragraphs and lists, tables with columns.

use comfy_table::{ContentArrangement, Table, presets};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::text::wrapped;

/// The width of text in a pipe: neither the lines of the source, nor one line per paragraph.
const IN_A_PIPE: u16 = 100;

/// Renders Markdown for a terminal of this many columns, or for a pipe.
pub fn rendered(markdown: &str, columns: Option<u16>) -> String {
    let mut page = Page {
        columns: columns.or(Some(IN_A_PIPE)),
        blocks: Vec::new(),
        text: String::new(),
        lists: Vec::new(),
        item: None,
        rows: Vec::new(),
        in_code: false,
    };
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        page.take(event);
    }
    page.end_block();
    page.blocks.join("\n").trim_end().to_owned()
}

struct Page {
    columns: Option<u16>,
    /// The finished blocks.
    blocks: Vec<String>,
    /// The text of the current block so far.
    text: String,
    /// The enclosing lists, each with the number of its next item, if it is numbered.
    lists: Vec<Option<u64>>,
    /// The mark of the current item, if the next block is its first.
    item: Option<String>,
    /// The rows of the current table.
    rows: Vec<Vec<String>>,
    in_code: bool,
}

impl Page {
    fn take(&mut self, event: Event) {
        match event {
            Event::Text(text) => self.text += &text,
            Event::Code(code) => self.text += &format!("`{code}`"),
            Event::SoftBreak => self.text.push(' '),
            Event::HardBreak => self.text.push('\n'),
            Event::Start(Tag::CodeBlock(_)) => {
                self.end_block();
                self.in_code = true;
            }
            Event::End(TagEnd::CodeBlock) => {
                let code = std::mem::take(&mut self.text);
                let lines = code.lines().map(|line| format!("    {line}\n"));
                self.blocks.push(lines.collect());
                self.in_code = false;
            }
            Event::Start(Tag::List(first)) => {
                self.end_block();
                self.lists.push(first);
            }
            Event::End(TagEnd::List(_)) => {
                self.lists.pop();
                if let Some(last) = self.blocks.last_mut().filter(|last| !last.ends_with('\n')) {
                    last.push('\n');
                }
            }
            Event::Start(Tag::Item) => {
                let mark = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "- ".to_owned(),
                };
                self.item = Some(mark);
            }
            Event::Start(Tag::Table(_)) => self.end_block(),
            Event::Start(Tag::TableHead | Tag::TableRow) => self.rows.push(Vec::new()),
            Event::End(TagEnd::TableCell) => {
                let cell = std::mem::take(&mut self.text);
                if let Some(row) = self.rows.last_mut() {
                    row.push(cell);
                }
            }
            Event::End(TagEnd::Table) => {
                let table = self.table();
                self.blocks.push(table);
            }
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_)) => self.end_block(),
            Event::End(TagEnd::Item) => self.end_item(),
            _ => {}
        }
    }

    /// An item without paragraphs is followed by the next without an empty line.
    fn end_item(&mut self) {
        if !self.text.trim().is_empty() {
            self.end_block();
            if let Some(last) = self.blocks.last_mut() {
                last.truncate(last.trim_end().len());
            }
        }
    }

    fn end_block(&mut self) {
        let text = std::mem::take(&mut self.text);
        if text.trim().is_empty() {
            return;
        }
        let width = |list: &Option<u64>| if list.is_some() { 3 } else { 2 };
        let indentation = " ".repeat(self.lists.iter().map(width).sum());
        let begin = match self.item.take() {
            Some(mark) => format!(
                "{}{mark}",
                &indentation[mark.len().min(indentation.len())..]
            ),
            None => indentation.clone(),
        };
        let text = wrapped(
            &format!("{begin}{}", text.trim()),
            &indentation,
            self.columns,
        );
        self.blocks.push(text + "\n");
    }

    fn table(&mut self) -> String {
        let mut rows = std::mem::take(&mut self.rows).into_iter();
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        if let Some(columns) = self.columns {
            table
                .set_content_arrangement(ContentArrangement::Dynamic)
                .set_width(columns);
        }
        table.set_header(rows.next().unwrap_or_default());
        table.add_rows(rows);
        format!("{}\n", table.trim_fmt())
    }
}

#[cfg(test)]
mod tests {
    use super::rendered;

    #[test]
    fn a_table_has_columns_and_no_marks() {
        let table = "| name | answer |\n| --- | --- |\n| `A` | twice |\n\nBe `quick`.\n";
        assert_eq!(
            rendered(table, Some(80)),
            " name  answer\n `A`   twice\n\nBe `quick`."
        );
    }

    #[test]
    fn paragraphs_and_items_are_wrapped_at_words() {
        let text = "One two\nthree.\n\n1. four five six\n2. seven\n\n- eight\n";
        let told = "One two\nthree.\n\n1. four five\n   six\n2. seven\n\n- eight";
        assert_eq!(rendered(text, Some(12)), told);
        assert_eq!(rendered("a\nb\n", None), "a b");
    }
}
