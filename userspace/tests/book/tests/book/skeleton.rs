// SPDX-License-Identifier: MIT OR Apache-2.0

//! All chapters have the same structure.

use crate::source::{Chapter, chapters};

/// The beginnings of the parts of every chapter, in order.
const PARTS: [&str; 6] = [
    "\n# ",
    "\n<p class=\"minutes\">",
    "\n<p class=\"question\">",
    "\n## Questions\n",
    "\n## Exercise",
    "\n<details class=\"speaker\">",
];

#[test]
fn a_chapter_has_its_parts_in_their_order() {
    for chapter in those_that_take_time() {
        let mut rest = chapter.text.as_str();
        for part in PARTS {
            let found = rest.split_once(part);
            let Some((_, after)) = found else {
                panic!("{}: {part:?} is missing or too early", chapter.name());
            };
            rest = after;
        }
    }
}

#[test]
fn each_question_has_an_answer_that_is_folded() {
    for chapter in those_that_take_time() {
        let (_, questions) = chapter.text.split_once("\n## Questions\n").expect("above");
        let questions = questions.split("\n## ").next().unwrap_or_default();
        let asked = questions.matches("\n**").count();
        let answers = questions.matches("\n<summary>Answer").count();
        let name = chapter.name();
        assert!((2..=4).contains(&asked), "{name}: {asked} questions");
        assert_eq!(asked, answers, "{name}: questions and answers");
    }
}

/// The kernel's three steps come before the macros that perform them.
#[test]
fn anon_inode_getfd_opens_with_the_three_steps() {
    let mut chapters = chapters().into_iter();
    let chapter = chapters.find(|it| it.name() == "anon-inode-getfd.md");
    let text = chapter.expect("the chapter").text;
    let place = |part: &str| text.find(part).unwrap_or_else(|| panic!("no {part}"));
    let order = [
        "`get_unused_fd_flags`",
        "`fd_install`",
        "<code>anon_inode_getfd</code>",
        "<code>__FD_",
    ];
    assert!(order.map(place).is_sorted(), "not in this order: {order:?}");
}

/// Returns the chapters with minutes; the others, like the glossary, are for reference.
fn those_that_take_time() -> Vec<Chapter> {
    let mut chapters = chapters();
    chapters.retain(|chapter| chapter.text.contains("\n<p class=\"minutes\">"));
    assert!(chapters.len() > 10, "no chapter says how long it takes");
    chapters
}
