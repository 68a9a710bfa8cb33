// SPDX-License-Identifier: MIT OR Apache-2.0

//! `module/abstractions/anon_inode/`: waiting for a file with
//! `poll(2)` and epoll, as `anon_inode_sample.ko` shows it.

use std::fs;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::mpsc;
use std::thread;

use guest_tests::sample_uapi::*;
use guest_tests::{Sample, raw};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::unistd::gettid;

const RUNG: PollFlags = PollFlags::POLLIN.union(PollFlags::POLLRDNORM);

fn ask(bell: impl AsFd, nr: u32) -> nix::Result<i32> {
    raw::ioctl(bell, nix::request_code_none!(SAMPLE_IO, nr), 0)
}

/// Returns what the file is ready for: now, or at the end of a wait.
// Without a timeout: at its end the kernel would check once more, even for a waiter not woken.
fn ready(file: impl AsFd, timeout: PollTimeout) -> PollFlags {
    let mut fds = [PollFd::new(
        file.as_fd(),
        RUNG | PollFlags::POLLOUT | PollFlags::POLLPRI,
    )];
    poll(&mut fds, timeout).unwrap();
    fds[0].revents().unwrap()
}

#[test]
fn a_file_without_it_is_always_ready() {
    let sample = Sample::load();
    let page = sample.make(SAMPLE_GETFD_NR).unwrap();
    assert_eq!(ready(&page, PollTimeout::ZERO), RUNG | PollFlags::POLLOUT);
}

#[test]
fn a_bell_is_ready_from_its_ring_until_it_is_heard() {
    let sample = Sample::load();
    let bell = sample.make(SAMPLE_BELL_NR).unwrap();
    assert_eq!(ready(&bell, PollTimeout::ZERO), PollFlags::empty());
    for _ in 0..2 {
        assert_eq!(ask(&bell, SAMPLE_RING_NR), Ok(0));
        assert_eq!(ready(&bell, PollTimeout::ZERO), RUNG);
    }
    assert_eq!(ask(&bell, SAMPLE_HEAR_NR), Ok(2));
    assert_eq!(ready(&bell, PollTimeout::ZERO), PollFlags::empty());
    assert_eq!(ask(&bell, SAMPLE_WORD_NR), Err(Errno::ENOTTY));
}

#[test]
fn a_ring_wakes_all_who_wait() {
    let sample = Sample::load();
    let bell = sample.make(SAMPLE_BELL_NR).unwrap();
    let (began, waiting) = mpsc::channel();
    thread::scope(|scope| {
        let listeners: Vec<_> = (0..2)
            .map(|_| {
                let began = began.clone();
                let bell = bell.as_fd();
                scope.spawn(move || {
                    began.send(gettid()).unwrap();
                    ready(bell, PollTimeout::NONE)
                })
            })
            .collect();
        for thread in waiting.iter().take(listeners.len()) {
            // The state follows the name in parentheses: S means asleep.
            let stat = format!("/proc/self/task/{thread}/stat");
            while !fs::read_to_string(&stat).unwrap().contains(") S ") {
                thread::yield_now();
            }
        }
        assert_eq!(ask(&bell, SAMPLE_RING_NR), Ok(0));
        for listener in listeners {
            assert_eq!(listener.join().unwrap(), RUNG);
        }
    });
}

/// Its release removes it from every epoll, which would otherwise refer to freed memory.
#[test]
fn a_bell_can_be_closed_while_it_is_waited_for() {
    let sample = Sample::load();
    let epoll = Epoll::new(EpollCreateFlags::empty()).unwrap();
    let add = |bell: &OwnedFd, data| {
        let event = EpollEvent::new(EpollFlags::EPOLLIN, data);
        epoll.add(bell, event).unwrap();
    };
    let mut events = [EpollEvent::empty(); 2];

    let bell = || sample.make(SAMPLE_BELL_NR).unwrap();
    let (first, second) = (bell(), bell());
    add(&first, 1);
    add(&second, 2);
    assert_eq!(ask(&first, SAMPLE_RING_NR), Ok(0));
    assert_eq!(epoll.wait(&mut events, EpollTimeout::ZERO), Ok(1));
    assert_eq!(events[0].data(), 1);

    drop(first);
    assert_eq!(ask(&second, SAMPLE_RING_NR), Ok(0));
    assert_eq!(epoll.wait(&mut events, EpollTimeout::ZERO), Ok(1));
    assert_eq!(events[0].data(), 2);
}
