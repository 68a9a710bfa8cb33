# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The three commands of the README, and what they are made of. Each does all its own set-up.

.DEFAULT_GOAL := help

demo: setup ## take every step on /dev/hiboma and /dev/kvm, side by side
	cargo lab demo

test: rust ## prove all of it: on the host, in the guest, in the book
	cargo lab setup --tests
	cargo lab build
	cargo test --no-fail-fast
	cargo lab test

test-debug: rust ## run the modules' tests on a kernel that notices more; for a nightly job
	cargo lab setup --debug-kernel
	cargo lab test --kernel debug

ready: setup ## say in one line whether this machine is ready for a workshop
	cargo lab ready

setup: rust ## install the system packages that are missing (Debian, Ubuntu), or say which
	cargo lab setup

record: setup ## make all of comparisons/ again: what every step prints, and the tables
	cargo lab record

compare: setup ## make the tables of comparisons/ again
	cargo lab compare

serve: setup ## read the book in your browser, and run what it shows
	cargo lab serve

rust:
	@command -v cargo >/dev/null || { echo "cargo is missing: install Rust with rustup" >&2; exit 1; }
	@test -e target/debug/lab || echo "Building the lab's own program first: a minute or two, once."

help:
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

.PHONY: demo test test-debug ready setup record compare serve rust help
