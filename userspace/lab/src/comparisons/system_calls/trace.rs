// SPDX-License-Identifier: MIT OR Apache-2.0

//! Traces a program with strace, thread by thread.

use anyhow::{Context, Result, ensure};

use super::addresses::Addresses;
use super::call::Call;
use crate::comparisons::recordings::Recording;
use crate::guest::Guest;

/// One file per thread, names of open files, numbers beside their names, all written data.
const STRACE: &str = "strace -ff -y -X verbose -s 256 -o /tmp/calls";

/// The text that [`run`] puts before each thread's file, followed by the thread's id.
const FILE: &str = "==> /tmp/calls.";

/// Returns the calls of this recording's program that involve the device: one list for each thread,
/// in the order in which they started.
pub fn trace(recording: &Recording, guest: &mut Guest) -> Result<Vec<Vec<Call>>> {
    let text = run(recording, guest)?;
    let mut threads: Vec<(u32, &str)> = Vec::new();
    for file in text.split(FILE).skip(1) {
        let (id, lines) = file.split_once('\n').context("strace wrote nothing")?;
        threads.push((id.parse()?, lines));
    }
    threads.sort_by_key(|(id, _)| *id);

    let mut addresses = Addresses::of(&text);
    let mut opened = false;
    let mut calls_of = |lines: &str| -> Vec<Call> {
        let mut calls = Vec::new();
        for mut call in lines.lines().filter_map(Call::parse) {
            opened |= call.opens_a_device();
            let memory = addresses.name_in(&mut call);
            if opened && (memory || call.is_of_a_device() || call.is_of_a_stream()) {
                calls.push(call);
            }
        }
        calls
    };
    let threads: Vec<_> = threads.iter().map(|(_, lines)| calls_of(lines)).collect();
    ensure!(
        opened,
        "`{}` opened no device, as strace sees it:\n{text}",
        recording.command
    );
    Ok(threads)
}

/// Runs a recording's command under strace. Returns the output of strace.
fn run(recording: &Recording, guest: &mut Guest) -> Result<String> {
    let command = recording.under(STRACE);
    let script = format!(
        "{command} >/dev/null || exit\n\
         for file in /tmp/calls.*; do echo \"==> $file\"; cat $file; rm $file; done"
    );
    let output = guest.output(&["sh", "-c", &script])?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`{command}`: {complaint}");
    Ok(String::from_utf8(output.stdout)?)
}
