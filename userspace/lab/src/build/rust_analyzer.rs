// SPDX-License-Identifier: MIT OR Apache-2.0

//! `module/rust-project.json`, which tells rust-analyzer what a kernel module is built from.
//!
//! Kbuild writes one for the modules of `module/`. It lacks two things, which are added here:
//!
//! - the exercises, whose modules are in no Kbuild file that Kbuild has read;
//! - the sysroot: Kbuild lists `core` like any other crate, and then rust-analyzer 1.95 does not
//!   find the methods of `u64` or of a slice: 1,700 false errors.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::configuration::Configuration;
use super::kernel;
use super::modules::output_folder;
use crate::progress::Progress;
use crate::{exercises, workspace};

/// The crate from which the crates of the exercises are copied.
const MODEL: &str = "hiboma";

/// Writes the file. Returns its path, and the root file of each of our modules.
pub fn write() -> Result<(PathBuf, Vec<PathBuf>)> {
    let (kernel, toolchain) = kernel(Configuration::Lab)?;
    let module = workspace::root().join("module").canonicalize()?;
    let output = output_folder(&kernel, "rust-analyzer")?;
    let progress = Progress::new(workspace::target().join("logs"))?;
    let step = progress.step("rust-project.json", None)?;
    let folder = module.display().to_string();
    step.run(toolchain.make([
        "-C",
        &kernel.folder.display().to_string(),
        &format!("M={folder}"),
        &format!("MO={}", output.display()),
        "rust-analyzer",
    ]))?;
    step.finish();

    let kbuild = fs::read_to_string(output.join("rust-project.json"))?;
    let mut project: Value = serde_json::from_str(&kbuild)?;
    use_sysroot(&mut project, &toolchain.rust_lib_src)?;
    add(&mut project, &exercise_modules()?)?;
    let roots = share_sources(&mut project, &[&module, &exercises::folder()])?;
    let path = module.join("rust-project.json");
    fs::write(&path, serde_json::to_string_pretty(&project)?)
        .with_context(|| path.display().to_string())?;
    Ok((path, roots))
}

/// Returns every `exercise.rs`: of the starting points, the solutions, and the learner's copies.
fn exercise_modules() -> Result<Vec<PathBuf>> {
    let mut modules = Vec::new();
    for exercise in exercises::all()? {
        let versions = ["start", "solution"].map(|version| exercise.folder().join(version));
        let mine = exercises::Mine::of(&exercise).folder();
        let files = versions
            .into_iter()
            .chain([mine])
            .map(|folder| folder.join("exercise.rs"));
        modules.extend(files.filter(|file| file.exists()));
    }
    Ok(modules)
}

/// Lets rust-analyzer load `core` and its like from the library's source, as a sysroot.
fn use_sysroot(project: &mut Value, library: &Path) -> Result<()> {
    let is_of_sysroot = |it: &Value| {
        let root = it["root_module"].as_str().unwrap_or_default();
        Path::new(root).starts_with(library)
    };
    project["sysroot_src"] = json!(library);
    let crates = crates(project)?;
    // Dependencies name a crate by its index in the list.
    let mut kept = 0..;
    let places: Vec<_> = crates
        .iter()
        .map(|it| if is_of_sysroot(it) { None } else { kept.next() })
        .collect();
    crates.retain(|it| !is_of_sysroot(it));
    for it in crates {
        let dependencies = it["deps"].as_array_mut().into_iter().flatten();
        let kept = dependencies.filter_map(|it| {
            let place = places.get(it["crate"].as_u64()? as usize).copied()??;
            Some(json!({ "crate": place, "name": it["name"] }))
        });
        it["deps"] = kept.collect();
    }
    Ok(())
}

fn crates(project: &mut Value) -> Result<&mut Vec<Value>> {
    project["crates"]
        .as_array_mut()
        .context("Kbuild's rust-project.json has no crates")
}

/// Adds a crate for each of these root files.
fn add(project: &mut Value, roots: &[PathBuf]) -> Result<()> {
    let crates = crates(project)?;
    let model = crates.iter().find(|it| it["display_name"] == MODEL);
    let model = model
        .with_context(|| format!("Kbuild's rust-project.json has no crate {MODEL}"))?
        .clone();
    crates.extend(roots.iter().map(|root| {
        let mut exercise = model.clone();
        exercise["display_name"] = json!("exercise");
        exercise["root_module"] = json!(root);
        exercise
    }));
    Ok(())
}

/// Lets the crates in these folders include files of all these folders, as they do with
/// `#[path]`. Returns their root files.
fn share_sources(project: &mut Value, folders: &[&Path]) -> Result<Vec<PathBuf>> {
    let mut ours = Vec::new();
    for it in crates(project)? {
        let root: PathBuf = it["root_module"].as_str().unwrap_or_default().into();
        if folders.iter().any(|folder| root.starts_with(folder)) {
            it["source"] = json!({ "include_dirs": folders, "exclude_dirs": [] });
            it["is_workspace_member"] = json!(true);
            ours.push(root);
        }
    }
    Ok(ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project() -> Value {
        json!({ "crates": [
            { "display_name": "core", "root_module": "/lib/core/lib.rs", "deps": [] },
            { "display_name": "kernel", "root_module": "/linux/kernel.rs",
              "deps": [{ "crate": 0, "name": "core" }] },
            { "display_name": "hiboma", "root_module": "/module/hiboma.rs",
              "deps": [{ "crate": 0, "name": "core" }, { "crate": 1, "name": "kernel" }] },
        ]})
    }

    #[test]
    fn the_sysroot_s_crates_are_left_to_the_sysroot() {
        let mut project = project();
        use_sysroot(&mut project, Path::new("/lib")).unwrap();
        assert_eq!(project["sysroot_src"], "/lib");
        assert_eq!(project["crates"][0]["display_name"], "kernel");
        assert_eq!(project["crates"][0]["deps"], json!([]));
        let deps = json!([{ "crate": 0, "name": "kernel" }]);
        assert_eq!(project["crates"][1]["deps"], deps);
    }

    #[test]
    fn an_exercise_depends_on_what_hiboma_depends_on() {
        let mut project = project();
        add(&mut project, &["/exercises/one/exercise.rs".into()]).unwrap();
        let crates = project["crates"].as_array().unwrap();
        assert_eq!(crates[3]["root_module"], "/exercises/one/exercise.rs");
        assert_eq!(crates[3]["deps"], crates[2]["deps"]);
    }
}
