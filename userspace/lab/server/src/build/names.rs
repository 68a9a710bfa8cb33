// SPDX-License-Identifier: MIT OR Apache-2.0

//! What files are called to the reader: not as in the copy in which they were compiled.

use std::path::Path;

use crate::seats::Seat;

/// The beginnings of paths in a seat's copies, and what the reader knows in their place.
pub struct Names(Vec<(String, &'static str)>);

impl Names {
    /// Those of a seat.
    pub fn of(seat: &Seat) -> Self {
        let build = seat.build();
        // Kbuild tells of links where they lead to.
        let build = build.canonicalize().unwrap_or(build);
        Names::within(&build)
    }

    /// Those of copies in this folder.
    pub fn within(build: &Path) -> Self {
        let build = build.display();
        Names(vec![
            (
                format!("{build}/plain/userspace/exercises/mine/"),
                "exercises/",
            ),
            (format!("{build}/plain/"), ""),
            (format!("{build}/source/"), ""),
        ])
    }

    /// The text, with every path as the reader knows it.
    pub fn shown(&self, text: &str) -> String {
        let names = self.0.iter();
        names.fold(text.to_owned(), |text, (path, name)| {
            text.replace(path, name)
        })
    }

    /// Whether this is the path of a file in a copy.
    pub fn has(&self, path: &str) -> bool {
        self.0.iter().any(|(start, _)| path.starts_with(start))
    }
}
