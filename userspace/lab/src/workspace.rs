// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where things lie in the checkout.

use std::env;
use std::path::{self, Path, PathBuf};

use anyhow::{Result, ensure};

/// The root of the checkout that this program was built from.
pub fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package)
}

/// Cargo's target folder; all that the lab builds for one checkout is under it.
pub fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => path::absolute(&folder).unwrap_or(folder.into()),
        None => root().join("target"),
    }
}

/// Whether Kbuild can work here: make takes a space for the end of a path.
pub fn check() -> Result<()> {
    for folder in [
        root().to_owned(),
        target(),
        dirs::cache_dir().unwrap_or_default(),
    ] {
        let path = folder.to_string_lossy();
        ensure!(
            !path.contains([' ', ':']),
            "the kernel's build takes no path with a space or a colon: {path}"
        );
    }
    Ok(())
}
