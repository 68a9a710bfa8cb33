// SPDX-License-Identifier: MIT OR Apache-2.0

//! One message on a byte stream: the length of its body (`u32`, little-endian), then the body.

use std::io::{Error, ErrorKind, Read, Result, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The longest body that either side sends or takes, in bytes.
///
/// Output and input travel in far smaller pieces. What it bounds is a command's arguments, and
/// what a stream that is out of step could make its reader allocate.
pub const MAX_BODY: usize = 4 << 20;

const HEADER: usize = size_of::<u32>();

/// Writes `message` as one frame, with a single `write(2)` where the stream takes it whole.
///
/// # Errors
///
/// `InvalidInput` where the body would be longer than [`MAX_BODY`]; nothing is written then.
/// Otherwise what the stream reports.
pub fn write_frame(stream: &mut impl Write, message: &impl Serialize) -> Result<()> {
    let mut frame = postcard::to_extend(message, vec![0; HEADER])
        .map_err(|error| Error::new(ErrorKind::InvalidInput, error))?;
    let body = frame.len() - HEADER;
    if body > MAX_BODY {
        return Err(too_long(ErrorKind::InvalidInput, body));
    }
    frame[..HEADER].copy_from_slice(&(body as u32).to_le_bytes());
    stream.write_all(&frame)
}

/// Reads one frame; `None` where the stream ends before its first byte.
///
/// # Errors
///
/// `UnexpectedEof` where the stream ends inside the frame; `InvalidData` where its length is
/// above [`MAX_BODY`] or its body is no `T`. Otherwise what the stream reports.
pub fn read_frame<T: DeserializeOwned>(stream: &mut impl Read) -> Result<Option<T>> {
    let mut header = [0; HEADER];
    let first = loop {
        match stream.read(&mut header) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            other => break other?,
        }
    };
    if first == 0 {
        return Ok(None);
    }
    stream.read_exact(&mut header[first..])?;

    let length = u32::from_le_bytes(header) as usize;
    if length > MAX_BODY {
        return Err(too_long(ErrorKind::InvalidData, length));
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    postcard::from_bytes(&body)
        .map(Some)
        .map_err(|error| Error::new(ErrorKind::InvalidData, error))
}

fn too_long(kind: ErrorKind, length: usize) -> Error {
    Error::new(
        kind,
        format!("a message of {length} bytes, where at most {MAX_BODY} are allowed"),
    )
}

#[cfg(test)]
mod tests;
