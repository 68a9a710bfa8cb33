// SPDX-License-Identifier: MIT OR Apache-2.0

//! Programs that the lab needs and cargo builds, each in one version.

use std::path::Path;

use duct::{Expression, cmd};

/// Where cargo compiles, in the same folder. Delete it once the program is installed.
pub const TARGET: &str = "target";

/// `cargo install`, which puts the programs of a package into `folder/bin`.
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
    // None of them runs for long, so compiling fast matters more than running fast.
    install
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
}
