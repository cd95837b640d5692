//! Every row of the live suite's errors, on the fake as each release that it was
//! compared with: the one list of cases, without root and without a kernel.
#![allow(unreachable_pub, reason = "a program exports nothing")]

mod errors;
#[allow(
    dead_code,
    reason = "the live suite's, of which the errors need a part"
)]
mod harness;
#[path = "fake/kernel.rs"]
mod kernel;
#[allow(
    dead_code,
    reason = "the live suite's, of which the errors need a part"
)]
mod nest;
#[allow(
    dead_code,
    reason = "the live suite's, of which the errors need a part"
)]
mod raw;
#[path = "fake/site.rs"]
mod site;

use std::process::ExitCode;

use ipvs_core::fake::{Environment, Release};
use kernel::Kernel;
use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let releases = [Release::V5_10, Release::V6_1, Release::V6_12, Release::V7_2];
    let trials = releases.into_iter().flat_map(of_release).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn of_release(release: Release) -> impl Iterator<Item = Trial> {
    let environment = Environment::new().with_release(release);
    let groups = [
        (Kernel::new(environment.clone()), errors::tests()),
        (
            Kernel::new(environment.without_ipv6()),
            errors::tests_without_ipv6(),
        ),
    ];
    groups.into_iter().flat_map(move |(kernel, tests)| {
        let group = release.to_string();
        let tests = tests.into_iter();
        tests.map(move |test| test.trial(&group, kernel.clone()))
    })
}
