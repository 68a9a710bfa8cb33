// SPDX-License-Identifier: MIT OR Apache-2.0

//! Requests of the lab, one after another.

use std::fs::File;

use anyhow::Result;
use lab_protocol::{ToGuest, ToHost, read_frame, write_frame};

use crate::children::Children;
use crate::relay::relay;
use crate::{command, files, modules, resume};

/// Serves until the lab hangs up.
pub fn serve(port: &mut File) -> Result<()> {
    let children = Children::new()?;
    write_frame(port, &ToHost::Ready)?;
    while let Some(request) = read_frame(port)? {
        match request {
            ToGuest::Settle => answer(port, resume::settle())?,
            ToGuest::Resumed(resumed) => answer(port, resume::resume(&resumed))?,
            ToGuest::Put(file) => answer(port, files::put(file))?,
            ToGuest::Delete(path) => answer(port, files::delete(&path))?,
            ToGuest::LoadModule(path) => answer(port, modules::load(&path))?,
            ToGuest::Run(command) => match command::start(&command, &children) {
                Ok(running) => relay(port, &children, running)?,
                Err(reason) => {
                    let message = format!("{}\n", reason.message).into_bytes();
                    write_frame(port, &ToHost::Stderr(message))?;
                    write_frame(port, &ToHost::Exited(reason.status))?;
                }
            },
            // Meant for a command that had already ended when they came.
            ToGuest::Stdin(_) | ToGuest::Resize(_) => {}
        }
    }
    Ok(())
}

fn answer(port: &mut File, result: Result<()>) -> Result<()> {
    let answer = match result {
        Ok(()) => ToHost::Done,
        Err(error) => ToHost::Failed(format!("{error:#}")),
    };
    Ok(write_frame(port, &answer)?)
}
