// SPDX-License-Identifier: MIT OR Apache-2.0

//! Building and running a seat's changes; and the files that a build must not reach.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::{Value, json};

use crate::server::Server;
use crate::socket::{printed, told};

const TINY: &str = "module/hiboma_tiny.rs";
const UAPI: &str = "module/uapi/hiboma.rs";
const PROGRAM: &str = "userspace/pairs/2-version/hiboma.rs";
const CLIENT: &str = "comparisons/c/client.c";

/// Runs a recording with a changed module or program.
fn version() -> Value {
    json!({ "recording": "2-version/hiboma.txt" })
}

/// Returns the errors and warnings that the page gets.
fn diagnostics(messages: &[Value]) -> Vec<&Value> {
    let items = told(messages, "diagnostics", "items");
    items
        .into_iter()
        .flat_map(|items| items.as_array().unwrap())
        .collect()
}

#[tokio::test]
async fn a_changed_module_answers_otherwise_than_the_book() {
    let server = Server::start();
    let owner = server.owner().await;
    owner
        .replace(
            UAPI,
            "HIBOMA_VERSION: u32 = 110",
            "HIBOMA_VERSION: u32 = 111",
        )
        .await;
    let messages = owner.run(version()).await;
    assert!(printed(&messages).contains("111"), "{messages:#?}");
    let built = told(&messages, "building", "what");
    assert!(built.contains(&&json!("hiboma_tiny.ko")), "{built:?}");
    let ended = messages.last().unwrap();
    assert_eq!(ended["same"], false);
    let difference = ended["difference"].as_str().unwrap();
    assert!(difference.contains("\n-version = 110\n"), "{difference}");
    // Nothing has changed since then.
    let messages = owner.run(version()).await;
    assert!(told(&messages, "building", "what").is_empty());
    assert!(printed(&messages).contains("111"), "{messages:#?}");
}

#[tokio::test]
async fn a_changed_program_prints_something_else() {
    let server = Server::start();
    let owner = server.owner().await;
    owner.replace(PROGRAM, "version = ", "my version = ").await;
    let messages = owner.run(version()).await;
    assert!(
        printed(&messages).contains("my version = 110"),
        "{messages:#?}"
    );
    let built = told(&messages, "building", "what");
    assert!(built.contains(&&json!("2-version-hiboma")), "{built:?}");
}

#[tokio::test]
async fn what_does_not_compile_is_told_at_its_line() {
    let server = Server::start();
    let owner = server.owner().await;
    for (path, line, ask) in [
        (TINY, "fn wrong() -> u8 { true }\n", version()),
        (PROGRAM, "fn wrong() -> u8 { true }\n", version()),
        (
            CLIENT,
            "int wrong(void) { return nothing; }\n",
            json!({ "command": "client" }),
        ),
        (
            "comparisons/c/hiboma.c",
            "int wrong(void) { return nothing; }\n",
            json!({ "command": "true", "module": "hiboma_c.ko" }),
        ),
    ] {
        let text = owner.file(path).await["text"].as_str().unwrap().to_owned();
        owner.change(path, text.clone() + line).await;
        let messages = owner.run(ask).await;
        let diagnostics = diagnostics(&messages);
        let error = diagnostics.iter().find(|it| it["level"] == "error");
        let error = error.unwrap_or_else(|| panic!("{path}: {messages:#?}"));
        assert_eq!(error["file"], path);
        assert_eq!(error["line"], json!(text.lines().count() + 1), "{error}");
        let rendered = error["rendered"].as_str().unwrap();
        assert!(
            !rendered.contains(server.state.path().to_str().unwrap()),
            "{rendered}"
        );
        assert!(told(&messages, "started", "type").is_empty());
        owner.change(path, text).await;
    }
}

/// Returns the only error of a module with this line; it must not contain a host file's content.
async fn refusal(line: &str) -> String {
    let server = Server::start();
    let owner = server.owner().await;
    let text = owner.file(TINY).await["text"].as_str().unwrap().to_owned();
    owner.change(TINY, format!("{text}\n{line}\n")).await;
    let messages = owner.run(version()).await;
    let told = format!("{messages:?}");
    assert!(!told.contains("root:"), "{told}");
    let diagnostics = diagnostics(&messages);
    let errors: Vec<_> = diagnostics
        .iter()
        .filter(|it| it["level"] == "error")
        .collect();
    assert_eq!(errors.len(), 1, "{told}");
    errors[0]["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_file_of_the_host_cannot_be_included() {
    for path in ["/etc/passwd", "/etc/hosts"] {
        let message = refusal(&format!("const HOST: &[u8] = include_bytes!({path:?});")).await;
        assert!(message.contains("Permission denied"), "{message}");
    }
}

#[tokio::test]
async fn the_checkout_and_the_seat_s_secret_cannot_be_included() {
    let checkout = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    for path in [checkout, "../../../seat.json"] {
        let message = refusal(&format!("const HOST: &str = include_str!({path:?});")).await;
        assert!(message.contains("Permission denied"), "{message}");
    }
}

#[tokio::test]
async fn a_file_of_the_host_cannot_be_included_in_c() {
    let server = Server::start();
    let owner = server.owner().await;
    for line in [
        "#include \"/etc/passwd\"",
        "__asm__(\".incbin \\\"/etc/passwd\\\"\");",
    ] {
        owner
            .change(CLIENT, format!("{line}\nint main(void) {{ return 0; }}\n"))
            .await;
        let messages = owner
            .run(json!({ "command": "grep -c root: /bin/client" }))
            .await;
        let told = format!("{messages:?}");
        assert!(
            told.contains("Permission denied") || told.contains("/etc/passwd"),
            "{told}"
        );
        assert_eq!(printed(&messages), "", "{told}");
    }
}

#[tokio::test]
async fn a_link_to_a_file_of_the_host_is_not_followed() {
    let server = Server::start();
    let owner = server.owner().await;
    // As if an attacker had created one where the compiler may read.
    let folder = server.state.path().join("seats/owner/build/output");
    fs::create_dir_all(&folder).unwrap();
    symlink("/etc/passwd", folder.join("link")).unwrap();
    let link = folder.join("link");
    let text = owner.file(TINY).await["text"].as_str().unwrap().to_owned();
    let line = format!("const HOST: &str = include_str!({link:?});");
    owner.change(TINY, format!("{text}\n{line}\n")).await;
    let messages = owner.run(version()).await;
    let told = format!("{messages:?}");
    assert!(
        told.contains("Permission denied") && !told.contains("root:"),
        "{told}"
    );
}

#[tokio::test]
async fn a_program_of_the_reader_s_does_not_run_in_the_compiler() {
    let server = Server::start();
    let owner = server.owner().await;
    let macros = "#![crate_type = \"proc-macro\"]\nextern crate proc_macro;\n#[proc_macro]\npub fn a(code: \
                  proc_macro::TokenStream) -> proc_macro::TokenStream { code }\n";
    owner.change(PROGRAM, macros).await;
    let messages = owner.run(version()).await;
    let told = format!("{messages:?}");
    assert!(
        told.contains("`#[proc_macro]` attribute is only usable"),
        "{told}"
    );
}

#[tokio::test]
async fn a_build_that_never_ends_is_ended() {
    let server = Server::start();
    let owner = server.owner().await;
    let text = owner.file(TINY).await["text"].as_str().unwrap().to_owned();
    let line = "#[allow(long_running_const_eval)]\nconst FOR_EVER: () = loop {};";
    owner.change(TINY, format!("{text}\n{line}\n")).await;
    let messages = owner.run(version()).await;
    let last = messages.last().unwrap()["message"].as_str();
    assert_eq!(
        last,
        Some("the build took too long, so it was stopped"),
        "{messages:#?}"
    );
}

#[tokio::test]
async fn a_crash_is_told_by_the_reader_s_own_lines_and_the_next_run_works() {
    let server = Server::start();
    let owner = server.owner().await;
    let original = owner.file(TINY).await["text"].as_str().unwrap().to_owned();
    owner
        .replace(
            TINY,
            "HIBOMA_GET_VERSION => Ok(HIBOMA_VERSION as isize)",
            "HIBOMA_GET_VERSION => panic!()",
        )
        .await;
    let text = owner.file(TINY).await["text"].as_str().unwrap().to_owned();
    let line = 1 + text
        .lines()
        .position(|line| line.contains("panic!()"))
        .unwrap();
    let messages = owner.run(version()).await;
    let crash = messages.last().unwrap();
    assert_eq!(crash["type"], "crashed", "{messages:#?}");
    let frames = crash["frames"].as_array().unwrap();
    assert_eq!(
        (&frames[0]["file"], &frames[0]["line"]),
        (&json!(TINY), &json!(line)),
        "{crash:#?}"
    );
    let log = crash["log"].as_str().unwrap();
    assert!(
        log.contains(frames[0]["function"].as_str().unwrap()),
        "{log}"
    );
    let log = crash["log"].as_str().unwrap();
    assert!(
        !log.contains(server.state.path().to_str().unwrap()),
        "{log}"
    );

    owner.change(TINY, original).await;
    let messages = owner.run(version()).await;
    assert_eq!(messages.last().unwrap()["same"], true, "{messages:#?}");
}

#[tokio::test]
async fn a_page_that_is_closed_ends_its_build() {
    let server = Server::start();
    let owner = server.owner().await;
    let text = owner.file(TINY).await["text"].as_str().unwrap().to_owned();
    let line = "#[allow(long_running_const_eval)]\nconst FOR_EVER: () = loop {};";
    owner.change(TINY, format!("{text}\n{line}\n")).await;
    let mut socket = owner.open("/live/run").await;
    socket.send(version()).await;
    assert_eq!(socket.next().await.unwrap()["type"], "building");
    server.wait_until(|| server.compilers() == 1).await;
    drop(socket);
    server.wait_until(|| server.compilers() == 0).await;
}
