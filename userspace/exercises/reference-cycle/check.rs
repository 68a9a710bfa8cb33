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
        &format!("{when}, EXERCISE_LIVE"),
        raw::ioctl(device, LIVE, 0),
        Ok(wanted),
        "Who holds a reference to the account? In gdb, `print this` in the account's ioctl shows \
         the reference count and the tellers.",
    );
}

/// The balance is what all tellers were paid, including closed ones.
#[test]
fn the_balance_is_what_all_tellers_were_paid() {
    let device = Exercise::load().open();
    let account = account(&device);
    let (first, second) = (teller(&account), teller(&account));
    let look = "The payments to each teller count, even after it is closed.";
    let pay = |teller: &OwnedFd, amount| raw::ioctl(teller, PAY, amount);
    expect("EXERCISE_PAY of 20", pay(&first, 20), Ok(20), look);
    expect(
        "EXERCISE_PAY of 3 on a second teller",
        pay(&second, 3),
        Ok(23),
        look,
    );
    drop(first);
    expect(
        "With the first teller closed, EXERCISE_PAY of 4 on the second",
        pay(&second, 4),
        Ok(27),
        look,
    );
    drop(second);
    let balance = raw::ioctl(&account, BALANCE, 0);
    expect(
        "With both tellers closed, EXERCISE_BALANCE",
        balance,
        Ok(27),
        look,
    );
}

/// Closing an account without tellers frees it.
#[test]
fn an_account_without_tellers_is_freed() {
    let device = Exercise::load().open();
    drop(account(&device));
    expect_live("With the only descriptor of an account closed", &device, 0);
}

/// A teller keeps its account alive.
#[test]
fn a_teller_keeps_its_account_alive() {
    let device = Exercise::load().open();
    let account = account(&device);
    let teller = teller(&account);
    drop(account);
    expect_live("With an account closed and its teller open", &device, 1);
    expect(
        "With the account closed, EXERCISE_PAY of 5",
        raw::ioctl(&teller, PAY, 5),
        Ok(5),
        "The teller must hold a reference to the account.",
    );
}

/// Closing the last descriptor frees the account, whichever it is.
#[test]
fn closing_the_last_descriptor_frees_the_account() {
    let device = Exercise::load().open();
    let first = account(&device);
    let tellers = [teller(&first), teller(&first)];
    drop(tellers);
    drop(first);
    expect_live("After closing the tellers and then the account", &device, 0);

    let second = account(&device);
    let tellers = [teller(&second), teller(&second)];
    drop(second);
    drop(tellers);
    expect_live("After closing the account and then the tellers", &device, 0);
}
