//! The live suite: everything that this crate promises, shown on the running
//! kernel. Run it by `make test`, which boots four kernels for it, or on the
//! host's own kernel as root: `IPVS_ON_HOST=1 cargo test -p ipvs-core --features live --test live`.
//!
//! Each test has a network namespace of its own. What a test expects follows
//! from the kernel's release, never from "whatever the newest does".
#![allow(unreachable_pub, reason = "a program exports nothing")]

mod batches;
mod config;
mod connections;
mod daemons;
mod dests;
mod drains;
mod errors;
mod files;
mod harness;
mod interrupted;
mod kernel;
mod loading;
mod modules;
mod namespaces;
mod nest;
mod nonsense;
mod plans;
mod raw;
mod services;
mod site;
mod sockets;
mod somebody;
mod streams;
mod sysctls;
mod traffic;

use std::process::ExitCode;

use harness::Test;
use kernel::Kernel;
use libtest_mimic::Arguments;

fn main() -> ExitCode {
    if std::env::var_os(somebody::CHILD).is_some() {
        return somebody::child();
    }
    if std::env::var_os(interrupted::CHILD).is_some() {
        return interrupted::child();
    }
    match std::env::var("IPVS_LIVE_BOOT").as_deref() {
        Ok("ipv6-off") => run([("ipv6_off", errors::tests_without_ipv6())]),
        Ok(other) => panic!("IPVS_LIVE_BOOT={other}: there is ipv6-off and nothing else"),
        Err(_) => ordinary_boot(),
    }
}

fn ordinary_boot() -> ExitCode {
    run([
        ("services", services::tests()),
        ("dests", dests::tests()),
        ("daemons", daemons::tests()),
        ("config", config::tests()),
        ("traffic", traffic::tests()),
        ("connections", connections::tests()),
        ("namespaces", namespaces::tests()),
        ("errors", errors::tests()),
        ("loading", loading::tests()),
        ("nonsense", nonsense::tests()),
        ("streams", streams::tests()),
        ("sockets", sockets::tests()),
        ("batches", batches::tests()),
        ("plans", plans::tests()),
        ("drains", drains::tests()),
        ("interrupted", interrupted::tests()),
        ("files", files::tests()),
        ("sysctls", sysctls::tests()),
        // Last: they unload what the others use.
        ("modules", modules::tests()),
    ])
}

/// Runs groups of tests as libtest would.
fn run<const N: usize>(groups: [(&'static str, Vec<Test>); N]) -> ExitCode {
    let mut arguments = Arguments::from_args();
    // The kernels of this suite have one or two processors, and some tests look
    // at what the whole machine does.
    arguments.test_threads.get_or_insert(1);
    let listed = arguments.list;
    let kernel = if listed {
        Kernel::default()
    } else {
        Kernel::running()
    };
    let trials = groups.into_iter().flat_map(|(group, tests)| {
        let kernel = kernel.clone();
        let tests = tests.into_iter();
        tests.map(move |test| test.trial(group, kernel.clone()))
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}
