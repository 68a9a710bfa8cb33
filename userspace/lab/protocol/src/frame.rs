// SPDX-License-Identifier: MIT OR Apache-2.0

//! One message on a byte stream: the length of its body (`u32`, little-endian), then the body.

use std::io::{Error, ErrorKind, Read, Result, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The longest body that either side sends or accepts, in bytes.
///
/// Output and input travel in far smaller pieces. The limit bounds a command's arguments, and how
/// much a reader allocates if the stream is out of step.
pub const MAX_BODY: usize = 4 << 20;

const HEADER: usize = size_of::<u32>();

/// Writes `message` as one frame, with a single `write(2)` if the stream accepts it as a whole.
///
/// # Errors
///
/// `InvalidInput` if the body would be longer than [`MAX_BODY`]; nothing is written then.
/// Otherwise the stream's own errors.
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

/// Reads one frame. Returns `None` if the stream ends before its first byte.
///
/// # Errors
///
/// `UnexpectedEof` if the stream ends inside the frame; `InvalidData` if its length is above
/// [`MAX_BODY`] or its body is not a `T`. Otherwise the stream's own errors.
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
