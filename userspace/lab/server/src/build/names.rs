// SPDX-License-Identifier: MIT OR Apache-2.0

//! The reader's names for files, instead of the paths of the copy in which they were compiled.

use std::path::{Path, PathBuf};

use lab::workspace;
use lazy_regex::regex;

use crate::files::{EXERCISES, FOLDERS};
use crate::seats::Seat;

/// The copies in a seat's folder: with its changes and without.
const COPIES: [&str; 2] = ["source", "plain"];

/// The folders of all exercises, and of the reader's own, in a copy.
const ALL: &str = "userspace/exercises";
const MINE: &str = "userspace/exercises/mine/";

/// The names of files in a seat's copies.
pub struct Names {
    /// The folder of the copies.
    build: PathBuf,
}

impl Names {
    /// Returns the names for a seat.
    pub fn of(seat: &Seat) -> Self {
        let build = seat.build();
        // Kbuild reports paths with links resolved.
        let build = build.canonicalize().unwrap_or(build);
        Names { build }
    }

    /// Returns the names for copies in this folder.
    #[cfg(test)]
    pub fn within(build: &Path) -> Self {
        let build = build.to_owned();
        Names { build }
    }

    /// Returns the folders of files that the reader knows.
    pub fn folders(&self) -> [&Path; 2] {
        [&self.build, workspace::root()]
    }

    /// Returns the page's name of a file that a compiler or a kernel mentions: `module/vm.rs`,
    /// `exercises/first-ioctl/exercise.rs`. `None` if it is not one of the reader's files.
    pub fn file(&self, path: &str) -> Option<String> {
        let folders = COPIES.map(|copy| self.build.join(copy));
        let mut folders = folders.iter().map(|it| &**it).chain([workspace::root()]);
        // Kbuild compiles an exercise in the folder of all exercises.
        let path = match path.starts_with("mine/") {
            true => Path::new(ALL).join(path),
            false => folders
                .find_map(|it| Path::new(path).strip_prefix(it).ok())?
                .to_owned(),
        };
        let path = path.to_str()?;
        match path.strip_prefix(MINE) {
            Some(mine) => Some(format!("{EXERCISES}{mine}")),
            None => {
                let is_shown = FOLDERS.iter().any(|it| Path::new(path).starts_with(it));
                is_shown.then(|| path.to_owned())
            }
        }
    }

    /// Returns the text with every path as the page shows it: for an exercise only the file's name.
    pub fn shown(&self, text: &str) -> String {
        let build = self.build.display();
        let root = workspace::root().display();
        let folders = COPIES.map(|copy| format!("{build}/{copy}/"));
        let folders = folders.into_iter().chain([format!("{root}/")]);
        let text = folders.fold(text.to_owned(), |text, folder| text.replace(&folder, ""));
        let mine = regex!(r"(?:userspace/exercises/)?\bmine/[\w-]+/");
        mine.replace_all(&text, "").into_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Names;

    #[test]
    fn a_file_has_the_name_of_its_tab() {
        let names = Names::within(Path::new("/seat"));
        for (path, file, shown) in [
            ("/seat/source/module/vm.rs", "module/vm.rs", "module/vm.rs"),
            ("/seat/plain/module/vm.rs", "module/vm.rs", "module/vm.rs"),
            (
                "/seat/plain/userspace/exercises/mine/first-ioctl/exercise.rs",
                "exercises/first-ioctl/exercise.rs",
                "exercise.rs",
            ),
            (
                "mine/first-ioctl/exercise.rs",
                "exercises/first-ioctl/exercise.rs",
                "exercise.rs",
            ),
        ] {
            assert_eq!(names.file(path).as_deref(), Some(file));
            assert_eq!(names.shown(path), shown);
            let line = format!("panicked at {path}:7:9:");
            assert_eq!(names.shown(&line), format!("panicked at {shown}:7:9:"));
        }
        assert_eq!(names.file("/kernel/rust/kernel/miscdevice.rs"), None);
        assert_eq!(names.file("/seat/output/exercise.mod.c"), None);
    }
}
