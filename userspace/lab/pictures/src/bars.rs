// SPDX-License-Identifier: MIT OR Apache-2.0

//! Bars that show how much of a whole each part is. `cargo lab bench` draws its results with them.

use svg::node::Comment;
use svg::node::element::{Description, Group as Drawn, Style, Title};
use svg::{Document, Node};

use crate::drawing::{rectangle, text};
use crate::words::Words;

/// The width of the picture: hardly more than a phone's, so that its letters are not too small there.
const WIDE: f64 = 400.0;
/// The distance of everything from the card's sides.
const MARGIN: f64 = 14.0;
/// The size of the letters, and of the figures in a bar.
const LETTERS: f64 = 13.0;
const FIGURES: f64 = 12.0;
/// The height of a line of text, of a bar, and of the gap below a bar.
const LINE: f64 = 20.0;
const BAR: f64 = 22.0;
const GAP: f64 = 6.0;
/// The size of the square in front of a part's name.
const SQUARE: f64 = 13.0;

/// A picture of bars.
pub struct Bars<'a> {
    /// Its title.
    pub title: &'a str,
    /// The description for those who do not see the picture.
    pub alt: &'a str,
    /// The parts' names, in their order in a bar. Their classes in `bars.css`: `part0`, `part1`, …
    pub parts: &'a [&'a str],
    /// The groups, from the top.
    pub groups: Vec<Group<'a>>,
}

/// Bars with a common scale.
pub struct Group<'a> {
    /// The heading.
    pub head: &'a str,
    /// The bars, from the top.
    pub bars: Vec<Bar<'a>>,
}

/// A bar.
pub struct Bar<'a> {
    /// The name.
    pub name: &'a str,
    /// The figure for the whole.
    pub whole: String,
    /// The size of each part, and its figure as text.
    pub parts: Vec<(f64, String)>,
}

impl Bars<'_> {
    /// Returns the SVG.
    pub fn draw(&self) -> String {
        let mut y = MARGIN;
        let mut all = Drawn::new();
        for group in &self.groups {
            all = all.add(line(group.head, MARGIN, y).set("class", "name"));
            y += LINE + GAP;
            for bar in &group.bars {
                all = all.add(line(bar.name, MARGIN, y));
                all = all.add(line(&bar.whole, WIDE - MARGIN, y).set("text-anchor", "end"));
                y += LINE;
                all = all.add(bar.draw(y, group.scale()));
                y += BAR + GAP;
            }
            y += GAP;
        }
        for (index, part) in self.parts.iter().enumerate().filter(|it| self.shows(it.0)) {
            let square = rectangle(&class(index), (MARGIN, y + 3.0), (SQUARE, SQUARE), 2.0);
            all = all.add(square).add(line(part, MARGIN + SQUARE + 8.0, y));
            y += LINE;
        }
        let height = y + MARGIN / 2.0;
        let card = rectangle("card", (0.5, 0.5), (WIDE - 1.0, height - 1.0), 10.0);
        let document = Document::new()
            .set("viewBox", (0.0, 0.0, WIDE, height))
            .set("width", WIDE)
            .set("height", height)
            .set("role", "img")
            .add(Comment::new("SPDX-License-Identifier: CC-BY-4.0"))
            .add(Title::new(self.title))
            .add(Description::new().add(svg::node::Text::new(self.alt)))
            .add(Style::new(include_str!("bars.css")))
            .add(card)
            .add(all);
        format!("{document}\n")
    }

    /// Returns whether this part is visible in any bar.
    fn shows(&self, part: usize) -> bool {
        self.groups.iter().any(|group| {
            let scale = group.scale();
            let mut bars = group.bars.iter();
            bars.any(|bar| {
                bar.parts
                    .get(part)
                    .is_some_and(|(size, _)| size * scale >= 1.0)
            })
        })
    }
}

impl Group<'_> {
    /// Returns the width of one unit, so that the longest bar fills the picture.
    fn scale(&self) -> f64 {
        let longest = self
            .bars
            .iter()
            .map(Bar::size)
            .fold(f64::MIN_POSITIVE, f64::max);
        (WIDE - 2.0 * MARGIN) / longest
    }
}

impl Bar<'_> {
    fn size(&self) -> f64 {
        self.parts.iter().map(|(size, _)| size).sum()
    }

    /// Draws the parts side by side. Those that are wide enough contain their figures.
    fn draw(&self, y: f64, scale: f64) -> Drawn {
        let words = Words::english();
        let mut drawn = Drawn::new();
        let mut x = MARGIN;
        for (index, (size, figure)) in self.parts.iter().enumerate() {
            let width = size * scale;
            if width > 0.0 {
                drawn.append(rectangle(&class(index), (x, y), (width, BAR), 0.0));
            }
            if words.width(figure) * FIGURES + 6.0 < width {
                let (middle, baseline) = (x + width / 2.0, y + BAR - 7.0);
                drawn.append(text(&words, figure, middle, baseline).set("class", "figure"));
            }
            x += width;
        }
        drawn
    }
}

fn class(part: usize) -> String {
    format!("part part{part}")
}

/// Returns a line of text, placed by its upper side.
fn line(words: &str, x: f64, y: f64) -> svg::node::element::Text {
    text(&Words::english(), words, x, y + LETTERS + 1.0)
}

#[cfg(test)]
mod tests {
    use super::{Bar, Bars, Group};

    #[test]
    fn a_figure_is_in_its_part_only_where_there_is_room() {
        let parts = vec![(90.0, "90".to_owned()), (1.0, "1".to_owned())];
        let bar = Bar {
            name: "a bar",
            whole: "91".to_owned(),
            parts,
        };
        let picture = Bars {
            title: "bars",
            alt: "one bar",
            parts: &["large", "small", "absent"],
            groups: vec![Group {
                head: "a group",
                bars: vec![bar],
            }],
        };
        let drawn = picture.draw();
        let has = |text: &str| drawn.lines().any(|line| line == text);
        assert!(has("90") && !has("1"), "{drawn}");
        assert!(has("small") && !has("absent"), "{drawn}");
    }
}
