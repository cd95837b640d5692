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
mod faults;
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
mod runner;
mod services;
mod site;
mod sockets;
mod somebody;
mod streams;
mod sysctls;
mod traffic;

use std::process::ExitCode;

use runner::run;

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
        ("faults", faults::tests()),
        // Last: they unload what the others use.
        ("modules", modules::tests()),
    ])
}
