// SPDX-License-Identifier: MIT OR Apache-2.0

//! PID 1 of the lab's guest: sets up the guest, loads KVM, and then runs commands for the lab on
//! the host.
//!
//! # Layout
//!
//! - [`mounts`]: the kernel's file systems
//! - [`modules`]: `finit_module(2)`, and which modules KVM needs on this CPU
//! - [`port`]: the virtio-serial port to the lab
//! - [`serve`]: the lab's requests, one after another
//! - [`resume`], [`files`]: state and files for a guest that was resumed
//! - [`command`], [`program`], [`terminal`]: start a program, on pipes or on a terminal
//! - [`relay`], [`input`], [`children`], [`poll_set`]: pass on its input and output until it has
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

/// Standard error is the console, which the lab shows if the guest does not boot.
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

/// busybox's `halt`, `poweroff` and `reboot` send these signals to PID 1.
fn obey_busybox() -> anyhow::Result<()> {
    for kind in [Signal::SIGUSR1, Signal::SIGUSR2, Signal::SIGTERM] {
        // SAFETY: The handler makes one system call and accesses no memory.
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
    // PID 1 has the permission, and if it fails anyway, there is nobody to tell.
    let _ = reboot(mode);
}
