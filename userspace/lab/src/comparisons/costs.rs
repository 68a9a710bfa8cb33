// SPDX-License-Identifier: MIT OR Apache-2.0

//! `costs.md`: how many instructions something takes, on hiboma, on its C twin and on KVM.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};

use crate::build::{self, Configuration};
use crate::guest::{Accelerator, Guest, Options, UNATTENDED};

/// The program that counts, in the guest.
const PROGRAM: &str = "/bin/costs";

/// A column's short name.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum On {
    /// hiboma.ko
    Hiboma,
    /// hiboma_tiny.ko
    Tiny,
    /// hiboma_c.ko, the C twin of hiboma_tiny.ko
    C,
    /// KVM
    Kvm,
}

/// A column of the table: the module that is loaded, and what of it the program counts.
struct Column {
    on: On,
    title: &'static str,
    module: &'static str,
    interfaces: &'static [&'static str],
}

const COLUMNS: [Column; 4] = [
    Column {
        on: On::Hiboma,
        title: "`hiboma.ko`",
        module: "hiboma.ko",
        interfaces: &["own", "/dev/hiboma"],
    },
    Column {
        on: On::Tiny,
        title: "`hiboma_tiny.ko`",
        module: "hiboma_tiny.ko",
        interfaces: &["own"],
    },
    Column {
        on: On::C,
        title: "C twin",
        module: "hiboma_c.ko",
        interfaces: &["own"],
    },
    Column {
        on: On::Kvm,
        title: "KVM",
        module: "hiboma.ko",
        interfaces: &["kernel", "/dev/kvm"],
    },
];

/// What was counted of a column, by its name.
type Counted = BTreeMap<String, Samples>;

/// What was counted of one thing.
pub struct Samples {
    median: f64,
    least: f64,
    most: f64,
    agreeing: u32,
}

/// Counts what has one of these words in its name, or without words everything, for each column or only
/// for one.
pub fn count(on: Option<On>, words: &[String]) -> Result<Vec<Counted>> {
    let image = build::image(Configuration::Lab)?;
    let options = Options {
        accelerator: Some(Accelerator::Tcg),
        counted: true,
        timeout: Some(UNATTENDED),
        files: vec![build::costs()?],
        ..Options::default()
    };
    let mut columns = Vec::new();
    for column in &COLUMNS {
        if on.is_some_and(|on| on != column.on) {
            columns.push(Counted::new());
            continue;
        }
        // A guest of its own, so that what one column does is not seen in the next.
        let mut guest = Guest::boot(&image, &options)?;
        guest.load_module(&format!("/lib/modules/{}", column.module))?;
        let mut counted = Counted::new();
        for interface in column.interfaces {
            let mut command = vec![PROGRAM, interface];
            command.extend(words.iter().map(String::as_str));
            let output = guest.output(&command)?;
            let complaint = String::from_utf8_lossy(&output.stderr);
            ensure!(
                output.status.success(),
                "`{}`: {complaint}",
                command.join(" ")
            );
            let text = String::from_utf8(output.stdout)?;
            for line in text.lines() {
                let (name, samples) = parse(line).with_context(|| line.to_owned())?;
                counted.insert(name, samples);
            }
        }
        columns.push(counted);
    }
    Ok(columns)
}

/// A line of the program's.
fn parse(line: &str) -> Option<(String, Samples)> {
    let mut words = line.split(' ');
    let name = words.next()?.to_owned();
    let mut next = || words.next()?.parse().ok();
    Some((
        name,
        Samples {
            median: next()?,
            least: next()?,
            most: next()?,
            agreeing: next()? as u32,
        },
    ))
}

/// The table, a row for each name.
pub fn table(columns: &[Counted]) -> String {
    let mut names: Vec<&String> = columns.iter().flat_map(Counted::keys).collect();
    names.sort();
    names.dedup();
    let mut table = String::from("| |");
    for column in &COLUMNS {
        table += &format!(" {} |", column.title);
    }
    table += "\n| --- |";
    table += &" ---: |".repeat(COLUMNS.len());
    table += "\n";
    for name in names {
        table += &format!("| {name} |");
        for column in columns {
            let cell = column.get(name).map(|it| {
                let Samples {
                    median,
                    least,
                    most,
                    agreeing,
                } = it;
                format!("{median} ({least}–{most}, {agreeing})")
            });
            table += &format!(" {} |", cell.unwrap_or_default());
        }
        table += "\n";
    }
    table
}
