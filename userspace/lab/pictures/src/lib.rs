// SPDX-License-Identifier: MIT OR Apache-2.0

//! The book's recurring picture: descriptor tables, open files, and what these refer to, drawn from
//! a text that says what there is in one state. `book/pictures/` has the texts, and the pictures
//! are in `book/src/images/`; `UPDATE_PICTURES=1 cargo test -p pictures` draws them.
//!
//! # Layout
//!
//! - `state.rs`: what a text says;
//! - `items.rs`: the boxes and rows that a state consists of;
//! - `placing.rs`: where each box is; `arrows.rs`: the way of each arrow;
//! - `words.rs`: what stands in a box, in which language, and how wide it is;
//! - `drawing.rs`: the SVG; `style.css`: its colours, for light and for dark;
//! - `bars.rs`, `bars.css`: another picture, of what `cargo lab bench` counts;
//! - `calls.rs`, `calls/`, `calls.css`: a third one, of what `cargo lab trace` has recorded.

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
