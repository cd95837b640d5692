//! The kernel behind the calls: each thread keeps a client, as long as it stays where it is.
//!
//! The old library opened a socket for every call. So it followed a thread into another network
//! namespace, and a child that was forked had nothing of its parent's; here it is so, too. And
//! no thread waits for another one.

use std::cell::Cell;
use std::fs;
use std::os::unix::fs::MetadataExt;

use ipvs_core::{Checks, Client, Error, Options};

use crate::failure::Outcome;

struct Kept {
    client: Client,
    of: Whereabouts,
}

thread_local! {
    static KEPT: Cell<Option<Box<Kept>>> = const { Cell::new(None) };
}

/// The process, and the network namespace's file; none where /proc is not mounted.
#[derive(PartialEq, Eq)]
struct Whereabouts {
    process: u32,
    namespace: Option<(u64, u64)>,
}

impl Whereabouts {
    fn now() -> Self {
        let namespace = fs::metadata("/proc/thread-self/ns/net").ok();
        Whereabouts {
            process: std::process::id(),
            namespace: namespace.map(|file| (file.dev(), file.ino())),
        }
    }
}

/// Works with the thread's client, or with a new one.
pub(super) fn with<T>(work: impl FnOnce(&Client) -> Result<T, Error>) -> Outcome<T> {
    let now = Whereabouts::now();
    let kept = match take().filter(|kept| kept.of == now) {
        Some(kept) => kept,
        None => {
            let client = Client::open(&Options::new().with_checks(Checks::Kernel))?;
            Box::new(Kept { client, of: now })
        }
    };
    let outcome = work(&kept.client);
    keep(kept);
    Ok(outcome?)
}

/// A thread that is ending keeps nothing any more.
fn keep(kept: Box<Kept>) {
    let _ = KEPT.try_with(|keeps| keeps.set(Some(kept)));
}

/// Has the thread work with another kernel's client.
#[cfg(test)]
pub(super) fn begin(client: Client) {
    let of = Whereabouts::now();
    keep(Box::new(Kept { client, of }));
}

/// Lets go of the thread's client.
pub(super) fn end() {
    drop(take());
}

fn take() -> Option<Box<Kept>> {
    KEPT.try_with(Cell::take).ok().flatten()
}
