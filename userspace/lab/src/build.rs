// SPDX-License-Identifier: MIT OR Apache-2.0

//! Everything between a fresh checkout and a guest that boots.
//!
//! One file for each step, in the order of the steps:
//!
//! | file | what it makes | where |
//! | --- | --- | --- |
//! | `configuration.rs` | the kernels that the lab can build | |
//! | `debian.rs` | packages of Debian's newer suites, unpacked | |
//! | `kernel_source.rs` | the kernel's source tree | cache |
//! | `rust_src.rs` | the source of `core`, which the kernel compiles itself | cache |
//! | `cargo_install.rs` | programs that cargo builds, each in one version | |
//! | `bindgen.rs` | bindgen, new enough for the kernel | cache |
//! | `toolchain.rs` | the environment in which kernel and modules are built | |
//! | `kernel.rs` | vmlinux and KVM's modules | cache |
//! | `moved.rs` | the same, if the cache was copied from elsewhere | cache |
//! | `modules.rs` | hiboma_tiny.ko, hiboma.ko, the sample, and the C twins | target |
//! | `traceable.rs` | the modules in Rust once more, for ftrace | target |
//! | `debuggable.rs` | the modules once more, with debug information | target |
//! | `debug_info.rs` | the kernel once more, for gdb | cache |
//! | `programs.rs` | the programs that run in the guest | target |
//! | `public.rs` | the tests of another project's crate for KVM | target |
//! | `strace.rs` | strace for the guest | |
//! | `exercise.rs` | an exercise's module or program | target |
//! | `rust_analyzer.rs` | the description of the modules for an editor | module |

mod bindgen;
mod cargo_install;
mod configuration;
mod debian;
mod debug_info;
mod debuggable;
pub mod exercise;
mod kernel;
mod kernel_source;
mod modules;
mod moved;
mod programs;
mod public;
pub mod rust_analyzer;
mod rust_src;
mod strace;
mod toolchain;
mod traceable;

use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Context, Result, anyhow};
use duct::cmd;

use crate::cache::Cache;
use crate::image::{Content, GuestFile, Image};
use crate::progress::Progress;
use crate::workspace;

pub use configuration::{Configuration, KernelArguments, Wanted};
pub use debian::source as debian_source;
pub use debug_info::DebugInfo;
pub use kernel_source::origin as kernel_source_origin;
pub use rust_src::origin as rust_src_origin;
pub use toolchain::{clang, libclang_folder};

pub use traceable::{RUSTFLAGS as TRACEABLE, traced};

use debuggable::Detail;
pub use kernel::Kernel;
pub use modules::FOLDERS as MODULE_FOLDERS;
pub use moved::settle;
pub use programs::{Libraries, TARGET, tests_of};
use toolchain::Rustc;
pub use toolchain::Toolchain;

/// Space for all that an empty cache needs: the source, Rust's source, their packages, the kernel.
const NEEDED_MIB: u64 = 3500;

/// Returns a kernel and the toolchain for its modules; builds it if it is not in the cache.
pub fn kernel(wanted: impl Into<Wanted>) -> Result<(Kernel, Toolchain)> {
    let wanted = wanted.into();
    workspace::check()?;
    let cache = Cache::open()?;
    if !kernel_source::is_there(&cache) {
        cache.check_space("the kernel with its source", NEEDED_MIB)?;
    }
    let progress = Progress::new(cache.path("logs"))?;
    let rustc = Rustc::find()?;
    let compiler = wanted.configuration.compiler();
    // The sources wait for the network, bindgen for the CPU.
    let sources = || -> Result<_> {
        let source = kernel_source::get(&cache, &progress)?;
        Ok((source, rust_src::get(&cache, &progress, &rustc)?))
    };
    let ((source, rust_src), bindgen) = at_once(sources, || bindgen::get(&cache, &progress))?;
    let toolchain = Toolchain::new(&rustc, compiler, bindgen, rust_src)?;
    Ok((
        Kernel::get(&cache, &progress, source, &toolchain, &wanted)?,
        toolchain,
    ))
}

/// Returns a guest's image with the checkout's current state; builds what is not built yet.
pub fn image(wanted: impl Into<Wanted>) -> Result<Image> {
    let wanted = wanted.into();
    let (configuration, name) = (wanted.configuration, wanted.files());
    let progress = Progress::new(workspace::target().join("logs"))?;
    let all_but_programs = || -> Result<_> {
        let (kernel, toolchain) = kernel(wanted)?;
        let modules = modules::get(&progress, &kernel, &toolchain)?;
        Ok((kernel, modules, busybox_with_applets()?))
    };
    // Each of the two takes a tenth of a second just to find that there is nothing to do.
    let ((kernel, modules, mut files), programs) =
        at_once(all_but_programs, || programs::programs(&progress))?;

    let mut boot_files = Vec::new();
    for module in kernel.kvm_modules() {
        boot_files.push(host_file("/lib/modules", module)?);
    }
    for module in modules {
        files.push(host_file("/lib/modules", module)?);
    }
    for program in programs {
        if programs::name(&program)? == "guest-init" {
            boot_files.push(GuestFile {
                path: "/init".to_owned(),
                content: Content::HostFile(program),
            });
        } else {
            files.push(host_file("/bin", program)?);
        }
    }
    for client in programs::c_clients()? {
        files.push(host_file("/bin", client)?);
    }
    Ok(Image {
        kernel: name,
        vmlinux: kernel.vmlinux(),
        memory_mib: configuration.memory_mib(),
        slowness: configuration.slowness(),
        boot_files,
        files,
    })
}

/// Does two things at once, the first on its own thread. If both fail, returns the first error.
fn at_once<A: Send, B>(
    first: impl FnOnce() -> Result<A> + Send,
    second: impl FnOnce() -> Result<B>,
) -> Result<(A, B)> {
    let (first, second) = thread::scope(|scope| {
        let first = scope.spawn(first);
        let second = second();
        (first.join(), second)
    });
    Ok((first.map_err(|_| anyhow!("a build panicked"))??, second?))
}

/// Returns our modules, built for the lab's kernel.
pub fn modules() -> Result<Vec<PathBuf>> {
    let (kernel, toolchain) = kernel(Configuration::Lab)?;
    let progress = Progress::new(workspace::target().join("logs"))?;
    modules::get(&progress, &kernel, &toolchain)
}

/// Returns our modules in Rust, built for ftrace. They replace those of the image.
pub fn traceable(wanted: impl Into<Wanted>) -> Result<Vec<GuestFile>> {
    let (kernel, toolchain) = kernel(wanted)?;
    let progress = Progress::new(workspace::target().join("logs"))?;
    let modules = traceable::get(&progress, &kernel, &toolchain)?;
    let files = modules.into_iter();
    files
        .map(|module| host_file("/lib/modules", module))
        .collect()
}

/// Returns our modules and programs with debug information. They replace those of the image.
pub fn debuggable(wanted: impl Into<Wanted>) -> Result<Vec<GuestFile>> {
    let (kernel, toolchain) = kernel(wanted)?;
    let progress = Progress::new(workspace::target().join("logs"))?;
    let modules = debuggable::get(Detail::All, &progress, &kernel, &toolchain)?;
    let modules = (modules.into_iter()).map(|it| host_file("/lib/modules", it));
    let programs = programs::debuggable(&progress)?;
    let programs = programs.into_iter().map(|it| host_file("/bin", it));
    modules.chain(programs).collect()
}

/// Returns a file with this module's code and its line tables: the module itself, or, if it is ours, one that
/// is built for this. Returns `None` if there is no such file.
pub fn with_line_tables(module: &Path) -> Result<Option<PathBuf>> {
    if debuggable::has_lines(module)? {
        return Ok(Some(module.to_owned()));
    }
    let ours = modules()?;
    if !ours.iter().any(|it| it.file_name() == module.file_name()) {
        return Ok(None);
    }
    let (kernel, toolchain) = kernel(Configuration::Lab)?;
    let progress = Progress::new(workspace::target().join("logs"))?;
    let files = debuggable::get(Detail::Lines, &progress, &kernel, &toolchain)?;
    debuggable::same(module, files)
}

/// Returns the folder with gdb's pretty-printers for Rust's types.
pub fn gdb_printers() -> Result<PathBuf> {
    Ok(Rustc::find()?.sysroot.join("lib/rustlib/etc"))
}

/// Returns the debug information of the kernel and of KVM.
pub fn debug_info(wanted: impl Into<Wanted>) -> Result<DebugInfo> {
    let wanted = wanted.into();
    let (kernel, toolchain) = kernel(wanted.clone())?;
    let cache = Cache::open()?;
    let progress = Progress::new(cache.path("logs"))?;
    DebugInfo::get(&cache, &progress, &kernel, &toolchain, &wanted)
}

/// Returns the tests that run in the guest: `hiboma-…`, `anon_inode-…` and `kvm-…`.
pub fn guest_tests() -> Result<Vec<PathBuf>> {
    programs::tests(&Progress::new(workspace::target().join("logs"))?)
}

/// Returns the unit tests of a public crate that this workspace depends on.
pub fn public_tests(name: &str) -> Result<PathBuf> {
    let progress = Progress::new(workspace::target().join("logs"))?;
    public::unit_tests(&progress, name)
}

/// Returns the guest's files for comparing the two devices: strace, and programs of our own.
pub fn evidence() -> Result<Vec<GuestFile>> {
    let mut files = strace::get()?;
    let progress = Progress::new(workspace::target().join("logs"))?;
    for program in programs::evidence(&progress)? {
        files.push(host_file("/bin", program)?);
    }
    Ok(files)
}

/// Returns the libraries that the programs of the pairs are linked with.
pub fn libraries() -> Result<Libraries> {
    programs::libraries(&Progress::new(workspace::target().join("logs"))?)
}

/// Returns the program that counts instructions in the guest.
pub fn costs() -> Result<GuestFile> {
    let progress = Progress::new(workspace::target().join("logs"))?;
    host_file("/bin", programs::costs(&progress)?)
}

/// Returns the checks of the exercises: one program for all.
pub fn checks() -> Result<PathBuf> {
    programs::checks(&Progress::new(workspace::target().join("logs"))?)
}

/// Returns the program that runs the same programs on both devices.
pub fn differential() -> Result<PathBuf> {
    programs::differential(&Progress::new(workspace::target().join("logs"))?)
}

/// Returns the program that makes random system calls on both devices.
pub fn fuzz() -> Result<PathBuf> {
    programs::fuzz(&Progress::new(workspace::target().join("logs"))?)
}

/// Returns the guest's shell and tools: busybox, and a symlink for each of its applets.
fn busybox_with_applets() -> Result<Vec<GuestFile>> {
    let busybox = busybox()?;
    let applets = cmd!(&busybox, "--list").read()?;
    let applets = applets
        .lines()
        .filter(|applet| *applet != "busybox")
        .map(|applet| GuestFile {
            path: format!("/bin/{applet}"),
            content: Content::Symlink("busybox".to_owned()),
        });
    let mut files: Vec<_> = applets.collect();
    files.push(host_file("/bin", busybox)?);
    Ok(files)
}

/// Returns busybox from one of the places where distributions install it.
pub fn busybox() -> Result<PathBuf> {
    ["/bin/busybox", "/usr/sbin/busybox", "/usr/bin/busybox"]
        .into_iter()
        .map(PathBuf::from)
        .find(|path| path.exists())
        .context("no busybox: see `cargo lab doctor`")
}

/// Puts a file of the host under its own name into a folder of the guest.
fn host_file(folder: &str, path: PathBuf) -> Result<GuestFile> {
    let name = programs::name(&path)?;
    Ok(GuestFile {
        path: format!("{folder}/{name}"),
        content: Content::HostFile(path),
    })
}
