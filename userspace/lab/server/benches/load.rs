// SPDX-License-Identifier: MIT OR Apache-2.0

//! How long a reader waits: alone, and in a workshop where all click Run, or Check, within a second.
//!
//! `cargo bench -p lab-server --profile dev`: `cargo lab serve` builds the server in that profile.

use std::fs;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;
use tokio::time::sleep;

use browser::Browser;
use server::Server;
use socket::{printed, told};

#[expect(dead_code, reason = "the tests need more of it")]
#[path = "../tests/live/browser.rs"]
mod browser;
#[expect(dead_code, reason = "the tests need more of it")]
#[path = "../tests/live/server.rs"]
mod server;
#[expect(dead_code, reason = "the tests need more of it")]
#[path = "../tests/live/socket.rs"]
mod socket;

/// The number of seats in the workshop.
const SEATS: u32 = 30;

/// The recording that each seat runs.
const RECORDING: &str = "2-version/hiboma.txt";

/// The files that are changed before a run, each with a recording of its module.
const EDITS: [[&str; 2]; 2] = [
    ["module/hiboma_tiny.rs", RECORDING],
    ["module/limits.rs", "4-create-vm/hiboma.txt"],
];

/// The exercise that all seats check.
const EXERCISE: &str = "first-ioctl";

#[tokio::main]
async fn main() {
    let server = Server::workshop();
    let mut seats = Vec::new();
    for number in 0..SEATS {
        seats.push(server.join(&format!("Seat {number}")).await);
    }
    // Builds the image, and takes a snapshot.
    press(&seats[0], RECORDING, Duration::ZERO).await;
    let mut alone = Vec::new();
    for _ in 0..10 {
        alone.push(press(&seats[0], RECORDING, Duration::ZERO).await);
    }
    print("Run, from press to first byte", alone);

    for [file, recording] in EDITS {
        let mut edited = Vec::new();
        for number in 0..5 {
            edit(&seats[0], file, number).await;
            let waited = press(&seats[0], recording, Duration::ZERO).await;
            // The first run has more to build.
            if number > 0 {
                edited.push(waited);
            }
        }
        let what = format!("Edit {file} and Run, from press to first byte");
        print(&what, edited);
    }

    let runs = seats.iter().zip(0..);
    let runs =
        runs.map(|(seat, number)| press(seat, RECORDING, Duration::from_secs(1) * number / SEATS));
    let first_bytes = in_room(&server, "Run within a second", runs).await;
    print("first byte", first_bytes);

    for seat in &seats {
        let start = format!("/live/exercises/{EXERCISE}/start");
        seat.post(&start, json!({})).await;
    }
    check(&seats[0]).await;
    in_room(&server, "Check at once", seats.iter().map(check)).await;
}

/// Prints the median, the best and the worst time.
fn print(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let (best, worst) = (times[0], times[times.len() - 1]);
    println!(
        "{what}: {:.2?}, {best:.2?} to {worst:.2?}",
        times[times.len() / 2]
    );
}

/// Does something in all seats at once, and prints the times.
async fn in_room<T>(
    server: &Server,
    what: &str,
    all: impl Iterator<Item = impl Future<Output = T>>,
) -> Vec<T> {
    let (before, started) = (processor_time(server), Instant::now());
    let all = join_all(all).await;
    let work = processor_time(server) - before;
    println!(
        "{SEATS} press {what}: all done after {:.1?}; {:.2?} of processor time each",
        started.elapsed(),
        work / SEATS,
    );
    all
}

/// Adds code to a file that is compiled, but changes no output.
async fn edit(browser: &Browser<'_>, file: &str, number: u32) {
    let text = browser.file(file).await["text"].take();
    let text = text.as_str().expect("a text");
    let more = format!("\n#[used]\nstatic EDIT_{number}: u32 = {number};\n");
    browser.change(file, text.to_owned() + &more).await;
}

/// Runs a recording after a delay, and returns the time to its first byte.
async fn press(browser: &Browser<'_>, recording: &str, after: Duration) -> Duration {
    sleep(after).await;
    let pressed = Instant::now();
    let mut socket = browser.open("/live/run").await;
    socket.send(json!({ "recording": recording })).await;
    let mut first_byte = None;
    let mut messages = Vec::new();
    while let Some(message) = socket.next().await {
        messages.push(message);
        if first_byte.is_none() && !printed(&messages).is_empty() {
            first_byte = Some(pressed.elapsed());
        }
    }
    let ended = messages.last().expect("a message");
    assert_eq!(ended["same"], true, "{ended}");
    first_byte.expect("output")
}

/// Checks the exercise, which nobody has solved.
async fn check(browser: &Browser<'_>) {
    let path = format!("/live/exercises/{EXERCISE}/check");
    let messages = browser.open(&path).await.all().await;
    assert_eq!(
        told(&messages, "checked", "passed"),
        [false],
        "{messages:?}"
    );
}

/// Returns the CPU time of the server and its finished children.
fn processor_time(server: &Server) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{}/stat", server.pid())).expect("it runs");
    let (_, behind_name) = stat.rsplit_once(") ").expect("a name");
    // utime, stime and the same of children, in hundredths of a second.
    let times = behind_name.split(' ').skip(11).take(4);
    let times = times.map(|it| it.parse::<u32>().expect("a number"));
    Duration::from_millis(10) * times.sum::<u32>()
}
