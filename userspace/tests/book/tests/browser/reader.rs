// SPDX-License-Identifier: MIT OR Apache-2.0

//! A browser that reads the book. It ends with the test that started it.

use std::ffi::OsStr;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use headless_chrome::browser::default_executable;
use headless_chrome::browser::tab::point::Point;
use headless_chrome::protocol::cdp::Emulation::{
    MediaFeature, SetDeviceMetricsOverride, SetEmulatedMedia, SetScriptExecutionDisabled,
};
use headless_chrome::protocol::cdp::Log::LogEntryLevel;
use headless_chrome::protocol::cdp::Page::AddScriptToEvaluateOnNewDocument;
use headless_chrome::protocol::cdp::types::Event;
use headless_chrome::types::PrintToPdfOptions;
use headless_chrome::{Browser, LaunchOptions, Tab};
use serde::de::DeserializeOwned;

use crate::server::address;

/// Flags besides the crate's own. The first two stop the browser's own requests, which a closed network
/// would refuse many times. With the third, a page does not get a new process from the one before.
const FLAGS: [&str; 3] = [
    "--disable-component-update",
    "--disable-quic",
    "--disable-features=BackForwardCache,SpareRendererForSitePerProcess",
];

/// Whether the page and its fonts are loaded.
const LOADED: &str = "document.readyState === 'complete' && document.fonts.status === 'loaded'";

/// A time limit that nothing reaches, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(300);

pub struct Reader {
    pub tab: Arc<Tab>,
    /// The browser's error messages, such as a script's error or a missing file.
    complaints: Arc<Mutex<Vec<String>>>,
    _browser: Browser,
}

impl Reader {
    pub fn start() -> Self {
        let browser = default_executable().unwrap_or_else(|_| {
            panic!("no Chromium and no Chrome here: `cargo lab doctor` says what installs one")
        });
        let browser = Browser::new(LaunchOptions {
            path: Some(browser),
            // Chromium's sandbox refuses to run as root; continuous integration may be root.
            sandbox: !nix::unistd::geteuid().is_root(),
            args: FLAGS.map(OsStr::new).to_vec(),
            idle_browser_timeout: PATIENCE,
            ..LaunchOptions::default()
        })
        .expect("the browser starts");
        let tab = browser.new_tab().expect("a tab");
        tab.set_default_timeout(PATIENCE);
        let complaints = Arc::default();
        listen(&tab, &complaints);
        Self {
            tab,
            complaints,
            _browser: browser,
        }
    }

    /// Sets the size of the window, in CSS pixels.
    pub fn resize(&self, width: u32, height: u32) {
        let size: SetDeviceMetricsOverride = serde_json::from_value(serde_json::json!({
            "width": width,
            "height": height,
            "deviceScaleFactor": 1,
            "mobile": false,
        }))
        .expect("its size");
        self.tab
            .call_method(size)
            .expect("a window of another size");
    }

    /// Sets the reader's colour scheme, `light` or `dark`.
    pub fn prefer(&self, scheme: &str) {
        self.tab
            .call_method(SetEmulatedMedia {
                media: None,
                features: Some(vec![MediaFeature {
                    name: "prefers-color-scheme".to_owned(),
                    value: scheme.to_owned(),
                }]),
            })
            .expect("another colour scheme");
    }

    /// Shows pages as they are printed, but not cut into sheets. `window.print()` does nothing.
    pub fn like_paper(&self) {
        self.tab
            .call_method(SetEmulatedMedia {
                media: Some("print".to_owned()),
                features: None,
            })
            .expect("another medium");
        self.tab
            .call_method(AddScriptToEvaluateOnNewDocument {
                source: "window.print = () => {}".to_owned(),
                world_name: None,
                include_command_line_api: None,
                run_immediately: None,
            })
            .expect("a script");
    }

    /// Returns the number of paper sheets of the page.
    pub fn sheets(&self) -> usize {
        let options = PrintToPdfOptions {
            prefer_css_page_size: Some(true),
            ..PrintToPdfOptions::default()
        };
        sheets(&self.tab.print_to_pdf(Some(options)).expect("a PDF"))
    }

    /// Disables scripts on all pages.
    pub fn without_scripts(&self) {
        self.tab
            .call_method(SetScriptExecutionDisabled { value: true })
            .expect("pages without scripts");
    }

    /// Opens a file of the book.
    pub fn open(&self, file: &str) {
        let address = address(file);
        let opened = self.tab.navigate_to(&address);
        opened.unwrap_or_else(|error| panic!("{file}: {error}"));
        self.wait_until(&format!("location.href === '{address}' && {LOADED}"));
    }

    /// Follows a link, like one printed in a terminal. It may redirect.
    #[allow(dead_code, reason = "only the live book has such links")]
    pub fn follow(&self, link: &str) {
        let opened = self.tab.navigate_to(link);
        opened.unwrap_or_else(|error| panic!("{link}: {error}"));
        self.wait_until(&format!("location.protocol === 'http:' && {LOADED}"));
    }

    /// Clicks on the first element of this selector, once it is visible.
    pub fn click(&self, selector: &str) {
        let element = format!("document.querySelector(\"{selector}\")");
        self.wait_until(&format!("{element}?.checkVisibility() === true"));
        let _: () = self.ask(&format!(
            "({element}.scrollIntoView({{ block: 'center' }}), null)"
        ));
        let [x, y, width, height]: [f64; 4] = self.ask(&format!(
            "(({{ x, y, width, height }}) => [x, y, width, height])({element}.getBoundingClientRect())"
        ));
        let middle = Point {
            x: x + width / 2.0,
            y: y + height / 2.0,
        };
        self.tab.click_point(middle).expect("the mouse works");
    }

    /// Types at the cursor.
    pub fn write(&self, text: &str) {
        self.tab.type_str(text).expect("the keyboard works");
    }

    /// Presses a key, by its name in scripts.
    pub fn press(&self, key: &str) {
        self.tab.press_key(key).expect("the keyboard works");
    }

    /// Waits until an expression is true.
    pub fn wait_until(&self, expression: &str) {
        let start = Instant::now();
        // During a change of pages neither of them answers.
        while !self.try_ask(expression).unwrap_or(false) {
            assert!(
                start.elapsed() < PATIENCE,
                "this does not come: {expression}, but {:?}",
                self.try_ask::<String>(
                    "`${location.href} ${document.readyState} ${document.fonts.status}`"
                )
            );
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Returns the value of an expression on the page.
    pub fn ask<T: DeserializeOwned>(&self, expression: &str) -> T {
        self.try_ask(expression)
            .unwrap_or_else(|| panic!("the page has no answer to {expression}"))
    }

    fn try_ask<T: DeserializeOwned>(&self, expression: &str) -> Option<T> {
        let expression = format!("JSON.stringify({expression})");
        let answer = self.tab.evaluate(&expression, false).ok()?.value?;
        serde_json::from_str(answer.as_str()?).ok()
    }

    /// Returns the error messages since the last call.
    pub fn complaints(&self) -> Vec<String> {
        std::mem::take(&mut *self.complaints.lock().expect("the listener is fine"))
    }
}

/// Returns the number of sheets in a PDF made by Chromium.
pub fn sheets(pdf: &[u8]) -> usize {
    let page = b"/Type /Page\n";
    pdf.windows(page.len()).filter(|it| it == page).count()
}

fn listen(tab: &Tab, complaints: &Arc<Mutex<Vec<String>>>) {
    tab.enable_runtime()
        .expect("the browser tells of exceptions");
    tab.enable_log()
        .expect("the browser tells of what is missing");
    let complaints = Arc::clone(complaints);
    let listener = move |event: &Event| {
        let complaint = match event {
            Event::RuntimeExceptionThrown(thrown) => {
                let details = &thrown.params.exception_details;
                let exception = details.exception.as_ref();
                let description = exception.and_then(|it| it.description.clone());
                description.unwrap_or_else(|| details.text.clone())
            }
            Event::LogEntryAdded(added) => match added.params.entry.level {
                LogEntryLevel::Error => {
                    let entry = &added.params.entry;
                    format!(
                        "{} {}",
                        entry.text,
                        entry.url.as_deref().unwrap_or_default()
                    )
                }
                _ => return,
            },
            _ => return,
        };
        complaints
            .lock()
            .expect("the reader is fine")
            .push(complaint);
    };
    tab.add_event_listener(Arc::new(listener))
        .expect("a listener");
}
