// SPDX-License-Identifier: MIT OR Apache-2.0

//! The book's recurring picture: descriptor tables, open files, and what these refer to, drawn from
//! a text that describes one state. The texts are in `book/pictures/`, and the pictures in
//! `book/src/images/`; `UPDATE_PICTURES=1 cargo test -p pictures` draws them.
//!
//! # Layout
//!
//! - `state.rs`: the format of a text;
//! - `items.rs`: the boxes and rows of a state;
//! - `placing.rs`: the place of each box; `arrows.rs`: the path of each arrow;
//! - `words.rs`: the words in a box, their translation, and their width;
//! - `drawing.rs`: the SVG; `style.css`: its colours, light and dark;
//! - `bars.rs`, `bars.css`: another picture, of the results of `cargo lab bench`;
//! - `calls.rs`, `calls/`, `calls.css`: a third one, of the recordings of `cargo lab trace`.

mod arrows;
mod bars;
mod calls;
mod drawing;
mod items;
mod placing;
mod state;
mod words;

pub use arrows::Arrow;
pub use bars::{Bar, Bars, Group};
pub use calls::{Calls, Side};
pub use drawing::{HEADS, draw};
pub use items::{Item, Row};
pub use placing::{Picture, Placed, WIDTH, place};
pub use state::{
    Descriptor, File, Holder, Kind, Mapping, Message, Now, Object, Recorded, Reference, State,
};
pub use words::{Font, Words};
