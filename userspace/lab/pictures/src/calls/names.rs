// SPDX-License-Identifier: MIT OR Apache-2.0

//! The text of a box.

use anyhow::{Result, ensure};

use super::placing::{HANGING, LETTERS};
use super::recording::Line;
use crate::words::{Words, identifier};

impl Line {
    /// Returns the text of its box.
    pub fn label(&self) -> String {
        let times = (self.times > 1).then(|| format!(" × {}", self.times));
        let errno = self.errno.as_ref().map(|it| format!(" = -{it}"));
        [Some(self.function.clone()), times, errno]
            .into_iter()
            .flatten()
            .collect()
    }

    /// Returns the origin of its function, as a class of `calls.css`.
    pub fn class(&self) -> &'static str {
        match self.module.as_deref() {
            Some(module) if module.starts_with("kvm") => "kvm",
            Some(_) => "own",
            None => "kernel",
        }
    }
}

/// Returns a name as lines that fit into the box, broken at the ends of its words.
pub fn wrapped(name: &str, room: f64, words: &Words) -> Result<Vec<String>> {
    let fits = |line: &str, room: f64| words.width(&identifier(line)) * LETTERS <= room;
    let mut lines = vec![String::new()];
    for word in name.split_inclusive(['_', ':', ' ', '<']) {
        let room = if lines.len() > 1 {
            room - HANGING
        } else {
            room
        };
        match lines.last_mut() {
            Some(line) if fits(&format!("{line}{word}"), room) => line.push_str(word),
            _ => lines.push(word.to_owned()),
        }
    }
    let longest = lines.iter().all(|line| fits(line, room));
    ensure!(longest, "too long for a box: {name}");
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::wrapped;
    use crate::words::Words;

    #[test]
    fn a_long_name_is_broken_between_words() {
        let words = Words::english();
        let name = "kvm_uevent_notify_change";
        let lines = wrapped(name, 130.0, &words).unwrap();
        assert_eq!(lines, ["kvm_uevent_notify_", "change"]);
        assert!(wrapped("unbreakable", 30.0, &words).is_err());
    }
}
