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
        "An account lives from EXERCISE_OPEN until its last owner drops it.",
    );
}

/// A teller pays into the account that made it.
#[test]
fn a_teller_pays_into_its_account() {
    let device = Exercise::load().open();
    let account = account(&device);
    let tellers = [teller(&account), teller(&account)];
    for (teller, (which, balance)) in tellers.iter().zip([("first", 20), ("second", 40)]) {
        expect(
            &format!("EXERCISE_PAY of 20 on the {which} of two tellers"),
            raw::ioctl(teller, PAY, 20),
            Ok(balance),
            "Both tellers must own the same account.",
        );
    }
    expect(
        "EXERCISE_BALANCE after both payments",
        raw::ioctl(&account, BALANCE, 0),
        Ok(40),
        "The account's descriptor and the tellers must use the same account.",
    );
}

/// A new teller does not make a new account.
#[test]
fn tellers_make_no_accounts() {
    let device = Exercise::load().open();
    let account = account(&device);
    let _tellers = [teller(&account), teller(&account)];
    expect_live("With one account and two tellers open", &device, 1);
}

/// A payment into one account changes no other account's balance.
#[test]
fn accounts_are_independent() {
    let device = Exercise::load().open();
    let (first, second) = (account(&device), account(&device));
    let teller = teller(&first);
    assert!(raw::ioctl(&teller, PAY, 5).is_ok(), "EXERCISE_PAY failed.");
    expect(
        "After a payment into another account, EXERCISE_BALANCE",
        raw::ioctl(&second, BALANCE, 0),
        Ok(0),
        "The balance belongs in the account, not in a `static`.",
    );
}

/// A teller still works when its account's descriptor is closed.
#[test]
fn a_teller_works_after_its_account_is_closed() {
    let device = Exercise::load().open();
    let account = account(&device);
    let tellers = [teller(&account), teller(&account)];
    assert!(
        raw::ioctl(&tellers[0], PAY, 20).is_ok(),
        "EXERCISE_PAY failed."
    );
    drop(account);
    expect_live("With the account closed and its tellers open", &device, 1);
    expect(
        "With a balance of 20 and the account's descriptor closed, EXERCISE_PAY of 22",
        raw::ioctl(&tellers[1], PAY, 22),
        Ok(42),
        "The tellers must keep the account alive.",
    );
}

/// Closing the account and its tellers, in any order, frees the account.
#[test]
fn the_last_close_frees_the_account() {
    let device = Exercise::load().open();
    let first = account(&device);
    let tellers = [teller(&first), teller(&first)];
    drop(first);
    drop(tellers);
    expect_live("After closing the account and then its tellers", &device, 0);

    let first = account(&device);
    let tellers = [teller(&first), teller(&first)];
    drop(tellers);
    expect_live("With the tellers closed and the account open", &device, 1);
    drop(first);
    expect_live("After closing the tellers and then the account", &device, 0);
}
