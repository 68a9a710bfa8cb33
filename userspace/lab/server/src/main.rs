// SPDX-License-Identifier: MIT OR Apache-2.0

//! The live book: `cargo lab serve`.
//!
//! It serves the book as mdBook builds it, and handles the pages' requests to the lab.
//!
//! # Layout
//!
//! | part | content |
//! | --- | --- |
//! | `live.rs` | the shared state of all requests; `routes.rs`: the routes |
//! | `access.rs`, `origin.rs`, `secret.rs` | access control: token, cookie, Host and Origin |
//! | `book.rs`, `markers.rs`, `language.rs` | the book: built in each language, and marked for the page |
//! | `watch.rs`, `reload.rs` | rebuilding the book, and reloading its pages |
//! | `run.rs` | running the book's recordings or a reader's command in a guest: `command.rs`, `output.rs` |
//! | `watched.rs` | the same, traced or debugged in gdb |
//! | `images.rs`, `crash.rs` | images for guests, and crash reports |
//! | `terminal.rs`, `banner.rs` | a shell in a guest, and its first lines |
//! | `exercises.rs`, `check.rs`, `try_out.rs` | the exercises |
//! | `files.rs` | a seat's own copies of the files that it has changed |
//! | `build.rs`, `sandbox.rs` | building these copies, with the compiler in a sandbox |
//! | `socket.rs`, `page.rs`, `events.rs` | a page that waits for work, and the messages to it |
//! | `queue.rs` | the order of requests |
//! | `state.rs` | the folder with everything that outlives the server |
//! | `seats.rs`, `progress.rs`, `here.rs` | the readers, their files and their progress |
//! | `join.rs` | joining a workshop, and coming back |
//! | `workshop.rs` | the teacher's view of it |

mod access;
mod banner;
mod book;
mod build;
mod check;
mod command;
mod crash;
mod events;
mod exercises;
mod files;
mod here;
mod images;
mod join;
mod language;
mod live;
mod markers;
mod open;
mod origin;
mod output;
mod page;
mod progress;
mod queue;
mod refusal;
mod reload;
mod routes;
mod run;
mod sandbox;
mod seats;
mod secret;
mod sentence;
mod socket;
mod state;
mod terminal;
mod try_out;
mod watch;
mod watched;
mod workshop;

use std::env;
use std::io::{Write, stdout};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Parser;
use lab::{ServeArguments, landlock};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::timeout;

use images::Images;
use live::Live;
use sandbox::confined;

/// How long the server waits at its end for pages to take their last message.
const FAREWELL: Duration = Duration::from_secs(5);

/// How long it waits then for running work.
const WORK: Duration = Duration::from_secs(1);

/// The command line, which `cargo lab serve` has checked already.
#[derive(Parser)]
#[command(bin_name = "cargo lab serve")]
struct CommandLine {
    #[command(flatten)]
    args: ServeArguments,
}

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    if arguments.first().is_some_and(|name| name == confined::NAME) {
        return confined::main(arguments);
    }
    let args = CommandLine::parse().args;
    if args.prepare {
        return exit_code(Images::default().prepare_all());
    }
    allow_many_files();
    let served = Runtime::new()
        .context("no threads to serve with")
        .and_then(|runtime| {
            let served = runtime.block_on(serve(args));
            runtime.shutdown_timeout(WORK);
            served
        });
    exit_code(served)
}

/// Raises the limit of open files: a terminal in a page needs about ten.
fn allow_many_files() {
    // If it fails, the limit is as before.
    let _ = getrlimit(Resource::RLIMIT_NOFILE)
        .and_then(|(_, most)| setrlimit(Resource::RLIMIT_NOFILE, most, most));
}

fn exit_code(ended: Result<()>) -> ExitCode {
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cargo lab: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Serves until it is told to end.
async fn serve(args: ServeArguments) -> Result<()> {
    let asked = (&*args.hostname, args.port);
    let listener = TcpListener::bind(asked).await.with_context(|| {
        let ServeArguments { hostname, port, .. } = &args;
        format!("cannot listen on {hostname}:{port}: try another --port")
    })?;
    let signals = [
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    ];
    let address = listener.local_addr()?;
    let live = Arc::new(Live::new(&args, address)?);
    live.access.check_reach(landlock::is_there())?;
    let _watcher = watch::start(&live)?;
    let link = live.link();
    let told = match args.workshop {
        true => format!(
            "The teacher's page is at {link}\nSeats join at {}",
            live.invitation()
        ),
        false => format!("The book is at {link}"),
    };
    // The server runs even if nobody reads this message.
    let _ = writeln!(stdout(), "{told}\nEnd it with Ctrl-C.");
    if !args.no_open {
        open::in_browser(&link);
    }
    let its = Arc::clone(&live);
    tokio::task::spawn_blocking(move || its.images.prepare());
    let app = routes::all(Arc::clone(&live));
    let served =
        axum::serve(listener, app).with_graceful_shutdown(told_to_end(Arc::clone(&live), signals));
    let served = served.await;
    // A page that does not react is not waited for.
    let _ = timeout(FAREWELL, live.all_is_said()).await;
    live.book.remove();
    Ok(served?)
}

/// Waits for Ctrl-C or SIGTERM.
async fn told_to_end(live: Arc<Live>, [mut interrupt, mut terminate]: [Signal; 2]) {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    live.end();
}
