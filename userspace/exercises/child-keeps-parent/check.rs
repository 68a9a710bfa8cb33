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
        "An account is there from EXERCISE_OPEN until its last owner is gone.",
    );
}

/// A teller pays into the account that made it.
#[test]
fn a_teller_pays_into_the_account_that_it_is_of() {
    let device = Exercise::load().open();
    let account = account(&device);
    let tellers = [teller(&account), teller(&account)];
    for (teller, balance) in tellers.iter().zip([20, 40]) {
        expect(
            "EXERCISE_PAY of 20, asked of one teller after the other,",
            raw::ioctl(teller, PAY, 20),
            Ok(balance),
            "Both tellers are of one account: they have to own the same one.",
        );
    }
    expect(
        "EXERCISE_BALANCE after that",
        raw::ioctl(&account, BALANCE, 0),
        Ok(40),
        "What a teller has, the account's descriptor has too.",
    );
}

/// A teller fails with ENOTTY for the ioctls of the device and of the account.
#[test]
fn tellers_make_no_accounts() {
    let device = Exercise::load().open();
    let account = account(&device);
    let _tellers = [teller(&account), teller(&account)];
    expect_live("where there is one account with two tellers", &device, 1);
}

/// A payment into one account changes no other account's balance.
#[test]
fn two_accounts_know_nothing_of_each_other() {
    let device = Exercise::load().open();
    let (first, second) = (account(&device), account(&device));
    let teller = teller(&first);
    assert!(raw::ioctl(&teller, PAY, 5).is_ok(), "EXERCISE_PAY fails");
    expect(
        "EXERCISE_BALANCE of an account, when another's teller was paid,",
        raw::ioctl(&second, BALANCE, 0),
        Ok(0),
        "A balance is an account's, and no `static`.",
    );
}

/// A teller still works when its account's descriptor is closed.
#[test]
fn a_teller_outlives_the_descriptor_of_its_account() {
    let device = Exercise::load().open();
    let account = account(&device);
    let tellers = [teller(&account), teller(&account)];
    assert!(
        raw::ioctl(&tellers[0], PAY, 20).is_ok(),
        "EXERCISE_PAY fails"
    );
    drop(account);
    expect_live(
        "when the account is closed and its tellers are not",
        &device,
        1,
    );
    expect(
        "EXERCISE_PAY of 22, when the account's descriptor is closed and 20 were paid before,",
        raw::ioctl(&tellers[1], PAY, 22),
        Ok(42),
        "The tellers keep the account.",
    );
}

/// When the last of them is closed, the module has no reference left.
#[test]
fn the_last_of_them_to_go_takes_the_account_with_it() {
    let device = Exercise::load().open();
    let first = account(&device);
    let tellers = [teller(&first), teller(&first)];
    drop(first);
    drop(tellers);
    expect_live(
        "when the account is closed, and then its tellers",
        &device,
        0,
    );

    let first = account(&device);
    let tellers = [teller(&first), teller(&first)];
    drop(tellers);
    expect_live(
        "when the tellers are closed and the account is not",
        &device,
        1,
    );
    drop(first);
    expect_live(
        "when the tellers are closed, and then the account",
        &device,
        0,
    );
}
