//! What the fuzzers run: for each target a plain function of some bytes, which
//! panics where the library breaks a promise.
//!
//! Two things call it: libFuzzer, by way of `fuzz_targets/`, and the test that
//! replays the corpus with the stable compiler (`tests/corpus.rs`).

mod client;
mod cluster;
mod exchange;
mod fake;
mod json;
mod messages;
mod plan;
mod procfs;
mod replies;
mod rules;
mod small;
mod source;
mod text;

pub use client::client;
pub use cluster::cluster;
pub use exchange::exchange;
pub use fake::fake;
pub use json::json;
#[doc(hidden)]
#[cfg(fuzzing)]
pub use libfuzzer_sys;
pub use messages::messages;
pub use plan::plan;
pub use procfs::procfs;
pub use replies::replies;
pub use rules::rules;
pub use text::text;

// Two rooms of examples/lvs as they are, by links: its package would bring along the
// crates of a web server and a terminal, none of which is looked at here.
#[allow(dead_code, unused_imports, unreachable_pub)]
mod config;
#[allow(dead_code, unused_imports, unreachable_pub)]
mod convert;

/// The body of a target.
pub type Body = fn(&[u8]);

/// Every target, by the name of its program and of its corpus.
pub const TARGETS: &[(&str, Body)] = &[
    ("messages", messages),
    ("replies", replies),
    ("exchange", exchange),
    ("rules", rules),
    ("procfs", procfs),
    ("text", text),
    ("plan", plan),
    ("json", json),
    ("fake", fake),
    ("client", client),
    ("cluster", cluster),
];

/// The program of a target: libFuzzer's in a fuzzer's build; else one that runs
/// the body on the files that its command line names.
#[macro_export]
macro_rules! target {
    ($body:ident) => {
        #[cfg(fuzzing)]
        $crate::libfuzzer_sys::fuzz_target!(|data: &[u8]| $crate::$body(data));

        #[cfg(not(fuzzing))]
        fn main() {
            for file in std::env::args().skip(1) {
                $crate::$body(&std::fs::read(file).unwrap());
            }
        }
    };
}
