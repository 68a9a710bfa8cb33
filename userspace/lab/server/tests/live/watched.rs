// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tracing the book's recordings of the kernel, and following them in gdb, with a seat's changes.

use serde_json::{Value, json};

use crate::server::Server;
use crate::socket::{printed, told};

const TINY: &str = "module/hiboma_tiny.rs";
const CREATE_VCPU: &str = "module/vm/create_vcpu.rs";

/// A graph of opening `hiboma_tiny.ko`'s device; and a session in `hiboma.ko`.
fn graph() -> Value {
    json!({ "recording": "graphs/open-tiny.txt" })
}

fn session() -> Value {
    json!({ "recording": "sessions/refcount-hiboma.txt" })
}

#[tokio::test]
async fn a_graph_is_traced_again() {
    let server = Server::start();
    let owner = server.owner().await;
    let messages = owner.run(graph()).await;
    let last = messages.last().unwrap();
    assert_eq!(last["same"], true, "{messages:#?}");
    assert!(told(&messages, "changes", "files").is_empty());
}

#[tokio::test]
async fn a_graph_is_of_the_changed_module() {
    let server = Server::start();
    let owner = server.owner().await;
    owner
        .replace(
            TINY,
            "        Ok(())\n    }\n",
            "        Err(EBUSY)\n    }\n",
        )
        .await;
    for ask in [
        graph(),
        json!({ "command": "cargo lab trace --load hiboma_tiny.ko --only misc_open -- calls 'open /dev/hiboma'" }),
    ] {
        let messages = owner.run(ask).await;
        assert_eq!(told(&messages, "changes", "files"), [&json!([TINY])]);
        let text = printed(&messages);
        assert!(text.contains("misc_open = -EBUSY"), "{messages:#?}");
    }
}

#[tokio::test]
async fn instructions_are_counted_of_the_changed_module() {
    let server = Server::start();
    let owner = server.owner().await;
    let ask = json!({ "recording": "graphs/count-tiny.txt" });
    let before = printed(&owner.run(ask.clone()).await);
    owner.replace(TINY, "hiboma-anon", "another-name").await;
    let messages = owner.run(ask).await;
    assert_eq!(told(&messages, "changes", "files"), [&json!([TINY])]);
    assert!(
        printed(&messages).contains("anon_inode::getfd"),
        "{messages:#?}"
    );
    assert!(before.contains("anon_inode::getfd"), "{before}");
}

#[tokio::test]
async fn gdb_stops_in_the_changed_module_and_the_changed_program() {
    let server = Server::start();
    let owner = server.owner().await;
    let messages = owner.run(session()).await;
    assert_eq!(messages.last().unwrap()["same"], true, "{messages:#?}");

    owner
        .replace(
            CREATE_VCPU,
            "lock_killable(&vm.vcpu_ids)?;",
            "\n\n lock_killable(&vm.vcpu_ids)?;",
        )
        .await;
    let text = owner.file(CREATE_VCPU).await["text"]
        .as_str()
        .unwrap()
        .to_owned();
    let lines = text.lines().collect::<Vec<_>>();
    let line = 1 + lines
        .iter()
        .position(|it| it.contains("lock_killable(&vm.vcpu_ids)?;"))
        .unwrap();
    let messages = owner.run(session()).await;
    assert_eq!(told(&messages, "changes", "files"), [&json!([CREATE_VCPU])]);
    let text = printed(&messages);
    let place = |line| format!("at {CREATE_VCPU}:{line}");
    assert!(
        text.contains(&place(line)) || text.contains(&place(line - 2)),
        "{messages:#?}"
    );
    assert!(text.contains("$2 = 2"), "{text}");

    let program = "userspace/pairs/5-create-vcpu/main.rs";
    owner
        .replace(program, "create_vcpu(0)?;", "create_vcpu(3)?;")
        .await;
    let messages = owner
        .run(json!({ "recording": "sessions/into-the-ioctl.txt" }))
        .await;
    let text = printed(&messages);
    assert!(
        text.contains("let vcpu = vm.create_vcpu(3)?;"),
        "{messages:#?}"
    );
    assert!(text.contains("arg=3"), "{text}");
}

#[tokio::test]
async fn gdb_shows_no_file_of_the_host() {
    let server = Server::start();
    let owner = server.owner().await;
    // The line table claims that the function is in another file.
    let file = "core::arch::global_asm!(\".file 1 \\\"/etc/passwd\\\"\");\n\n";
    let place = "    unsafe { core::arch::asm!(\".loc 1 1\", \"nop\") };\n";
    for (line, forged) in [("// ANCHOR: ioctl", file), ("    let mut ids", place)] {
        owner
            .replace(CREATE_VCPU, line, &format!("{forged}{line}"))
            .await;
    }
    let module = "module/hiboma.rs";
    let text = owner.file(module).await["text"]
        .as_str()
        .unwrap()
        .to_owned();
    owner
        .change(module, text.replace("#[forbid(unsafe_code)]\n", ""))
        .await;
    let messages = owner.run(session()).await;
    let text = printed(&messages);
    assert!(text.contains("/etc/passwd"), "{messages:#?}");
    assert!(!text.contains("root:"), "{text}");
}

#[tokio::test]
async fn what_a_reader_traces_has_no_file_of_the_host() {
    let server = Server::start();
    let owner = server.owner().await;
    for command in [
        "cargo lab trace --syscall openat --file /etc/passwd -- cat passwd",
        "cargo lab trace --load ../../../etc/passwd -- calls",
        "cargo lab debug -- 5-create-vcpu /dev/hiboma",
    ] {
        let messages = owner.run(json!({ "command": command })).await;
        assert!(!format!("{messages:?}").contains("root:"), "{messages:?}");
        assert!(told(&messages, "started", "limit").is_empty(), "{command}");
    }
}

#[tokio::test]
async fn a_page_that_is_closed_ends_what_it_watches() {
    let server = Server::start();
    let owner = server.owner().await;
    for ask in [
        json!({ "command": "cargo lab trace --syscall nanosleep -- sleep 1000" }),
        session(),
    ] {
        let mut socket = owner.open("/live/run").await;
        socket.send(ask).await;
        server.wait_for_guests(1).await;
        drop(socket);
        server.wait_for_guests(0).await;
        server.wait_until(|| server.compilers() == 0).await;
    }
}
