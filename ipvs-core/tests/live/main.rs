//! The live suite: everything that this crate promises, shown on the running
//! kernel. Run it by `make test`, which boots four kernels for it, or on the
//! host's own kernel as root: `IPVS_ON_HOST=1 cargo test -p ipvs-core --features live --test live`.
//!
//! Each test has a network namespace of its own. What a test expects follows
//! from the kernel's release, never from "whatever the newest does".

mod harness;
mod kernel;
mod raw;
mod services;
mod site;

use std::process::ExitCode;

fn main() -> ExitCode {
    harness::run([("services", services::tests())])
}
