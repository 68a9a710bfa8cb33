// SPDX-License-Identifier: MIT OR Apache-2.0

//! The messages of a compiler, without those of the build system around it.

use crate::workspace;

/// Returns the compiler's messages about the code in `folder`, with file names relative to the
/// checkout's root.
pub fn for_people(folder: &str, lines: &[String]) -> String {
    let root = format!("{}/", workspace::root().display());
    // The path by which a module of the exercises includes others.
    let back = format!("{folder}/../../../../");
    let lines = lines.iter().filter(|line| !is_of_the_build(line));
    let lines: Vec<_> = lines
        .map(|line| line.replace(&root, "").replace(&back, ""))
        .collect();
    lines.join("\n").trim().to_owned()
}

/// The words with which cargo begins a line, after the indentation.
const CARGO: [&str; 8] = [
    "Adding",
    "Blocking",
    "Checking",
    "Compiling",
    "Finished",
    "Locking",
    "Removing",
    "Updating",
];

/// Returns whether make, Kbuild or cargo has printed this line about its own work.
pub fn is_of_the_build(line: &str) -> bool {
    let line = console::strip_ansi_codes(line);
    let first = line.split_whitespace().next().unwrap_or_default();
    let is_kbuild = line.starts_with("  ")
        && first.len() > 1
        && first.chars().all(|letter| letter.is_ascii_uppercase());
    let is_make = is_of_make(&line);
    let is_cargo = line.starts_with(' ') && CARGO.contains(&first);
    let is_sum = line.contains("` (bin \"");
    line.starts_with('{') || is_kbuild || is_make || is_cargo || is_sum
}

/// Returns whether it is make's: a folder that make enters, or an error, which every make repeats.
fn is_of_make(line: &str) -> bool {
    ["make: ", "make[", "make -"]
        .iter()
        .any(|it| line.starts_with(it))
}

#[cfg(test)]
mod tests {
    use super::{for_people, is_of_the_build};

    #[test]
    fn a_file_is_called_by_its_path_from_the_root() {
        let root = crate::workspace::root().display();
        let folder = "userspace/exercises/mine/count";
        let lines = [
            format!("  --> {root}/{folder}/exercise.rs:7:1"),
            format!("  ::: {root}/{folder}/../../../../module/uaccess.rs:9:1"),
        ];
        let shown =
            "--> userspace/exercises/mine/count/exercise.rs:7:1\n  ::: module/uaccess.rs:9:1";
        assert_eq!(for_people(folder, &lines), shown);
    }

    #[test]
    fn what_the_compiler_says_is_told_from_what_the_build_says() {
        for line in [
            "make[1]: Entering directory '/somewhere'",
            "make: *** [Makefile:260: __sub-make] Error 2",
            "make -C /kernel M=/module modules",
            "  RUSTC [M] mine/first-ioctl/exercise.o",
            "   Compiling exercise v0.0.0",
            "error: could not compile `mine-run-loop` (bin \"mine-run-loop\") due to 1 previous error",
            "\u{1b}[1m\u{1b}[92m   Compiling\u{1b}[0m exercise v0.0.0",
            "{\"reason\":\"compiler-artifact\"}",
        ] {
            assert!(is_of_the_build(line), "{line}");
        }
        for line in [
            "error[E0308]: mismatched types",
            "  --> exercise.rs:71:8",
            " 71 |     Ok(twice)",
            "  = note: `#[warn(unused)]` on by default",
            "exercise.c:12:5: error: expected `;`",
            "",
        ] {
            assert!(!is_of_the_build(line), "{line}");
        }
    }
}
