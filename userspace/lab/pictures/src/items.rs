// SPDX-License-Identifier: MIT OR Apache-2.0

//! The boxes and rows of a state. A descriptor, a field or a reference of the state becomes a row
//! here, which may point to a box.

use anyhow::{Context, Result};

use crate::state::{File, Holder, Kind, Now, Object, State};
use crate::words::identifier;

/// A box.
pub struct Item {
    /// The column, from the left: holders, files, objects.
    pub column: usize,
    /// The style's name for its kind.
    pub class: &'static str,
    /// Its name, in one or two lines.
    pub head: Vec<String>,
    /// Its rows.
    pub rows: Vec<Row>,
    /// How many refer to it, if that is to be shown.
    pub count: Option<usize>,
    /// Whether it is new or gone.
    pub now: Now,
}

/// One line in a box.
pub struct Row {
    /// The text.
    pub text: String,
    /// A note at its end.
    pub note: Option<String>,
    /// The index of the box that it points to.
    pub to: Option<usize>,
    /// Whether it is new or gone.
    pub now: Now,
}

/// Returns all boxes of a state, in the order of the text.
pub fn items(state: &State) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    for holder in &state.holder {
        items.push(holder_item(state, holder)?);
    }
    for file in state.file.values() {
        items.push(file_item(state, file)?);
    }
    for object in state.object.values() {
        items.push(object_item(state, object)?);
    }
    count(state, &mut items);
    Ok(items)
}

fn holder_item(state: &State, holder: &Holder) -> Result<Item> {
    let mut rows = Vec::new();
    for descriptor in &holder.descriptors {
        rows.push(Row {
            text: identifier(&descriptor.number.to_string()),
            note: descriptor.cloexec.then(|| identifier("cloexec")),
            to: Some(file(state, &descriptor.to)?),
            now: descriptor.now,
        });
    }
    let mappings = holder.mappings.iter().map(|it| (&it.name, &it.to, it.now));
    let messages = holder.messages.iter().map(|it| (&it.name, &it.to, it.now));
    for (name, to, now) in mappings.chain(messages) {
        rows.push(Row {
            text: name.clone(),
            note: None,
            to: Some(file(state, to)?),
            now,
        });
    }
    let class = match holder.messages.is_empty() {
        true => "process",
        false => "message",
    };
    Ok(Item {
        column: 0,
        class,
        head: vec![holder.name.clone()],
        rows,
        count: None,
        now: holder.now,
    })
}

fn file_item(state: &State, file: &File) -> Result<Item> {
    let fields = [
        ("f_inode", &file.inode),
        ("private_data", &file.private_data),
        ("f_op->owner", &file.owner),
    ];
    let mut rows = Vec::new();
    for (field, to) in fields {
        if let Some(to) = to {
            rows.push(Row {
                text: identifier(field),
                note: None,
                to: Some(object(state, to)?),
                now: file.now,
            });
        }
    }
    // The prefix of an anonymous file's name, which the kernel adds, has a line of its own.
    let (class, name) = match file.name.split_once(':') {
        Some((class, name)) => (Some(format!("{class}:")), name),
        None => (None, file.name.as_str()),
    };
    Ok(Item {
        column: 1,
        class: "file",
        head: class
            .iter()
            .map(String::as_str)
            .chain([name])
            .map(identifier)
            .collect(),
        rows,
        count: file.count.then_some(0),
        now: file.now,
    })
}

fn object_item(state: &State, this: &Object) -> Result<Item> {
    let mut rows: Vec<Row> = this
        .lines
        .iter()
        .map(|line| Row {
            text: line.clone(),
            note: None,
            to: None,
            now: this.now,
        })
        .collect();
    for reference in &this.refers {
        rows.push(Row {
            text: reference.by.clone(),
            note: None,
            to: Some(object(state, &reference.to)?),
            now: this.now,
        });
    }
    let class = match this.kind {
        Kind::Inode => "inode",
        Kind::Private => "private",
        Kind::Module => "module",
        Kind::Memory => "memory",
    };
    Ok(Item {
        column: 2,
        class,
        head: vec![this.name.clone()],
        rows,
        count: this.count.then_some(0),
        now: this.now,
    })
}

/// Counts the references to each box. A row that is gone does not count.
fn count(state: &State, items: &mut [Item]) {
    let references: Vec<usize> = items
        .iter()
        .flat_map(|item| &item.rows)
        .filter(|row| row.now != Now::Gone)
        .filter_map(|row| row.to)
        .collect();
    for (index, item) in items.iter_mut().enumerate().skip(state.holder.len()) {
        if let Some(count) = &mut item.count {
            *count = references.iter().filter(|to| **to == index).count();
        }
    }
}

fn file(state: &State, name: &str) -> Result<usize> {
    let index = state.file.get_index_of(name);
    let index = index.with_context(|| format!("no [file.{name}], which something leads to"))?;
    Ok(state.holder.len() + index)
}

fn object(state: &State, name: &str) -> Result<usize> {
    let index = state.object.get_index_of(name);
    let index = index.with_context(|| format!("no [object.{name}], which something leads to"))?;
    Ok(state.holder.len() + state.file.len() + index)
}
