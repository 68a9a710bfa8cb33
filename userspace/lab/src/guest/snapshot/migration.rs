// SPDX-License-Identifier: MIT OR Apache-2.0

//! Saves and restores the state of a VM's devices, which QEMU calls
//! a migration. The memory is in a file and not part of the state.
//!
//! Reference: [QEMU's migration framework](https://www.qemu.org/docs/master/devel/migration/main.html).

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::json;

use crate::guest::monitor::Monitor;

/// The channel of the state, by the name that QEMU knows it by.
const URI: &str = "fd:state";

/// The time limit for QEMU to write the state.
const LIMIT: Duration = Duration::from_secs(30);

/// Stops a guest, and returns the state of its devices. QEMU itself stops it, so that the state records
/// a running guest.
pub fn state(monitor: &mut Monitor) -> Result<Vec<u8>> {
    ignore_shared_memory(monitor)?;
    let mut state = channel(monitor)?;
    state.set_read_timeout(Some(LIMIT))?;
    monitor.execute("migrate", json!({ "uri": URI }))?;
    let mut bytes = Vec::new();
    state.read_to_end(&mut bytes)?;
    let outcome = monitor.execute("query-migrate", json!({}))?;
    ensure!(
        outcome["status"] == "completed",
        "QEMU could not write its state: {outcome}"
    );
    Ok(bytes)
}

/// Lets a guest continue, whether its state was written or not.
pub fn go_on(monitor: &mut Monitor) -> Result<()> {
    // Fails if there is nothing to cancel, which is the normal case.
    let _ = monitor.execute("migrate_cancel", json!({}));
    monitor.execute("cont", json!({}))?;
    Ok(())
}

/// Lets a guest continue from the state of another guest's devices.
pub fn resume(monitor: &mut Monitor, state: Vec<u8>) -> Result<()> {
    ignore_shared_memory(monitor)?;
    let mut to = channel(monitor)?;
    monitor.execute("migrate-incoming", json!({ "uri": URI }))?;
    // The state may be more than fits into the channel. If QEMU ends, other code reports that.
    thread::spawn(move || to.write_all(&state));
    Ok(())
}

/// Creates a channel to or from QEMU, which knows its end by the name in [`URI`].
fn channel(monitor: &mut Monitor) -> Result<UnixStream> {
    let (lab, qemu) = UnixStream::pair()?;
    monitor.pass(&qemu, "state")?;
    Ok(lab)
}

/// Lets QEMU leave memory that is in a file out of the state.
fn ignore_shared_memory(monitor: &mut Monitor) -> Result<()> {
    let capability = json!({ "capability": "x-ignore-shared", "state": true });
    let arguments = json!({ "capabilities": [capability] });
    monitor.execute("migrate-set-capabilities", arguments)?;
    Ok(())
}
