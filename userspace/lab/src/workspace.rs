// SPDX-License-Identifier: MIT OR Apache-2.0

//! Paths of the checkout.

use std::env;
use std::path::{self, Path, PathBuf};

use anyhow::{Result, ensure};

/// Returns the root of the checkout that this program was built from.
pub fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package)
}

/// Returns cargo's target folder. Everything that the lab builds for one checkout is in it.
pub fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => path::absolute(&folder).unwrap_or(folder.into()),
        None => root().join("target"),
    }
}

/// Fails if Kbuild cannot work here: for make, a space or a colon ends a path.
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
