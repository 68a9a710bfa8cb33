// SPDX-License-Identifier: MIT OR Apache-2.0

//! Compares the book's table of instructions with the decoder.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use emulator::flags;
use emulator::instruction_set::{twobyte_table, Opcode, Operation};

use crate::opcodes::{entries, Entry, Kind};

/// This environment variable makes the test rewrite the table.
const UPDATE: &str = "UPDATE_INSTRUCTIONS";

#[test]
fn the_table_says_what_the_decoder_says() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../comparisons/emulator/instructions.md");
    let now = table();
    if std::env::var_os(UPDATE).is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        std::fs::write(&path, &now).expect("the table is written");
    }
    let kept = std::fs::read_to_string(&path).expect("the table is there");
    assert!(
        kept == now,
        "instructions.md is not what the decoder says: {UPDATE}=1 cargo test -p emulator"
    );
}

fn table() -> String {
    let mut rows: BTreeMap<Key, Vec<Opcodes>> = BTreeMap::new();
    let mut previous = None;
    for entry in entries().iter().filter(|entry| !is_repetition(entry)) {
        let key = Key::of(entry.meaning);
        let row = rows.entry(key.clone()).or_default();
        match row.last_mut() {
            Some(last) if previous.as_ref() == Some(&key) && last.map == map(entry) => {
                last.last = name(entry);
            }
            _ => row.push(Opcodes {
                map: map(entry).to_vec(),
                first: name(entry),
                last: name(entry),
            }),
        }
        previous = Some(key);
    }

    let mut table = format!("<!-- Written by `{UPDATE}=1 cargo test -p emulator`. -->\n");
    table += "| instruction | opcodes | flags left open |\n| --- | --- | --- |\n";
    for (key, opcodes) in rows {
        let opcodes: Vec<_> = opcodes.iter().map(Opcodes::to_string).collect();
        let Key { what, open, .. } = key;
        table += &format!("| {what} | {} | {open} |\n", opcodes.join(", "));
    }
    table
}

/// The sort key of a row.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    order: u32,
    what: String,
    open: String,
}

impl Key {
    fn of(meaning: Opcode) -> Self {
        let (order, what, open) = match meaning {
            Opcode::Instruction(operation, _) => (
                operation as u32,
                format!("`{}`", mnemonic(operation)),
                flag_names(operation.undefined_flags()),
            ),
            Opcode::Missing(what) => (1000, format!("**not here**: {what}"), String::new()),
            Opcode::Undefined => (1001, "none: `#UD`".to_owned(), String::new()),
            Opcode::Prefix => (1002, "a prefix".to_owned(), String::new()),
            Opcode::TwoByte => (1003, "the first byte of two".to_owned(), String::new()),
            Opcode::Group(_) => panic!("a group is no instruction"),
        };
        Key { order, what, open }
    }
}

/// Consecutive opcodes of one map.
struct Opcodes {
    map: Vec<u8>,
    first: String,
    last: String,
}

impl fmt::Display for Opcodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Opcodes { first, last, .. } = self;
        match first == last {
            true => write!(f, "`{first}`"),
            false => write!(f, "`{first}` to `{last}`"),
        }
    }
}

/// Returns an opcode's map. A group is a map of its own, and so is an
/// opcode that changes its meaning after F3, since its neighbours do not.
fn map(entry: &Entry) -> &[u8] {
    match entry.bytes.as_slice() {
        bytes if entry.member.is_some() => bytes,
        bytes @ [0xf3, ..] => bytes,
        [map @ .., _] => map,
        [] => &[],
    }
}

fn name(entry: &Entry) -> String {
    let bytes: Vec<_> = entry
        .bytes
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect();
    let mut name = bytes.join(" ");
    if let Some(member) = entry.member {
        name += &format!(" /{member}");
    }
    name += match entry.operand {
        Kind::Any => "",
        Kind::Memory => " memory",
        Kind::Register => " register",
    };
    name
}

/// Returns whether F3 precedes an opcode that is the same without it.
fn is_repetition(entry: &Entry) -> bool {
    let &[0xf3, 0x0f, opcode] = entry.bytes.as_slice() else {
        return false;
    };
    match twobyte_table(opcode, false) {
        Opcode::Group(_) => true,
        plain => Key::of(plain) == Key::of(entry.meaning),
    }
}

fn mnemonic(operation: Operation) -> String {
    let name = format!("{operation:?}").to_lowercase();
    match name.strip_suffix("far") {
        Some(near) => format!("{near} far"),
        None => name,
    }
}

fn flag_names(flags: u64) -> String {
    let names = [
        ("OF", flags::OF),
        ("SF", flags::SF),
        ("ZF", flags::ZF),
        ("AF", flags::AF),
        ("PF", flags::PF),
        ("CF", flags::CF),
    ];
    let names = names.into_iter().filter(|(_, flag)| flags & flag != 0);
    names.map(|(name, _)| name).collect::<Vec<_>>().join(" ")
}
