// SPDX-License-Identifier: MIT OR Apache-2.0

//! A shell in a guest.

use serde_json::json;

use crate::server::Server;
use crate::socket::told;

const TERMINAL: &str = "/live/terminal?columns=97&rows=31";

#[tokio::test]
async fn a_shell_has_the_terminal_s_size_and_the_programs() {
    let server = Server::start();
    let owner = server.owner().await;
    let mut terminal = owner.open(TERMINAL).await;
    let begin = terminal.read_until("guest # ").await;
    for there in ["5-create-vcpu", "calls", "hiboma_tiny.ko"] {
        assert!(begin.contains(there), "{begin}");
    }
    terminal.type_in("stty size\n").await;
    terminal.read_until("31 97\r\n").await;
    terminal.send(json!({ "resize": [50, 20] })).await;
    terminal.type_in("stty size; 2-version-kvm\n").await;
    let shown = terminal.read_until("version = 12\r\n").await;
    assert!(shown.contains("20 50\r\n"), "{shown}");
    terminal.type_in("exit 3\n").await;
    let messages = terminal.all().await;
    assert_eq!(told(&messages, "ended", "status"), [3]);
    server.wait_for_guests(0).await;
}

#[tokio::test]
async fn a_file_that_is_dropped_in_is_there() {
    let server = Server::start();
    let owner = server.owner().await;
    let mut terminal = owner.open(TERMINAL).await;
    terminal.read_until("guest # ").await;
    // The script is: #!/bin/sh and echo dropped
    let program = "IyEvYmluL3NoCmVjaG8gZHJvcHBlZAo=";
    terminal
        .send(json!({ "file": "../bin/evil", "base64": program }))
        .await;
    terminal
        .send(json!({ "file": "a b.sh", "base64": program }))
        .await;
    terminal.type_in("'./a b.sh' && ls /bin/evil\n").await;
    let shown = terminal.read_until("No such file").await;
    assert!(shown.contains("\r\ndropped\r\n"), "{shown}");
}

#[tokio::test]
async fn a_kernel_that_crashes_is_told() {
    let server = Server::start();
    let owner = server.owner().await;
    let mut terminal = owner.open(TERMINAL).await;
    terminal.read_until("guest # ").await;
    terminal.type_in("echo c > /proc/sysrq-trigger\n").await;
    let messages = terminal.all().await;
    let logs = told(&messages, "crashed", "log");
    assert!(logs[0].as_str().unwrap().contains("sysrq"), "{messages:?}");
    server.wait_for_guests(0).await;
}

#[tokio::test]
async fn a_seat_has_a_few_terminals_at_most() {
    let server = Server::start();
    let owner = server.owner().await;
    // All before the first has a guest.
    let mut open = Vec::new();
    for _ in 0..6 {
        open.push(owner.open(TERMINAL).await);
    }
    let mut refused = 0;
    for terminal in &mut open {
        while let Some(message) = terminal.next().await {
            match message["type"].as_str() {
                Some("started") => break,
                Some("error") => refused += 1,
                _ => {}
            }
        }
    }
    assert_eq!(refused, 2);
    drop(open);
    server.wait_for_guests(0).await;
}
