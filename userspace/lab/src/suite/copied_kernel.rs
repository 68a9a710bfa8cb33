// SPDX-License-Identifier: MIT OR Apache-2.0

//! Checks that a copied kernel builds the same module as the original.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use duct::cmd;
use libtest_mimic::Trial;

use super::failed;
use crate::build::{self, Configuration, Kernel};
use crate::cache::Cache;
use crate::guest::HIBOMA;
use crate::image::{Content, Image};
use crate::workspace;

/// Returns the trial, named `kernel::a_copy_makes_the_same_module`.
pub fn trial(image: &Arc<Image>) -> Trial {
    let image = Arc::clone(image);
    Trial::test("kernel::a_copy_makes_the_same_module", move || {
        check(&image).map_err(failed)
    })
}

fn check(image: &Image) -> Result<()> {
    let (kernel, toolchain) = build::kernel(Configuration::Lab)?;
    let place = tempfile::tempdir_in(workspace::target())?;
    let copy = Kernel {
        folder: place.path().join("kernel"),
        ..kernel
    };
    cmd!("cp", "--archive", &kernel.folder, &copy.folder).run()?;
    build::settle(&copy, &Cache::open()?, &toolchain)?;

    let makefile = fs::read_to_string(copy.folder.join("Makefile"))?;
    let old = kernel.folder.canonicalize()?.display().to_string();
    ensure!(
        !makefile.contains(&old),
        "the copy still leads to {old}:\n{makefile}"
    );

    let output = place.path().join("module");
    fs::create_dir(&output)?;
    let module = workspace::root().join("module").canonicalize()?;
    let make = toolchain.make([
        "-C",
        &module.display().to_string(),
        &format!("KDIR={}", copy.folder.display()),
        &format!("MO={}", output.display()),
    ]);
    make.stdout_capture().stderr_capture().run()?;
    let (ours, theirs) = (
        fs::read(output.join("hiboma.ko"))?,
        fs::read(built(image)?)?,
    );
    ensure!(ours == theirs, "the module of the copied kernel is another");
    Ok(())
}

/// Returns the module that was built with the original kernel.
fn built(image: &Image) -> Result<PathBuf> {
    let file = image.files.iter().find(|file| file.path == HIBOMA);
    match file.map(|file| &file.content) {
        Some(Content::HostFile(path)) => Ok(path.clone()),
        _ => None.context("the image has no hiboma.ko"),
    }
}
