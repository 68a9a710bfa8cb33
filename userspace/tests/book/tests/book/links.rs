// SPDX-License-Identifier: MIT OR Apache-2.0

//! The targets of links exist. Links to other sites are not tested.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::PathBuf;

use scraper::{Html, Selector};

use crate::built::folder;
use crate::pages::pages;

#[test]
fn every_link_leads_somewhere() {
    let ids: HashMap<PathBuf, HashSet<String>> = pages()
        .into_iter()
        .map(|page| (page.path, values(&page.html, "id")))
        .collect();

    for page in pages() {
        let here = page.path.display();
        for link in values(&page.html, "href")
            .into_iter()
            .chain(values(&page.html, "src"))
        {
            if link.contains(':') {
                assert!(link.starts_with("https://"), "{here}: {link}");
                continue;
            }
            let (file, fragment) = link.split_once('#').unwrap_or((&link, ""));
            // The part after a question mark is a display option of the page.
            let file = file.split('?').next().unwrap_or_default();
            let file = match file {
                "" => page.path.clone(),
                // The "not found" page can be shown in place of any
                // other, so its links are paths from the book's root.
                file => PathBuf::from(file.trim_start_matches('/')),
            };
            assert!(folder().join(&file).exists(), "{here}: nothing at {link}");
            if !fragment.is_empty() {
                let there = ids.get(&file).is_some_and(|ids| ids.contains(fragment));
                assert!(there, "{here}: no such place: {link}");
            }
        }
    }
}

#[test]
fn every_picture_says_what_it_shows() {
    for page in pages() {
        for image in page.html.select(&selector("img")) {
            let text = image.attr("alt").unwrap_or_default();
            let picture = image.attr("src").unwrap_or_default();
            assert!(
                text.split_whitespace().count() > 3,
                "{}: {picture}",
                page.path.display()
            );
        }
    }
}

#[test]
fn every_picture_is_on_a_page() {
    let shown: HashSet<String> = pages()
        .iter()
        .flat_map(|page| values(&page.html, "src"))
        .collect();
    for entry in fs::read_dir(folder().join("images")).expect("the book has images") {
        let name = entry.expect("an image").file_name();
        let path = format!("images/{}", name.to_string_lossy());
        assert!(shown.contains(&path), "no chapter shows {path}");
    }
}

/// Returns the values of an attribute on a page. All pages are
/// in one folder, so a relative link means the same on each.
fn values(page: &Html, attribute: &str) -> HashSet<String> {
    page.select(&selector(&format!("[{attribute}]")))
        .filter_map(|element| element.attr(attribute))
        .map(str::to_owned)
        .collect()
}

fn selector(selector: &str) -> Selector {
    Selector::parse(selector).expect("a selector")
}
