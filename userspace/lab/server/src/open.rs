// SPDX-License-Identifier: MIT OR Apache-2.0

//! Opening the reader's browser.

use std::env;

/// Opens a page if a browser can have a window. If that fails, the printed link remains.
pub fn in_browser(link: &str) {
    let displays = ["DISPLAY", "WAYLAND_DISPLAY"];
    if displays.iter().any(|name| env::var_os(name).is_some())
        && let Err(error) = opener::open_browser(link)
    {
        eprintln!("cargo lab: no browser opens: {error}");
    }
}
