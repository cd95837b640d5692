//! Random histories: run on a kernel and on the fake of its release, step by step,
//! every answer compared; and what becomes of those that once found a difference.
//!
//! In a guest, `make histories` runs IPVS_OPERATIONS (20,000) on each kernel. A plain
//! `cargo test` has no kernel, and compares the fake with itself. IPVS_SEED repeats a run, or
//! is `new`; IPVS_FAILURES tells how many differences it looks for before it stops (1).
#![allow(unreachable_pub, reason = "a program exports nothing")]

mod campaign;
mod dice;
mod files;
mod fill;
mod generate;
mod history;
#[path = "../live/kernel.rs"]
#[allow(dead_code, reason = "the live suite's, of which this needs a part")]
mod kernel;
mod listing;
mod lockstep;
mod machine;
mod mask;
mod message;
mod on_a_kernel;
mod regressions;
mod shrink;
mod side;
mod without_a_kernel;

use std::process::ExitCode;

use libtest_mimic::Arguments;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(1);
    // Only in a guest: it changes the kernel that it runs on.
    let trials = match std::env::var_os("IPVS_KERNEL").is_some() {
        true => on_a_kernel::trials(arguments.list),
        false => without_a_kernel::trials(),
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}
