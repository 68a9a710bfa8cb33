// SPDX-License-Identifier: MIT OR Apache-2.0

//! Draws the picture of the layers.

use pictures::{Bar, Bars, Group};

use super::counted::figure;
use super::layers::{LAYERS, Layers};
use super::measured::Measured;
use super::page::functions;

const TITLE: &str = "Where the instructions are";

/// The operations that are drawn, with their headings.
const GROUPS: [(&str, &str); 3] = [
    ("version", "ioctl that returns the version"),
    ("exit-out", "`KVM_RUN` to the next `out`"),
    ("instruction", "one guest instruction"),
];

/// Returns the SVG.
pub fn picture(all: &[Measured], layers: &Layers) -> String {
    let parts: Vec<&str> = LAYERS.iter().map(|(_, title)| *title).collect();
    let mut alt = "Bars of instructions, each divided into layers.".to_owned();
    let mut groups = Vec::new();
    for (name, head) in GROUPS {
        let mut bars = Vec::new();
        alt += &format!(" {}:", plain(head));
        let (titles, columns) = functions(all, name);
        for (title, functions) in titles.into_iter().zip(columns) {
            let whole = figure(functions.sum(|_| true));
            alt += &format!(" {} {whole},", plain(title));
            let parts = LAYERS.iter().map(|(layer, _)| {
                let size = layers.sum(functions, *layer);
                (size, figure(size))
            });
            bars.push(Bar {
                name: title,
                whole,
                parts: parts.collect(),
            });
        }
        alt.pop();
        alt += ".";
        groups.push(Group { head, bars });
    }
    let picture = Bars {
        title: TITLE,
        alt: &alt,
        parts: &parts,
        groups,
    };
    picture.draw()
}

fn plain(text: &str) -> String {
    text.replace('`', "")
}
