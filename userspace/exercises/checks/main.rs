// SPDX-License-Identifier: MIT OR Apache-2.0

//! The checks of the exercises: `cargo lab exercise check N` runs those of one
//! exercise in the order of the source, each in a guest of its own.
//!
//! The comment above a check says what the learner's code should do: `check` prints it. The check's
//! message says what is missing and where to look, but not what to write.
//!
//! # Layout
//!
//! Besides these files, each exercise has its `check.rs`:
//!
//! - `answer.rs`: comparing the result of a system call with the expected one;
//! - `module.rs`: [`Exercise`](module::Exercise), the learner's module, loaded;
//! - `program.rs`: [`run`](program::run), the learner's program, run on a device.

mod answer;
mod module;
mod program;

#[path = "../child-keeps-parent/check.rs"]
mod child_keeps_parent;
#[path = "../close-on-exec/check.rs"]
mod close_on_exec;
#[path = "../crashing-rmmod/check.rs"]
mod crashing_rmmod;
#[path = "../dirty-pages/check.rs"]
mod dirty_pages;
#[path = "../first-ioctl/check.rs"]
mod first_ioctl;
#[path = "../handle-an-exit/check.rs"]
mod handle_an_exit;
#[path = "../ioctl-struct/check.rs"]
mod ioctl_struct;
#[path = "../kick-a-vcpu/check.rs"]
mod kick_a_vcpu;
#[path = "../leaking-error-path/check.rs"]
mod leaking_error_path;
#[path = "../make-a-descriptor/check.rs"]
mod make_a_descriptor;
#[path = "../pass-a-descriptor/check.rs"]
mod pass_a_descriptor;
#[path = "../pollable/check.rs"]
mod pollable;
#[path = "../reference-cycle/check.rs"]
mod reference_cycle;
#[path = "../run-loop/check.rs"]
mod run_loop;
#[path = "../which-einval/check.rs"]
mod which_einval;
