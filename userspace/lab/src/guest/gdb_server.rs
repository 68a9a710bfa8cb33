// SPDX-License-Identifier: MIT OR Apache-2.0

//! A guest for gdb: QEMU speaks gdb's remote protocol, and gdb sees the guest's CPUs as threads.
//!
//! Reference: [GDB usage](https://www.qemu.org/docs/master/system/gdb.html).

use anyhow::{Result, ensure};
use serde_json::json;

use super::session::Guest;

impl Guest {
    /// Stops the guest's CPUs, and lets gdb connect at `unix:PATH` or
    /// `tcp:HOST:PORT`. The CPUs run again when gdb continues them.
    pub fn serve_gdb(&mut self, address: &str) -> Result<()> {
        self.stop()?;
        let command = match address.starts_with("unix:") {
            true => format!("gdbserver {address},server=on,wait=off"),
            false => format!("gdbserver {address}"),
        };
        let arguments = json!({ "command-line": command });
        let said = self.monitor.execute("human-monitor-command", arguments)?;
        let said = said.as_str().unwrap_or_default().trim();
        // On success, QEMU prints that it is waiting.
        ensure!(
            said.is_empty() || said.starts_with("Waiting for gdb"),
            "QEMU's gdbserver: {said}"
        );
        Ok(())
    }

    /// Stops the guest's CPUs. A gdb that is waiting for them gets its prompt back.
    pub fn stop(&mut self) -> Result<()> {
        self.monitor.execute("stop", json!({})).map(drop)
    }
}
