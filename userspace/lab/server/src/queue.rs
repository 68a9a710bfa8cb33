// SPDX-License-Identifier: MIT OR Apache-2.0

//! The order of requests when not all can be served at once.
//!
//! A seat's second request waits until every other seat has had its first,
//! so that a seat cannot get more than its share by sending more requests.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use anyhow::{Result, ensure};

use crate::sentence::sentence;

/// The maximum number of a seat's waiting requests, unless there is a reason for another one.
pub const MOST: usize = 16;

/// Requests: a limited number is served at once, and the others wait.
pub struct Queue {
    slots: usize,
    most: usize,
    requests: Mutex<Requests>,
    changed: Condvar,
}

#[derive(Default)]
struct Requests {
    /// In the order of arrival.
    waiting: Vec<Request>,
    served: Vec<Request>,
    /// The number of requests so far.
    count: u64,
    /// For each seat, the number of turns when it was last served.
    last: BTreeMap<String, u64>,
    turns: u64,
}

#[derive(Clone, PartialEq)]
struct Request {
    number: u64,
    seat: String,
}

/// A waiting client, which may give up.
pub trait Patience {
    /// Receives its place whenever it changes. 1 is next.
    fn hear(&self, place: usize);

    /// Returns whether it has given up.
    fn is_over(&self) -> bool;
}

/// A request's turn, which ends when this is dropped.
pub struct Turn<'a> {
    queue: &'a Queue,
    request: Request,
}

impl Queue {
    /// Creates a queue that serves this many requests at once, and has at most this many of a seat, both
    /// served and waiting.
    pub fn new(slots: usize, most: usize) -> Self {
        Queue {
            slots,
            most,
            requests: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// Waits for a seat's turn. Returns none if the client gives up; fails at too many requests.
    pub fn wait(&self, seat: &str, patience: &impl Patience) -> Result<Option<Turn<'_>>> {
        let mut requests = self.requests();
        let request = requests.add(seat, self.most)?;
        let mut told = 0;
        loop {
            if patience.is_over() {
                requests.remove(&request);
                self.changed.notify_all();
                return Ok(None);
            }
            let place = requests.place(&request);
            if place == 1 && requests.served.len() < self.slots {
                requests.serve(&request);
                self.changed.notify_all();
                let queue = self;
                return Ok(Some(Turn { queue, request }));
            }
            if place != told {
                told = place;
                patience.hear(place);
            }
            requests = (self.changed.wait(requests)).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Makes all waiters check whether they have given up.
    pub fn look_again(&self) {
        // A waiter that has checked, but does not wait yet, holds the lock.
        let _requests = self.requests();
        self.changed.notify_all();
    }

    /// Returns the number of a seat's requests that are being served.
    pub fn served(&self, seat: &str) -> usize {
        of(&self.requests().served, seat).count()
    }

    /// Returns the place of a seat's first waiting request, if there is one.
    pub fn place_of(&self, seat: &str) -> Option<usize> {
        let requests = self.requests();
        let places = of(&requests.waiting, seat).map(|it| requests.place(it));
        places.min()
    }

    fn requests(&self) -> MutexGuard<'_, Requests> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Requests {
    fn add(&mut self, seat: &str, most: usize) -> Result<Request> {
        let own = of(&self.waiting, seat).chain(of(&self.served, seat));
        ensure!(
            own.count() < most,
            sentence!(
                "{0} of your requests are under way: wait until one is done",
                most
            )
        );
        self.count += 1;
        let request = Request {
            number: self.count,
            seat: seat.to_owned(),
        };
        self.waiting.push(request.clone());
        Ok(request)
    }

    fn remove(&mut self, request: &Request) {
        self.waiting.retain(|it| it != request);
    }

    fn serve(&mut self, request: &Request) {
        self.remove(request);
        self.served.push(request.clone());
        self.turns += 1;
        self.last.insert(request.seat.clone(), self.turns);
    }

    /// Orders by the number of earlier requests of the same seat, then
    /// by the time since the seat was last served, then by arrival.
    fn place(&self, request: &Request) -> usize {
        let rank = |it: &Request| {
            let before = of(&self.waiting, &it.seat).filter(|other| other.number < it.number);
            let before = before.count() + of(&self.served, &it.seat).count();
            (before, self.last.get(&it.seat).copied(), it.number)
        };
        let own = rank(request);
        1 + self.waiting.iter().filter(|it| rank(it) < own).count()
    }
}

fn of<'a>(requests: &'a [Request], seat: &str) -> impl Iterator<Item = &'a Request> {
    requests.iter().filter(move |it| it.seat == seat)
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut requests = self.queue.requests();
        requests.served.retain(|it| *it != self.request);
        self.queue.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, Mutex, mpsc};
    use std::thread;

    use super::{MOST, Patience, Queue, Requests};

    /// Records the places, until it is over.
    #[derive(Default)]
    struct Waiter {
        heard: Mutex<Vec<usize>>,
        is_over: AtomicBool,
    }

    impl Patience for Waiter {
        fn hear(&self, place: usize) {
            self.heard.lock().unwrap().push(place);
        }

        fn is_over(&self) -> bool {
            self.is_over.load(Ordering::Relaxed)
        }
    }

    /// Returns the order in which the seats are served if they ask in this order.
    fn served(asked: &str) -> String {
        let mut requests = Requests::default();
        let mut waiting: Vec<_> = asked
            .chars()
            .map(|seat| requests.add(&seat.to_string(), MOST).unwrap())
            .collect();
        let mut served = String::new();
        while !waiting.is_empty() {
            let next = waiting.iter().position(|it| requests.place(it) == 1);
            let next = waiting.remove(next.unwrap());
            served += &next.seat;
            requests.serve(&next);
            requests.served.clear();
        }
        served
    }

    #[test]
    fn nobody_is_served_sooner_for_asking_more_often() {
        assert_eq!(served("abc"), "abc");
        assert_eq!(served("aaabc"), "abcaa");
    }

    #[test]
    fn who_waits_hears_its_place_until_its_turn() {
        let queue = Queue::new(1, MOST);
        let waiter = Waiter::default();
        let turn = queue.wait("a", &waiter).unwrap().unwrap();
        let (heard, waits) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(|| {
                let waiter = Waiter::default();
                heard.send(()).unwrap();
                let turn = queue.wait("b", &waiter).unwrap();
                assert!(turn.is_some());
                assert_eq!(*waiter.heard.lock().unwrap(), [1]);
            });
            waits.recv().unwrap();
            while queue.place_of("b") != Some(1) {
                thread::yield_now();
            }
            drop(turn);
        });
        assert_eq!((queue.place_of("b"), queue.served("b")), (None, 0));
    }

    #[test]
    fn who_gives_up_leaves_the_queue() {
        let queue = Queue::new(0, MOST);
        let waiter = Arc::new(Waiter::default());
        thread::scope(|scope| {
            let waits = scope.spawn(|| queue.wait("a", &*waiter).unwrap().is_none());
            while queue.place_of("a") != Some(1) {
                thread::yield_now();
            }
            waiter.is_over.store(true, Ordering::Relaxed);
            queue.look_again();
            assert!(waits.join().unwrap());
        });
        assert_eq!((queue.place_of("a"), queue.served("a")), (None, 0));
    }

    #[test]
    fn a_seat_that_asks_too_often_is_told() {
        let mut requests = Requests::default();
        let first = requests.add("a", 2).unwrap();
        requests.serve(&first);
        requests.add("a", 2).unwrap();
        assert!(requests.add("a", 2).is_err());
        assert!(requests.add("b", 2).is_ok());
    }
}
