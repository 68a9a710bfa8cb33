// SPDX-License-Identifier: MIT OR Apache-2.0

//! Serves the lab's requests, one after another.

use std::fs::File;

use anyhow::Result;
use lab_protocol::{REQUESTS, ToGuest, ToHost, read_frame, write_frame};

use crate::children::Children;
use crate::relay::{HasInput, relay};
use crate::{command, files, modules, resume};

/// Serves until the lab hangs up.
pub fn serve(port: &mut File) -> Result<()> {
    let children = Children::new()?;
    write_frame(port, &ToHost::Ready)?;
    if let Ok(mut requests) = File::open(REQUESTS) {
        while let Some(request) = read_frame(&mut requests)? {
            carry_out(request, port, &children, HasInput(false))?;
        }
    }
    while let Some(request) = read_frame(port)? {
        carry_out(request, port, &children, HasInput(true))?;
    }
    Ok(())
}

fn carry_out(
    request: ToGuest,
    port: &mut File,
    children: &Children,
    has_input: HasInput,
) -> Result<()> {
    match request {
        ToGuest::Settle => answer(port, resume::settle()),
        ToGuest::Resumed(resumed) => answer(port, resume::resume(&resumed)),
        ToGuest::Put(file) => answer(port, files::put(file)),
        ToGuest::Delete(path) => answer(port, files::delete(&path)),
        ToGuest::LoadModule(path) => answer(port, modules::load(&path)),
        ToGuest::Run(command) => match command::start(&command, children) {
            Ok(running) => relay(port, children, running, has_input),
            Err(reason) => {
                let message = format!("{}\n", reason.message).into_bytes();
                write_frame(port, &ToHost::Stderr(message))?;
                Ok(write_frame(port, &ToHost::Exited(reason.status))?)
            }
        },
        // Sent for a command that had ended before they arrived.
        ToGuest::Stdin(_) | ToGuest::Resize(_) => Ok(()),
    }
}

fn answer(port: &mut File, result: Result<()>) -> Result<()> {
    let answer = match result {
        Ok(()) => ToHost::Done,
        Err(error) => ToHost::Failed(format!("{error:#}")),
    };
    Ok(write_frame(port, &answer)?)
}
