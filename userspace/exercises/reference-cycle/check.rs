// SPDX-License-Identifier: MIT OR Apache-2.0

use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};

use guest_tests::raw;
use nix::request_code_none;

use crate::answer::expect;
use crate::module::{EXERCISE_IO, Exercise, made_by};

const OPEN: u64 = request_code_none!(EXERCISE_IO, 0x03);
const LIVE: u64 = request_code_none!(EXERCISE_IO, 0x04);
const BALANCE: u64 = request_code_none!(EXERCISE_IO, 0x10);
const TELLER: u64 = request_code_none!(EXERCISE_IO, 0x11);
const PAY: u64 = request_code_none!(EXERCISE_IO, 0x20);

fn account(device: &File) -> OwnedFd {
    made_by(device, "EXERCISE_OPEN", OPEN)
}

fn teller(account: impl AsFd) -> OwnedFd {
    made_by(account, "EXERCISE_TELLER", TELLER)
}

fn expect_live(when: &str, device: &File, wanted: i32) {
    expect(
        &format!("EXERCISE_LIVE, {when},"),
        raw::ioctl(device, LIVE, 0),
        Ok(wanted),
        "Which reference is left? In gdb, `print this` in the account's ioctl shows the count and the tellers.",
    );
}

/// The balance is what all tellers were paid, the closed ones too.
#[test]
fn the_balance_is_what_all_tellers_were_paid() {
    let device = Exercise::load().open();
    let account = account(&device);
    let (first, second) = (teller(&account), teller(&account));
    let look = "Each teller's payments count, and stay when it is closed.";
    let pay = |teller: &OwnedFd, amount| raw::ioctl(teller, PAY, amount);
    expect("EXERCISE_PAY of 20", pay(&first, 20), Ok(20), look);
    expect(
        "EXERCISE_PAY of 3 to another teller",
        pay(&second, 3),
        Ok(23),
        look,
    );
    drop(first);
    expect(
        "EXERCISE_PAY of 4, when the first teller is closed,",
        pay(&second, 4),
        Ok(27),
        look,
    );
    drop(second);
    let balance = raw::ioctl(&account, BALANCE, 0);
    expect(
        "EXERCISE_BALANCE, when both are closed,",
        balance,
        Ok(27),
        look,
    );
}

/// An account without tellers goes with its descriptor.
#[test]
fn an_account_without_tellers_is_freed() {
    let device = Exercise::load().open();
    drop(account(&device));
    expect_live(
        "when the only descriptor of an account is closed",
        &device,
        0,
    );
}

/// A teller keeps its account.
#[test]
fn a_teller_keeps_its_account() {
    let device = Exercise::load().open();
    let account = account(&device);
    let teller = teller(&account);
    drop(account);
    expect_live(
        "when an account is closed and its teller is not",
        &device,
        1,
    );
    expect(
        "EXERCISE_PAY of 5 then",
        raw::ioctl(&teller, PAY, 5),
        Ok(5),
        "The teller has a reference on the account.",
    );
}

/// The last descriptor to be closed takes the account with it, whichever it is.
#[test]
fn the_last_descriptor_takes_the_account_with_it() {
    let device = Exercise::load().open();
    let first = account(&device);
    let tellers = [teller(&first), teller(&first)];
    drop(tellers);
    drop(first);
    expect_live(
        "when the tellers are closed, and then the account",
        &device,
        0,
    );

    let second = account(&device);
    let tellers = [teller(&second), teller(&second)];
    drop(second);
    drop(tellers);
    expect_live(
        "when the account is closed, and then the tellers",
        &device,
        0,
    );
}
