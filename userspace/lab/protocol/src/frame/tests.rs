// SPDX-License-Identifier: MIT OR Apache-2.0

use std::io::{self, ErrorKind, Read};

use super::{MAX_BODY, read_frame, write_frame};
use crate::{Command, Status, ToGuest, ToHost, WindowSize};

fn framed(message: &impl serde::Serialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_frame(&mut bytes, message).unwrap();
    bytes
}

#[test]
fn messages_come_out_as_they_went_in() {
    let run = ToGuest::Run(Command {
        argv: vec!["sh".into(), "-c".into(), "exit 7".into()],
        env: vec![("TERM".into(), "xterm".into())],
        terminal: Some(WindowSize {
            rows: 24,
            columns: 80,
        }),
    });
    let every_byte = ToGuest::Stdin((0..=255).collect());
    let stream = [framed(&run), framed(&every_byte)].concat();

    let mut rest = stream.as_slice();
    assert_eq!(read_frame(&mut rest).unwrap(), Some(run));
    assert_eq!(read_frame(&mut rest).unwrap(), Some(every_byte));
    assert_eq!(read_frame::<ToGuest>(&mut rest).unwrap(), None);
}

#[test]
fn the_wire_format_is_pinned() {
    let exited = ToHost::Exited(Status::Code(7));
    assert_eq!(framed(&exited), [3, 0, 0, 0, 5, 0, 7]);
}

/// A stream that returns one byte at a time, as a serial port may.
struct Trickle<'a>(&'a [u8]);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let one = buffer.len().min(1);
        self.0.read(&mut buffer[..one])
    }
}

#[test]
fn a_frame_may_arrive_byte_by_byte() {
    let message = ToHost::Stderr(b"torn apart".to_vec());
    let bytes = framed(&message);
    assert_eq!(read_frame(&mut Trickle(&bytes)).unwrap(), Some(message));
}

#[test]
fn a_stream_that_ends_inside_a_frame_is_an_error_wherever_it_ends() {
    let bytes = framed(&ToHost::Stdout(b"cut off".to_vec()));
    for end in 1..bytes.len() {
        let error = read_frame::<ToHost>(&mut &bytes[..end]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedEof, "cut at {end}");
    }
}

#[test]
fn an_absurd_length_is_refused_before_anything_is_allocated() {
    let bytes = u32::MAX.to_le_bytes();
    let error = read_frame::<ToHost>(&mut bytes.as_slice()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidData);
}

#[test]
fn too_long_a_message_is_refused_and_leaves_the_stream_in_step() {
    let mut stream = Vec::new();
    let error = write_frame(&mut stream, &ToGuest::Stdin(vec![0; MAX_BODY])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(stream.is_empty());
}

#[test]
fn bytes_that_are_no_message_are_an_error() {
    let bytes = [1, 0, 0, 0, 0xff];
    let error = read_frame::<ToHost>(&mut bytes.as_slice()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidData);
}
