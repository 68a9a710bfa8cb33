// SPDX-License-Identifier: MIT OR Apache-2.0

//! PID 1 of the lab's guest: it makes the guest usable, loads KVM, and then runs commands for
//! the lab on the host.
//!
//! # Layout
//!
//! - [`mounts`]: the file systems of the kernel
//! - [`modules`]: `finit_module(2)`, and which modules KVM needs on this CPU
//! - [`port`]: the virtio-serial port to the lab
//! - [`serve`]: one request after another
//! - [`resume`], [`files`]: what a guest that was resumed is given, not booted with
//! - [`command`], [`program`], [`terminal`]: a program's start, on pipes or on a terminal
//! - [`relay`], [`input`], [`children`], [`poll_set`]: what goes in and out of it until it has
//!   ended

mod children;
mod command;
mod files;
mod input;
mod modules;
mod mounts;
mod poll_set;
mod port;
mod program;
mod relay;
mod resume;
mod serve;
mod terminal;

use std::ffi::c_int;

use nix::sys::reboot::{RebootMode, reboot};
use nix::sys::signal::{SigHandler, Signal, signal};

/// Standard error is the console, which the lab shows where the guest does not come up.
fn main() -> anyhow::Result<()> {
    if let Err(error) = boot_and_serve() {
        eprintln!("guest-init: {error:#}");
    }
    reboot(RebootMode::RB_AUTOBOOT)?;
    Ok(())
}

fn boot_and_serve() -> anyhow::Result<()> {
    obey_busybox()?;
    mounts::mount_all()?;
    modules::load_kvm()?;
    serve::serve(&mut port::open()?)
}

/// By these signals busybox's `halt`, `poweroff` and `reboot` ask PID 1 to go down.
fn obey_busybox() -> anyhow::Result<()> {
    for kind in [Signal::SIGUSR1, Signal::SIGUSR2, Signal::SIGTERM] {
        // SAFETY: the handler makes one system call and touches no memory.
        unsafe { signal(kind, SigHandler::Handler(go_down)) }?;
    }
    Ok(())
}

extern "C" fn go_down(number: c_int) {
    let mode = match Signal::try_from(number) {
        Ok(Signal::SIGUSR1) => RebootMode::RB_HALT_SYSTEM,
        Ok(Signal::SIGUSR2) => RebootMode::RB_POWER_OFF,
        _ => RebootMode::RB_AUTOBOOT,
    };
    // PID 1 may, and where it fails after all, there is nobody to be told.
    let _ = reboot(mode);
}
