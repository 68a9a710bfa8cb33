// SPDX-License-Identifier: MIT OR Apache-2.0

//! The prose of a chapter: its text without code, listings and included files.

use std::sync::LazyLock;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use regex::Regex;

/// The parts of an HTML block that are not prose: comments, code and tags.
static MARKUP: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("(?s)<!--.*?-->|<code>.*?</code>|<[^>]*>").expect("a pattern"));
static DIRECTIVE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\{\{#[^}]*\}\}").expect("a pattern"));

/// Returns one line for each paragraph, heading, cell, alternative text and so on.
/// Code becomes `…`, except an errno, because prose says that something returns it.
pub fn prose(markdown: &str) -> String {
    let mut prose = String::new();
    let mut in_code = false;
    let options = Options::ENABLE_TABLES | Options::ENABLE_DEFINITION_LIST;
    for event in Parser::new_ext(markdown, options) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::InlineHtml(tag) if &*tag == "<code>" => in_code = true,
            Event::InlineHtml(tag) if &*tag == "</code>" => in_code = false,
            _ if in_code => (),
            Event::Text(text) | Event::Html(text) => prose.push_str(&text),
            Event::Code(code) => prose.push_str(if is_errno(&code) { &code } else { "…" }),
            Event::SoftBreak | Event::HardBreak => prose.push(' '),
            Event::End(
                TagEnd::Emphasis
                | TagEnd::Strong
                | TagEnd::Link
                | TagEnd::Image
                | TagEnd::HtmlBlock,
            ) => (),
            Event::End(_) => prose.push('\n'),
            _ => (),
        }
    }
    let prose = MARKUP.replace_all(&prose, "");
    DIRECTIVE.replace_all(&prose, "").into_owned()
}

/// Matches `EINVAL` and `E2BIG`; also `EFLAGS`, which does no harm.
fn is_errno(code: &str) -> bool {
    let is_upper = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    code.len() > 1 && code.starts_with('E') && code.bytes().all(is_upper)
}

#[test]
fn code_is_no_prose() {
    let markdown = "# A `vm`\n\nIt *is*\n`EIO`.\n\n```c\nint vm;\n```\n\n\
        <p class=\"kernel\"><code>f</code>, fs/ioctl.c</p>\n\n{{#include ../a_b_c.md}}\n";
    let prose = prose(markdown);
    let lines: Vec<&str> = prose.split('\n').filter(|line| !line.is_empty()).collect();
    assert_eq!(lines, ["A …", "It is EIO.", ", fs/ioctl.c"]);
}
