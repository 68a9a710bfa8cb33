// SPDX-License-Identifier: MIT OR Apache-2.0

//! The environment in which the kernel and its modules are built: one rustc, one bindgen, one
//! libclang, whatever else is installed.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use duct::{Expression, cmd};

use super::bindgen;
use crate::workspace;

/// The Rust compiler that `rust-toolchain.toml` selects.
pub struct Rustc {
    /// e.g. `1.95.0`.
    pub version: String,
    /// The toolchain's folder. Its `bin` has rustc itself, not rustup's proxy, which may choose
    /// another version in another folder.
    pub sysroot: PathBuf,
}

impl Rustc {
    /// Asks rustc in the checkout, where rustup selects the version.
    pub fn find() -> Result<Rustc> {
        let ask = |arguments: &[&str]| {
            cmd("rustc", arguments)
                .dir(workspace::root())
                .read()
                .context("rustc does not run in this checkout")
        };
        let version = ask(&["--version"])?;
        let version = version
            .split_whitespace()
            .nth(1)
            .context("rustc --version")?
            .to_owned();
        Ok(Rustc {
            version,
            sysroot: ask(&["--print", "sysroot"])?.into(),
        })
    }
}

/// Variables that would change Kbuild's output without the lab's knowledge. They are removed.
const STRAY: [&str; 9] = [
    "MAKEFLAGS",
    "MAKELEVEL",
    "LLVM",
    "CROSS_COMPILE",
    "LOCALVERSION",
    "KBUILD_OUTPUT",
    "KCFLAGS",
    "KAFLAGS",
    "KRUSTFLAGS",
];

/// The compiler for the kernel's C code.
#[derive(Clone, Copy)]
pub enum Compiler {
    /// Kbuild's default.
    Gcc,
    /// The clang of the newest LLVM. All other tools, the linker included, remain GNU's.
    Clang,
}

impl Compiler {
    /// Returns the program.
    fn program(self) -> Result<OsString> {
        match self {
            Compiler::Gcc => Ok("gcc".into()),
            Compiler::Clang => clang(),
        }
    }
}

/// The environment and arguments for Kbuild.
pub struct Toolchain {
    /// The Rust compiler's folder.
    pub sysroot: PathBuf,
    path: OsString,
    compiler: OsString,
    libclang: PathBuf,
    /// The source of `core` and its like: `library/` of Rust's own tree.
    pub rust_lib_src: PathBuf,
    /// All versions that can change the result of a build.
    pub id: String,
}

impl Toolchain {
    /// Combines these compilers, the folder of `bindgen`, and the source of `core`.
    pub fn new(
        rustc: &Rustc,
        compiler: Compiler,
        bindgen: PathBuf,
        rust_lib_src: PathBuf,
    ) -> Result<Toolchain> {
        let own = [bindgen, rustc.sysroot.join("bin")];
        let path = env::join_paths(
            own.into_iter()
                .chain(env::split_paths(&env::var_os("PATH").unwrap_or_default())),
        )?;
        let compiler = compiler.program()?;
        let version = cmd!(&compiler, "--version").read().with_context(|| {
            let compiler = compiler.display();
            format!("{compiler} does not run: see `cargo lab doctor`")
        })?;
        let id = format!(
            "rustc {}, bindgen {}, {}",
            rustc.version,
            bindgen::VERSION,
            version.lines().next().unwrap_or_default()
        );
        Ok(Toolchain {
            sysroot: rustc.sysroot.clone(),
            path,
            compiler,
            libclang: libclang_folder()?,
            rust_lib_src,
            id,
        })
    }

    /// Returns the C compiler, if it is not Kbuild's default.
    pub fn other_compiler(&self) -> Option<String> {
        (self.compiler != "gcc").then(|| self.compiler.display().to_string())
    }

    /// Returns `make ARGUMENTS` in this environment, on all CPUs.
    pub fn make<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Expression {
        let arguments = arguments.into_iter().map(str::to_owned);
        let arguments = self.arguments().into_iter().chain(arguments);
        let variables = self.variables().into_iter();
        let make = variables.fold(cmd("make", arguments), |make, (variable, value)| {
            make.env(variable, value)
        });
        STRAY
            .iter()
            .fold(make, |make, variable| make.env_remove(variable))
    }

    /// Returns make's arguments in this environment, which precede all others.
    pub fn arguments(&self) -> [String; 2] {
        let jobs = std::thread::available_parallelism().map_or(1, usize::from);
        [
            format!("-j{jobs}"),
            format!("CC={}", self.compiler.display()),
        ]
    }

    /// Returns the environment's variables.
    pub fn variables(&self) -> [(&'static str, OsString); 7] {
        [
            ("PATH", self.path.clone()),
            ("LIBCLANG_PATH", self.libclang.clone().into()),
            ("RUST_LIB_SRC", self.rust_lib_src.clone().into()),
            ("ARCH", "x86_64".into()),
            // With these, the same input builds the same kernel, whoever builds it, where and when.
            ("KBUILD_BUILD_USER", "hiboma".into()),
            ("KBUILD_BUILD_HOST", "lab".into()),
            ("KBUILD_BUILD_TIMESTAMP", "1970-01-01".into()),
        ]
    }
}

/// Returns the folder of the newest libclang: `$LIBCLANG_PATH`, or Debian's `/usr/lib/llvm-N/lib`,
/// or the folder of distributions that have only one version.
pub fn libclang_folder() -> Result<PathBuf> {
    if let Some(folder) = env::var_os("LIBCLANG_PATH") {
        return Ok(folder.into());
    }
    let version = |folder: &Path| -> Option<u32> {
        folder
            .file_name()?
            .to_str()?
            .strip_prefix("llvm-")?
            .parse()
            .ok()
    };
    let mut folders: Vec<_> = fs::read_dir("/usr/lib")?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|folder| version(folder).is_some())
        .collect();
    folders.sort_by_key(|folder| std::cmp::Reverse(version(folder)));
    folders
        .into_iter()
        .map(|folder| folder.join("lib"))
        .chain(["/usr/lib64", "/usr/lib"].map(PathBuf::from))
        .find(|folder| has_libclang(folder))
        .context("no libclang: see `cargo lab doctor`")
}

/// Returns clang: Debian installs it beside its libclang, other distributions on PATH.
pub fn clang() -> Result<OsString> {
    let beside = libclang_folder()?.with_file_name("bin").join("clang");
    if beside.exists() {
        return Ok(beside.into());
    }
    let on_path = cmd!("clang", "--version").stdout_null().stderr_null().run();
    on_path.context("no clang: `cargo lab setup --debug-kernel` installs it, or says what does")?;
    Ok("clang".into())
}

fn has_libclang(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|entries| {
        entries.flatten().any(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with("libclang.so") || name.starts_with("libclang-") && name.contains(".so")
        })
    })
}
