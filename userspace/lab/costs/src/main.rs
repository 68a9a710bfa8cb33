// SPDX-License-Identifier: MIT OR Apache-2.0

//! `costs INTERFACE count [WORD...]`: counts the instructions of system calls and of guests, in a guest that
//! `cargo lab bench` has booted.
//!
//! ```text
//! instruction 65123 34683 40 94 101
//! ```
//!
//! One line for each thing that was counted and whose name contains one of the words: the instructions of a
//! system call that does it, those of one that does not, and how often the first does it. Then how many samples
//! are the same, of how many.
//!
//! `costs INTERFACE repeat NAME` repeats one of them until its standard input ends.
//!
//! # Layout
//!
//! | file | contents |
//! | --- | --- |
//! | `counter.rs` | the instructions between two reads of the counter |
//! | `call.rs` | the system calls that are counted |
//! | `samples.rs` | samples: the same thing, counted many times |
//! | `report.rs` | what to do: count, or only repeat |
//! | `kernel.rs` | the cost that every system call has |
//! | `own.rs` | hiboma's own ioctls: of `hiboma_tiny.ko`, its C twin, `hiboma.ko` |
//! | `device.rs`, `vm.rs`, `vcpu.rs` | KVM's ioctls, on `/dev/kvm` and `/dev/hiboma` |
//! | `guest.rs` | code that runs in a vCPU: instructions, exits |

mod call;
mod counter;
mod device;
mod guest;
mod kernel;
mod own;
mod report;
mod samples;
mod vcpu;
mod vm;

use std::env;
use std::ffi::CString;

use anyhow::{Result, bail};

use report::Report;

fn main() -> Result<()> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let (interface, report) = match arguments.as_slice() {
        [interface, count, words @ ..] if count == "count" => {
            (interface, Report::Count(words.to_vec()))
        }
        [interface, repeat, name] if repeat == "repeat" => {
            (interface, Report::Repeat(name.to_owned()))
        }
        _ => bail!("usage: costs INTERFACE count [WORD...], or costs INTERFACE repeat NAME"),
    };
    match interface.as_str() {
        "kernel" => kernel::count(&report),
        "own" => own::count(&report),
        path if path.starts_with('/') => {
            let path = &CString::new(path)?;
            device::count(&report, path)?;
            vm::count(&report, path)?;
            vcpu::count(&report, path)?;
            guest::count(&report, path)
        }
        other => bail!("{other}: neither `kernel` nor `own` nor the path of a device"),
    }
}
