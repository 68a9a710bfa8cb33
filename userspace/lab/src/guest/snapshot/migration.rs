// SPDX-License-Identifier: MIT OR Apache-2.0

//! The state of a machine's devices, from QEMU and to it: what it calls a migration. The memory is in
//! a file and not part of it.
//!
//! Reference: [QEMU's migration framework](https://www.qemu.org/docs/master/devel/migration/main.html).

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::json;

use crate::guest::monitor::Monitor;

/// Where QEMU writes the state to, and reads it from.
const URI: &str = "fd:state";

/// How long QEMU may take to write it.
const LIMIT: Duration = Duration::from_secs(30);

/// Stops a guest, and returns the state of its devices. QEMU stops it itself, and notes in the state that
/// it ran.
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

/// Lets a guest go on, whether its state was written or not.
pub fn go_on(monitor: &mut Monitor) -> Result<()> {
    // There is nothing to cancel, unless it failed halfway.
    let _ = monitor.execute("migrate_cancel", json!({}));
    monitor.execute("cont", json!({}))?;
    Ok(())
}

/// Has a guest go on from the state of another one's devices.
pub fn resume(monitor: &mut Monitor, state: Vec<u8>) -> Result<()> {
    ignore_shared_memory(monitor)?;
    let mut to = channel(monitor)?;
    monitor.execute("migrate-incoming", json!({ "uri": URI }))?;
    // It may be more than fits into the channel. Where QEMU ends instead, the guest says so.
    thread::spawn(move || to.write_all(&state));
    Ok(())
}

/// A channel to or from QEMU, which has its end by the name in [`URI`].
fn channel(monitor: &mut Monitor) -> Result<UnixStream> {
    let (lab, qemu) = UnixStream::pair()?;
    monitor.pass(&qemu, "state")?;
    Ok(lab)
}

/// Has QEMU leave out of the state what is in a file.
fn ignore_shared_memory(monitor: &mut Monitor) -> Result<()> {
    let capability = json!({ "capability": "x-ignore-shared", "state": true });
    let arguments = json!({ "capabilities": [capability] });
    monitor.execute("migrate-set-capabilities", arguments)?;
    Ok(())
}
