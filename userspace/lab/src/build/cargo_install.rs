// SPDX-License-Identifier: MIT OR Apache-2.0

//! Programs that the lab installs with cargo, each in a fixed version.

use std::path::Path;

use duct::{Expression, cmd};

/// The folder in which cargo compiles, in the destination. Delete it after the installation.
pub const TARGET: &str = "target";

/// Returns the `cargo install` that puts the programs of a package into `folder/bin`.
pub fn cargo_install(package: &str, version: &str, features: &str, folder: &Path) -> Expression {
    let install = cmd!(
        "cargo",
        "install",
        package,
        "--version",
        version,
        "--locked",
        "--no-default-features",
        "--features",
        features,
        "--no-track",
        "--root",
        folder,
        "--target-dir",
        folder.join(TARGET)
    );
    // None of them runs for long, so a fast build matters more than fast code.
    install
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
}
