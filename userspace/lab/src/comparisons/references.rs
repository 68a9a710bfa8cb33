// SPDX-License-Identifier: MIT OR Apache-2.0

//! Checks the book's statements about the kernel's own C and Rust code (references) against the
//! source from which the lab's kernel is built.
//!
//! A reference is a caption, which names a definition and its file, and a list. Each item begins
//! with some words of the definition, as code. In a numbered list they occur in this order.
//!
//! ```text
//! <p class="kernel"><code>misc_open</code>, drivers/char/misc.c</p>
//!
//! 1. `list_for_each_entry(c, &misc_list, list)` looks for the minor.
//! 2. `fops_get(…)` takes a reference to the module.
//! ```

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::definition::definition;
use crate::build::Kernel;
use crate::workspace;

const CAPTION: &str = "<p class=\"kernel\"><code>";

/// A caption, and the statements below it.
#[derive(Debug, PartialEq)]
pub struct Reference {
    /// The file of the book without its extension, e.g. `misc-register`.
    pub chapter: String,
    /// The name of the definition, e.g. `misc_open` or `struct miscdevice`.
    pub name: String,
    /// A path in the kernel's source.
    pub file: PathBuf,
    /// Whether the list is numbered.
    in_order: bool,
    /// The beginning of each item; `…` stands for anything in between.
    fragments: Vec<String>,
}

/// Returns all references of all chapters.
pub fn all() -> Result<Vec<Reference>> {
    let mut references = Vec::new();
    let mut chapters: Vec<PathBuf> = fs::read_dir(workspace::root().join("book/src"))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    chapters.sort();
    for path in chapters {
        if path.extension().is_some_and(|extension| extension == "md") {
            let chapter = path.file_stem().unwrap_or_default().to_string_lossy();
            let text = fs::read_to_string(&path)?;
            let of_chapter = in_chapter(&chapter, &text);
            references
                .extend(of_chapter.with_context(|| format!("{} is at fault", path.display()))?);
        }
    }
    Ok(references)
}

/// Checks the chapter that names the Linux version of the references.
pub fn check_series(kernel: &Kernel) -> Result<()> {
    let release = kernel.release()?;
    let series: Vec<&str> = release.splitn(3, '.').take(2).collect();
    let series = format!("Linux {}", series.join("."));
    let chapter = workspace::root().join("book/src/the-lab.md");
    let text = fs::read_to_string(&chapter)?;
    ensure!(
        text.contains(&series),
        "{} does not say that the references are to {series}",
        chapter.display()
    );
    Ok(())
}

/// Returns the references of one chapter, in order.
fn in_chapter(chapter: &str, text: &str) -> Result<Vec<Reference>> {
    let mut references = Vec::new();
    let mut caption = None;
    let mut events = Parser::new(text);
    while let Some(event) = events.next() {
        match event {
            Event::Html(html) if html.contains(CAPTION) => {
                ensure!(caption.is_none(), "no list after {caption:?}");
                caption = Some(parse_caption(&html)?);
            }
            Event::Start(Tag::List(first)) => {
                if let Some((name, file)) = caption.take() {
                    references.push(Reference {
                        chapter: chapter.to_owned(),
                        fragments: fragments(&mut events)
                            .with_context(|| format!("the list of {name}"))?,
                        name,
                        file,
                        in_order: first.is_some(),
                    });
                }
            }
            Event::Start(Tag::Paragraph | Tag::Heading { .. }) => {
                ensure!(
                    caption.is_none(),
                    "something before the list of {caption:?}"
                );
            }
            _ => {}
        }
    }
    ensure!(caption.is_none(), "no list after {caption:?}");
    Ok(references)
}

/// Returns the name and the file in the line of a caption.
fn parse_caption(html: &str) -> Result<(String, PathBuf)> {
    let parts = html.split_once(CAPTION).and_then(|(_, rest)| {
        let (name, rest) = rest.split_once("</code>, ")?;
        let (file, _) = rest.split_once("</p>")?;
        Some((name, file))
    });
    let (name, file) = parts.with_context(|| {
        format!("{html}: write {CAPTION}NAME</code>, PATH</p>, all in one line")
    })?;
    let name = name
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    Ok((name, PathBuf::from(file)))
}

/// Returns the beginnings of the items in the list that the events have just entered.
fn fragments(events: &mut Parser) -> Result<Vec<String>> {
    let mut fragments = Vec::new();
    let mut depth = 1;
    let mut item_begins = false;
    for event in events {
        match event {
            Event::Start(Tag::List(_)) => depth += 1,
            Event::End(TagEnd::List(_)) => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
            Event::Start(Tag::Item) => item_begins = depth == 1,
            Event::Start(Tag::Paragraph) => {}
            Event::Code(code) if item_begins => {
                fragments.push(code.into_string());
                item_begins = false;
            }
            other if item_begins => bail!("an item starts with {other:?}, not with code"),
            _ => {}
        }
    }
    Ok(fragments)
}

impl Reference {
    /// Looks everything up in the source from which this kernel was built.
    pub fn check(&self, kernel: &Kernel) -> Result<()> {
        let text = fs::read_to_string(kernel.source.join(&self.file))
            .with_context(|| format!("{} is not in the kernel's source", self.file.display()))?;
        let definition = definition(&text, &self.name)
            .with_context(|| format!("{} does not define {}", self.file.display(), self.name))?;
        let mut rest = without_space(&definition);
        for fragment in &self.fragments {
            let after = after(&rest, fragment).with_context(|| {
                format!(
                    "`{fragment}` is not (or not in this order) in\n{definition}\n{}",
                    self.file.display()
                )
            })?;
            if self.in_order {
                rest = after;
            }
        }
        Ok(())
    }
}

/// Returns the text after a fragment, in a text without white space.
fn after(text: &str, fragment: &str) -> Option<String> {
    let mut rest = text;
    for part in fragment.split('…') {
        let part = without_space(part);
        rest = &rest[rest.find(&part)? + part.len()..];
    }
    Some(rest.to_owned())
}

fn without_space(text: &str) -> String {
    text.split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHAPTER: &str = "\
Text, and a list of something else:

- one

<div>

<p class=\"kernel\"><code>impl&lt;T&gt; Drop for A&lt;T&gt;</code>, rust/a.rs</p>

1. `b()`, then `c`
2. `d(…)`

   more of it

</div>
";

    #[test]
    fn a_reference_is_a_caption_and_a_list() {
        let reference = Reference {
            chapter: "a".to_owned(),
            name: "impl<T> Drop for A<T>".to_owned(),
            file: PathBuf::from("rust/a.rs"),
            in_order: true,
            fragments: vec!["b()".to_owned(), "d(…)".to_owned()],
        };
        assert_eq!(in_chapter("a", CHAPTER).unwrap(), [reference]);
    }

    #[test]
    fn a_caption_wants_a_list_and_each_item_code() {
        for wrong in [
            "<p class=\"kernel\"><code>a</code>, a.c</p>\n\ntext\n\n- `b`\n",
            "<p class=\"kernel\"><code>a</code>, a.c</p>\n",
            "<p class=\"kernel\"><code>a</code>, a.c</p>\n\n- b\n",
            "<p class=\"kernel\"><code>a</code> a.c</p>\n\n- `b`\n",
        ] {
            assert!(in_chapter("a", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn space_does_not_matter_and_an_ellipsis_is_anything() {
        let text = without_space("a(b,\n\tc);\nd(e);");
        assert_eq!(after(&text, "a(b, c)").as_deref(), Some(";d(e);"));
        assert_eq!(after(&text, "a(…)").as_deref(), Some(";d(e);"));
        assert_eq!(after(&text, "a … e").as_deref(), Some(");"));
        assert_eq!(after(&text, "d … a"), None);
    }
}
