// SPDX-License-Identifier: MIT OR Apache-2.0

use std::os::fd::{AsFd, OwnedFd};

use guest_tests::raw;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::request_code_none;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

use crate::answer::{expect, flags};
use crate::module::{EXERCISE_IO, Exercise};

const OPEN: u64 = request_code_none!(EXERCISE_IO, 0x03);
const PUT: u64 = request_code_none!(EXERCISE_IO, 0x10);
const TAKE: u64 = request_code_none!(EXERCISE_IO, 0x11);

/// The time that a woken waiter may take to notice, in ms.
const PATIENCE: u16 = 5_000;

fn mailbox() -> OwnedFd {
    Exercise::load().make("EXERCISE_OPEN", OPEN)
}

/// Returns whether the mailbox is ready for reading or writing.
fn ready(mailbox: &OwnedFd) -> PollFlags {
    let both = PollFlags::POLLIN | PollFlags::POLLOUT;
    let mut fds = [PollFd::new(mailbox.as_fd(), both)];
    poll(&mut fds, PollTimeout::ZERO).expect("poll can be called");
    fds[0].revents().unwrap_or(PollFlags::empty()) & both
}

fn put(mailbox: &OwnedFd) {
    let look = "This worked before your changes.";
    expect(
        "EXERCISE_PUT of 7",
        raw::ioctl(mailbox, PUT, 7),
        Ok(0),
        look,
    );
}

fn take(mailbox: &OwnedFd) {
    let look = "This worked before your changes.";
    expect("EXERCISE_TAKE", raw::ioctl(mailbox, TAKE, 0), Ok(7), look);
}

/// Creates an epoll that reports only changes of the mailbox: the initial event is consumed.
fn listener(mailbox: &OwnedFd) -> Epoll {
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).expect("epoll can be made");
    listen(&epoll, mailbox, 1);
    let mut events = [EpollEvent::empty()];
    epoll
        .wait(&mut events, EpollTimeout::ZERO)
        .expect("epoll can be asked");
    epoll
}

/// Letters are still put and taken.
#[test]
fn letters_are_still_put_and_taken() {
    let mailbox = mailbox();
    for _ in 0..2 {
        let look = "This worked before your changes.";
        let empty = raw::ioctl(&mailbox, TAKE, 0);
        expect(
            "EXERCISE_TAKE from an empty mailbox",
            empty,
            Err(Errno::EAGAIN),
            look,
        );
        put(&mailbox);
        let full = raw::ioctl(&mailbox, PUT, 8);
        expect(
            "EXERCISE_PUT into a full mailbox",
            full,
            Err(Errno::EBUSY),
            look,
        );
        take(&mailbox);
    }
}

/// An empty mailbox is ready for writing: POLLOUT alone.
#[test]
fn an_empty_mailbox_is_ready_for_writing() {
    let ready = ready(&mailbox());
    assert!(
        ready == PollFlags::POLLOUT,
        "For an empty mailbox, poll reported {}; expected only POLLOUT.\n\
         If a file has no `poll`, the kernel reports both.",
        flags(ready.iter_names())
    );
}

/// A mailbox with a letter is ready for reading: POLLIN alone.
#[test]
fn a_mailbox_with_a_letter_is_ready_for_reading() {
    let mailbox = mailbox();
    put(&mailbox);
    let with = ready(&mailbox);
    assert!(
        with == PollFlags::POLLIN,
        "For a mailbox with a letter, poll reported {}; expected only POLLIN.",
        flags(with.iter_names())
    );
    take(&mailbox);
    let without = ready(&mailbox);
    assert!(
        without == PollFlags::POLLOUT,
        "After the letter was taken, poll reported {}; expected only POLLOUT.",
        flags(without.iter_names())
    );
}

/// A new letter wakes a program that waits to read.
#[test]
fn a_new_letter_wakes_a_reader() {
    let mailbox = mailbox();
    let listener = listener(&mailbox);
    put(&mailbox);
    expect_woken(&listener, "EXERCISE_PUT");
}

/// Taking the letter wakes a program that waits to write.
#[test]
fn taking_the_letter_wakes_a_writer() {
    let mailbox = mailbox();
    put(&mailbox);
    let listener = listener(&mailbox);
    take(&mailbox);
    expect_woken(&listener, "EXERCISE_TAKE");
}

fn listen(epoll: &Epoll, mailbox: &OwnedFd, data: u64) {
    let events = EpollFlags::EPOLLIN | EpollFlags::EPOLLOUT | EpollFlags::EPOLLET;
    if let Err(errno) = epoll.add(mailbox, EpollEvent::new(events, data)) {
        panic!(
            "epoll_ctl returned {errno:?} for a mailbox: it accepts only files that have a `poll`."
        );
    }
}

fn expect_woken(listener: &Epoll, by: &str) {
    let mut events = [EpollEvent::empty()];
    let woken = listener.wait(&mut events, PATIENCE);
    assert!(
        woken == Ok(1),
        "{by} woke nobody: epoll_wait returned {} after at most 5 seconds; expected 1.\n\
         `poll` must register the waiter, and every change of the mailbox must notify it.",
        count(woken)
    );
}

/// Closing a mailbox that a program waits for does no harm.
#[test]
fn closing_a_mailbox_with_a_waiter_does_no_harm() {
    let (first, second) = (mailbox(), mailbox());
    let listener = listener(&first);
    listen(&listener, &second, 2);
    let mut events = [EpollEvent::empty(); 2];
    let ready = listener.wait(&mut events, EpollTimeout::ZERO);
    assert!(
        ready == Ok(1),
        "After a second mailbox was added to the epoll, epoll_wait returned {}; expected 1.",
        count(ready)
    );
    drop(first);
    put(&second);
    let woken = listener.wait(&mut events, PATIENCE);
    assert!(
        woken == Ok(1) && events[0].data() == 2,
        "A program waited for two mailboxes. The first was closed, and the second got a letter. \
         epoll_wait returned {}; expected 1, with the event of the second mailbox.",
        count(woken)
    );
}

/// Returns the number of events, or the name of the errno.
fn count(events: nix::Result<usize>) -> String {
    events.map_or_else(|errno| format!("{errno:?}"), |count| count.to_string())
}
