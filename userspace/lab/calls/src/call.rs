// SPDX-License-Identifier: MIT OR Apache-2.0

//! The calls: how they are typed and printed.

use std::os::fd::RawFd;
use std::str::FromStr;

use anyhow::{Context, Result, bail, ensure};

use crate::kernel;
use crate::mapping::Mapping;
use crate::socket::{self, Received};

/// The protection of all mappings, as it is printed.
const PROTECTION: &str = "PROT_READ | PROT_WRITE";

#[derive(Debug, PartialEq, Eq)]
pub enum Call {
    Open(String),
    Ioctl(RawFd, u32, Argument),
    Dup(RawFd),
    Close(RawFd),
    Read(RawFd, usize),
    Lseek(RawFd, u32),
    Poll(RawFd),
    Mmap(RawFd, usize),
    Peek(usize),
    Poke(usize, u8),
    SocketPair,
    Send(RawFd, RawFd),
    Recv(RawFd),
    Setuid(u32),
    Sh(String),
}

#[derive(Debug, PartialEq, Eq)]
pub enum Argument {
    /// A number below [`kernel::UNMAPPED`]: as an address, nothing is mapped there.
    Number(u16),
    /// The address of a buffer.
    Buffer,
}

impl FromStr for Call {
    type Err = anyhow::Error;

    fn from_str(call: &str) -> Result<Self> {
        let (name, rest) = call.split_once(' ').unwrap_or((call, ""));
        if name == "sh" {
            return Ok(Call::Sh(rest.to_owned()));
        }
        let arguments: Vec<&str> = rest.split_whitespace().collect();
        Ok(match (name, arguments.as_slice()) {
            ("open", [path]) => Call::Open((*path).to_owned()),
            ("ioctl", [fd, cmd]) => Call::Ioctl(fd.parse()?, number(cmd)?, Argument::Number(0)),
            ("ioctl", [fd, cmd, arg]) => Call::Ioctl(fd.parse()?, number(cmd)?, arg.parse()?),
            ("dup", [fd]) => Call::Dup(fd.parse()?),
            ("close", [fd]) => Call::Close(fd.parse()?),
            ("read", [fd, length]) => Call::Read(fd.parse()?, read_length(length)?),
            ("lseek", [fd, offset]) => Call::Lseek(fd.parse()?, number(offset)?),
            ("poll", [fd]) => Call::Poll(fd.parse()?),
            ("mmap", [fd, length]) => Call::Mmap(fd.parse()?, number(length)? as usize),
            ("peek", [offset]) => Call::Peek(number(offset)? as usize),
            ("poke", [offset, value]) => {
                let value = u8::try_from(number(value)?).context("a byte is at most 255")?;
                Call::Poke(number(offset)? as usize, value)
            }
            ("socketpair", []) => Call::SocketPair,
            ("send", [socket, fd]) => Call::Send(socket.parse()?, fd.parse()?),
            ("recv", [socket]) => Call::Recv(socket.parse()?),
            ("setuid", [uid]) => Call::Setuid(number(uid)?),
            _ => bail!("there is no such call, or not with so many arguments"),
        })
    }
}

impl FromStr for Argument {
    type Err = anyhow::Error;

    fn from_str(argument: &str) -> Result<Self> {
        if argument == "buf" {
            return Ok(Argument::Buffer);
        }
        let value = number(argument)?;
        ensure!(
            value < u32::from(kernel::UNMAPPED),
            "the kernel may take {argument} for an address: only numbers below {} can be none",
            kernel::UNMAPPED
        );
        Ok(Argument::Number(value as u16))
    }
}

fn read_length(digits: &str) -> Result<usize> {
    let length = number(digits)? as usize;
    ensure!(
        length <= kernel::BUFFER,
        "at most {} bytes are read at once",
        kernel::BUFFER
    );
    Ok(length)
}

fn number(digits: &str) -> Result<u32> {
    let number = match digits.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => digits.parse(),
    };
    number.with_context(|| format!("{digits} is not a number of 32 bits"))
}

impl Call {
    /// `mapped` is the mapping of the last `mmap`.
    pub fn make_and_print(&self, mapped: &mut Option<Mapping>) {
        match self {
            Call::Open(path) => print(format!("open({path:?}, O_RDWR)"), kernel::open(path)),
            Call::Ioctl(fd, cmd, Argument::Number(arg)) => print(
                format!("ioctl({fd}, {cmd:#x}, {arg})"),
                kernel::ioctl_number(*fd, *cmd, *arg),
            ),
            Call::Ioctl(fd, cmd, Argument::Buffer) => {
                let (result, first) = kernel::ioctl_buffer(*fd, *cmd);
                print(format!("ioctl({fd}, {cmd:#x}, [{first}])"), result);
            }
            Call::Dup(fd) => print(format!("dup({fd})"), kernel::dup(*fd)),
            Call::Close(fd) => print(format!("close({fd})"), kernel::close(*fd)),
            Call::Read(fd, length) => print(
                format!("read({fd}, buf, {length})"),
                kernel::read(*fd, *length),
            ),
            Call::Lseek(fd, offset) => print(
                format!("lseek({fd}, {offset}, SEEK_SET)"),
                kernel::lseek(*fd, *offset),
            ),
            Call::Poll(fd) => {
                let call = format!("poll({fd}, POLLIN | POLLOUT, 0)");
                match kernel::poll(*fd) {
                    Ok(events) => println!("{call} = {events}"),
                    Err(errno) => print::<i32>(call, Err(errno)),
                }
            }
            Call::Mmap(fd, length) => {
                let call = format!("mmap(NULL, {length}, {PROTECTION}, MAP_SHARED, {fd}, 0)");
                match Mapping::new(*fd, *length) {
                    Ok(mapping) => {
                        // The address differs from run to run.
                        println!("{call} = (an address)");
                        *mapped = Some(mapping);
                    }
                    Err(errno) => print::<i32>(call, Err(errno)),
                }
            }
            Call::Peek(offset) => match mapped.as_ref().and_then(|it| it.read(*offset)) {
                Some(byte) => println!("the byte at {offset}: {byte}"),
                None => println!("nothing is mapped at {offset}"),
            },
            Call::Poke(offset, byte) => {
                match mapped.as_ref().and_then(|it| it.write(*offset, *byte)) {
                    Some(()) => println!("the byte at {offset} := {byte}"),
                    None => println!("nothing is mapped at {offset}"),
                }
            }
            Call::SocketPair => match socket::pair() {
                Ok((one, other)) => {
                    println!("socketpair(AF_UNIX, SOCK_STREAM, 0, [{one}, {other}]) = 0")
                }
                Err(errno) => {
                    print::<i32>("socketpair(AF_UNIX, SOCK_STREAM, 0)".to_owned(), Err(errno))
                }
            },
            Call::Send(socket, fd) => print(
                format!("sendmsg({socket}, SCM_RIGHTS [{fd}])"),
                socket::send(*socket, *fd),
            ),
            Call::Recv(socket) => match socket::receive(*socket) {
                Ok(Received { bytes, fds }) if fds.is_empty() => {
                    print(format!("recvmsg({socket})"), Ok(bytes));
                }
                Ok(Received { bytes, fds }) => {
                    print(format!("recvmsg({socket}, SCM_RIGHTS {fds:?})"), Ok(bytes));
                }
                Err(errno) => print::<i32>(format!("recvmsg({socket})"), Err(errno)),
            },
            Call::Setuid(uid) => print(format!("setuid({uid})"), kernel::setuid(*uid)),
            Call::Sh(command) => kernel::sh(command),
        }
    }
}

fn print<T: std::fmt::Display>(call: String, result: nix::Result<T>) {
    match result {
        Ok(value) => println!("{call} = {value}"),
        Err(errno) => println!("{call} = -1 {errno:?} ({})", errno.desc()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(call: &str) -> Call {
        call.parse().unwrap()
    }

    #[test]
    fn numbers_are_decimal_or_hexadecimal_and_the_argument_is_zero_unless_given() {
        let expected = Call::Ioctl(4, 0xbb00, Argument::Number(0));
        assert_eq!(call("ioctl 4 0xbb00"), expected);
        assert_eq!(call("ioctl 4 47872"), expected);
        assert_eq!(call("ioctl 3 2 buf"), Call::Ioctl(3, 2, Argument::Buffer));
    }

    #[test]
    fn a_command_is_passed_on_as_it_is() {
        let command = r#"calls "ioctl 4  0xbb00""#;
        assert_eq!(call(&format!("sh {command}")), Call::Sh(command.to_owned()));
    }

    #[test]
    fn a_byte_is_no_larger_than_a_byte() {
        assert_eq!(call("mmap 5 0x3000"), Call::Mmap(5, 0x3000));
        assert_eq!(call("poke 1 255"), Call::Poke(1, 255));
        assert!("poke 1 256".parse::<Call>().is_err());
    }

    #[test]
    fn a_call_has_its_own_number_of_arguments() {
        assert_eq!(call("socketpair"), Call::SocketPair);
        assert_eq!(call("send 3 5"), Call::Send(3, 5));
        assert_eq!(call("recv 4"), Call::Recv(4));
        for wrong in ["", "socketpair 1", "send 3", "recv", "close"] {
            assert!(wrong.parse::<Call>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn no_more_is_read_than_there_is_room_for() {
        assert_eq!(call("read 3 16384"), Call::Read(3, 16384));
        assert!("read 3 16385".parse::<Call>().is_err());
    }

    #[test]
    fn what_could_be_an_address_is_refused() {
        assert_eq!(
            call("ioctl 3 0 4095"),
            Call::Ioctl(3, 0, Argument::Number(4095))
        );
        assert!("ioctl 3 0 4096".parse::<Call>().is_err());
    }
}
