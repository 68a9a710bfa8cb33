// SPDX-License-Identifier: MIT OR Apache-2.0

//! A Chromium or Chrome with one page, which ends with the test that started it.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use chromiumoxide::cdp::IntoEventKind;
use chromiumoxide::cdp::browser_protocol::log::{EventEntryAdded, LogEntryLevel};
use chromiumoxide::cdp::js_protocol::runtime::EventExceptionThrown;
use chromiumoxide::detection::{DetectionOptions, default_executable};
use chromiumoxide::{Browser, BrowserConfig, Page};
use futures_util::StreamExt;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use which::which;

/// Flags besides the crate's own. The crate's own way to have no window hides scrollbars. The next two stop the
/// browser's own requests, which a closed network would refuse many times. With the last, a page does not get a
/// new process from the one before.
const FLAGS: [&str; 4] = [
    "headless",
    "disable-component-update",
    "disable-quic",
    "disable-features=BackForwardCache,SpareRendererForSitePerProcess",
];

/// A time limit that nothing reaches, even on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(300);

/// Runs everything that waits for a browser.
pub static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("threads"));

pub struct Chromium {
    pub page: Page,
    /// The browser's error messages, such as a script's error or a missing file.
    pub complaints: Arc<Mutex<Vec<String>>>,
    browser: Browser,
    _profile: TempDir,
}

impl Chromium {
    pub fn start() -> Self {
        let profile = tempfile::tempdir().expect("a folder");
        let config = BrowserConfig::builder()
            .chrome_executable(executable())
            .user_data_dir(profile.path())
            .launch_timeout(PATIENCE)
            .request_timeout(PATIENCE)
            .viewport(None)
            .with_head()
            .args(FLAGS);
        // Chromium's sandbox refuses to run as root; continuous integration may be root.
        let config = match nix::unistd::geteuid().is_root() {
            true => config.no_sandbox(),
            false => config,
        };
        let config = config.build().expect("its flags");
        RUNTIME.block_on(async {
            let (browser, mut handler) = Browser::launch(config).await.expect("the browser starts");
            tokio::spawn(async move { while handler.next().await.is_some() {} });
            let page = browser.new_page("about:blank").await.expect("a tab");
            let complaints = Arc::default();
            listen(&page, &complaints).await;
            Self {
                page,
                complaints,
                browser,
                _profile: profile,
            }
        })
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // The process that was started may be a script, and the browser its child.
        RUNTIME.block_on(async {
            match self.browser.close().await {
                Ok(_) => drop(self.browser.wait().await),
                Err(_) => drop(self.browser.kill().await),
            }
        });
    }
}

/// Returns the path of a browser: Debian's Chromium without its window, or else any.
pub fn executable() -> PathBuf {
    let found = which("chromium-headless-shell").ok();
    let found = found.or_else(|| default_executable(DetectionOptions::default()).ok());
    found.expect("Chromium or Chrome: `cargo lab doctor` says what installs one")
}

async fn listen(page: &Page, complaints: &Arc<Mutex<Vec<String>>>) {
    page.enable_log()
        .await
        .expect("the browser tells of what is missing");
    keep(page, complaints, |thrown: &EventExceptionThrown| {
        let details = &thrown.exception_details;
        let exception = details.exception.as_ref();
        let description = exception.and_then(|it| it.description.clone());
        Some(description.unwrap_or_else(|| details.text.clone()))
    })
    .await;
    keep(page, complaints, |added: &EventEntryAdded| {
        let entry = &added.entry;
        let url = entry.url.as_deref().unwrap_or_default();
        let is_error = entry.level == LogEntryLevel::Error;
        is_error.then(|| format!("{} {url}", entry.text))
    })
    .await;
}

/// Keeps the complaints among the events of a type.
async fn keep<T: IntoEventKind + Unpin>(
    page: &Page,
    complaints: &Arc<Mutex<Vec<String>>>,
    complaint: impl Fn(&T) -> Option<String> + Send + 'static,
) {
    let mut events = page.event_listener::<T>().await.expect("a listener");
    let complaints = Arc::clone(complaints);
    tokio::spawn(async move {
        while let Some(event) = events.next().await {
            let complaint = complaint(&event);
            let mut complaints = complaints.lock().expect("the reader is fine");
            complaints.extend(complaint);
        }
    });
}
