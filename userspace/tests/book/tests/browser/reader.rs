// SPDX-License-Identifier: MIT OR Apache-2.0

//! A reader of the book: opens pages in a browser, clicks, types, and looks.

use std::cell::Cell;
use std::thread;
use std::time::{Duration, Instant};

use chromiumoxide::cdp::browser_protocol::emulation::{
    MediaFeature, SetDeviceMetricsOverrideParams, SetScriptExecutionDisabledParams,
};
use chromiumoxide::cdp::browser_protocol::input::InsertTextParams;
use chromiumoxide::cdp::browser_protocol::page::{NavigateParams, PrintToPdfParams};
use chromiumoxide::cdp::js_protocol::runtime::EvaluateParams;
use chromiumoxide::keys::get_key_definition;
use chromiumoxide::layout::Point;
use chromiumoxide::page::{MediaTypeParams, ScreenshotParams};
use serde::de::DeserializeOwned;

use crate::chromium::{Chromium, PATIENCE, RUNTIME};
use crate::server::address;

/// Whether the page and its fonts are loaded.
const LOADED: &str = "document.readyState === 'complete' && document.fonts.status === 'loaded'";

/// The interval at which a page is looked at. A page that looks the same twice rests.
const INTERVAL: Duration = Duration::from_millis(50);

pub struct Reader {
    browser: Chromium,
}

impl Reader {
    pub fn start() -> Self {
        let browser = Chromium::start();
        Self { browser }
    }

    /// Sets the size of the window, in CSS pixels.
    pub fn resize(&self, width: u32, height: u32) {
        let size = SetDeviceMetricsOverrideParams::new(width, height, 1.0, false);
        let resized = RUNTIME.block_on(self.browser.page.execute(size));
        resized.expect("a window of another size");
    }

    /// Sets the reader's colour scheme, `light` or `dark`.
    pub fn prefer(&self, scheme: &str) {
        let feature = MediaFeature::new("prefers-color-scheme", scheme);
        let preferred = RUNTIME.block_on(self.browser.page.emulate_media_features(vec![feature]));
        preferred.expect("another colour scheme");
    }

    /// Shows pages as they are printed, but not cut into sheets. `window.print()` does nothing.
    pub fn like_paper(&self) {
        RUNTIME.block_on(async {
            let print = self.browser.page.emulate_media_type(MediaTypeParams::Print);
            print.await.expect("another medium");
            let script = self
                .browser
                .page
                .evaluate_on_new_document("window.print = () => {}");
            script.await.expect("a script");
        });
    }

    /// Returns the number of paper sheets of the page.
    pub fn sheets(&self) -> usize {
        let options = PrintToPdfParams {
            prefer_css_page_size: Some(true),
            ..PrintToPdfParams::default()
        };
        sheets(
            &RUNTIME
                .block_on(self.browser.page.pdf(options))
                .expect("a PDF"),
        )
    }

    /// Returns a picture of the window, as a PNG file.
    #[allow(dead_code, reason = "only the live book is on the README's picture")]
    pub fn picture(&self) -> Vec<u8> {
        let picture = self.browser.page.screenshot(ScreenshotParams::default());
        RUNTIME.block_on(picture).expect("a picture")
    }

    /// Disables scripts on all pages.
    pub fn without_scripts(&self) {
        let disable = SetScriptExecutionDisabledParams::new(true);
        let disabled = RUNTIME.block_on(self.browser.page.execute(disable));
        disabled.expect("pages without scripts");
    }

    /// Opens a file of the book.
    pub fn open(&self, file: &str) {
        let address = address(file);
        self.navigate(&address);
        self.wait_until(&format!("location.href === '{address}' && {LOADED}"));
    }

    /// Follows a link, like one printed in a terminal. It may redirect.
    #[allow(dead_code, reason = "only the live book has such links")]
    pub fn follow(&self, link: &str) {
        self.navigate(link);
        self.wait_until(&format!("location.protocol === 'http:' && {LOADED}"));
    }

    fn navigate(&self, address: &str) {
        let navigated = RUNTIME.block_on(self.browser.page.execute(NavigateParams::new(address)));
        let navigated = navigated.unwrap_or_else(|error| panic!("{address}: {error}"));
        let error = &navigated.error_text;
        assert!(error.is_none(), "{address}: {error:?}");
    }

    /// Clicks on the first element of this selector, once it is visible and rests.
    pub fn click(&self, selector: &str) {
        let middle = format!(
            "((it) => {{ \
                it.scrollIntoView({{ block: 'center' }}); \
                const {{ x, y, width, height }} = it.getBoundingClientRect(); \
                const middle = [x + width / 2, y + height / 2]; \
                return it.contains(document.elementFromPoint(...middle)) ? middle : null; \
            }})(document.querySelector(\"{selector}\"))"
        );
        let before = Cell::new(None);
        let rests = |now: &Option<[f64; 2]>| now.is_some() && before.replace(*now) == *now;
        let middle = self.wait_for(&middle, rests);
        let [x, y] = middle.expect("it is visible");
        let clicked = RUNTIME.block_on(self.browser.page.click(Point::new(x, y)));
        clicked.expect("the mouse works");
    }

    /// Types at the cursor. What no key has is inserted, as by an input method.
    pub fn write(&self, text: &str) {
        for character in text.chars().map(String::from) {
            match get_key_definition(&character) {
                Some(_) => self.press(&character),
                None => {
                    let insert = InsertTextParams::new(character);
                    let inserted = RUNTIME.block_on(self.browser.page.execute(insert));
                    inserted.expect("text can be inserted");
                }
            }
        }
    }

    /// Presses a key, by its name in scripts.
    pub fn press(&self, key: &str) {
        RUNTIME.block_on(async {
            // The key goes to the cursor, whatever this element is.
            let page = self
                .browser
                .page
                .find_element("html")
                .await
                .expect("a page");
            page.press_key(key).await.expect("the keyboard works");
        });
    }

    /// Waits until an expression is true.
    pub fn wait_until(&self, expression: &str) {
        self.wait_for(expression, |is_so: &bool| *is_so);
    }

    /// Returns the value of an expression on the page, once it has one.
    pub fn ask<T: DeserializeOwned>(&self, expression: &str) -> T {
        self.wait_for(expression, |_| true)
    }

    fn wait_for<T: DeserializeOwned>(&self, expression: &str, is_wanted: impl Fn(&T) -> bool) -> T {
        let start = Instant::now();
        loop {
            // During a change of pages neither of them answers.
            if let Some(answer) = self.try_ask(expression).filter(&is_wanted) {
                return answer;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "this does not come: {expression}, but {:?}",
                self.try_ask::<String>(
                    "`${location.href} ${document.readyState} ${document.fonts.status}`"
                )
            );
            thread::sleep(INTERVAL);
        }
    }

    fn try_ask<T: DeserializeOwned>(&self, expression: &str) -> Option<T> {
        let expression = format!("JSON.stringify({expression})");
        let expression = EvaluateParams::new(expression);
        let answer = RUNTIME
            .block_on(self.browser.page.execute(expression))
            .ok()?;
        let value = answer.result.result.value.as_ref()?;
        serde_json::from_str(value.as_str()?).ok()
    }

    /// Returns the error messages since the last call.
    pub fn complaints(&self) -> Vec<String> {
        std::mem::take(
            &mut *self
                .browser
                .complaints
                .lock()
                .expect("the listener is fine"),
        )
    }
}

/// Returns the number of sheets in a PDF made by Chromium.
pub fn sheets(pdf: &[u8]) -> usize {
    let page = b"/Type /Page\n";
    pdf.windows(page.len()).filter(|it| it == page).count()
}
