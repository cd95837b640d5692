//! The trials of a guest: its kernel beside the fake that is set up like it.

use std::sync::Arc;
use std::time::Instant;

use ipvs_core::fake::{Environment, Release};
use libtest_mimic::{Failed, Trial};

use crate::campaign;
use crate::dice::Dice;
use crate::lockstep::{Crosstalk, PATIENCE, Pair};
use crate::machine::memory::Memory;
use crate::machine::real::{self, Running};
use crate::regressions;

pub fn trials(listed: bool) -> Vec<Trial> {
    let environment = if listed {
        Environment::new()
    } else {
        real::prepare()
    };
    let environment = Arc::new(environment);
    type Body = fn(&Environment) -> Result<(), Failed>;
    let bodies: [(&str, Body); 4] = [
        ("regressions", |environment| {
            with_the_fake(environment, regressions::run)
        }),
        ("the_kernel_agrees_with_itself", agrees_with_itself),
        ("a_fake_with_another_clock_is_found", another_clock_is_found),
        ("the_kernel_and_the_fake_agree", |environment| {
            with_the_fake(environment, agree)
        }),
    ];
    let trial = |(name, body): (&str, Body)| {
        let environment = Arc::clone(&environment);
        Trial::test(name, move || body(&environment))
    };
    bodies.into_iter().map(trial).collect()
}

fn with_the_fake(
    environment: &Environment,
    body: fn(&Pair<'_>) -> Result<(), Failed>,
) -> Result<(), Failed> {
    let fake = Memory::new(environment.clone());
    let has_own_tables = environment.release >= Release::new(7, 1, 0);
    body(&Pair {
        left: ("the kernel", &Running),
        right: ("the fake", &fake),
        crosstalk: if has_own_tables {
            Crosstalk::None
        } else {
            Crosstalk::Namespaces
        },
        patience: PATIENCE,
    })
}

/// How many operations are compared.
fn operations() -> usize {
    let count = std::env::var("IPVS_OPERATIONS");
    count.map_or(20_000, |count| {
        count.parse().expect("IPVS_OPERATIONS is a number")
    })
}

fn agree(pair: &Pair<'_>) -> Result<(), Failed> {
    let failures = std::env::var("IPVS_FAILURES").map_or(1, |count| count.parse().unwrap());
    let (seed, start) = (Dice::seed(), Instant::now());
    println!("seed {seed}");
    let (tally, failed) = campaign::run(pair, seed, operations(), failures);
    println!(
        "compared in all {tally}, seed {seed}, {} s",
        start.elapsed().as_secs()
    );
    for failure in &failed {
        let report = failure.report(pair);
        let kept = regressions::keep(&failure.name(), &report);
        println!("{report}kept: {kept:?}\n");
    }
    if failed.is_empty() {
        Ok(())
    } else {
        Err("they differ".into())
    }
}

/// What differs between two runs on one kernel is chance, and masked.
fn agrees_with_itself(environment: &Environment) -> Result<(), Failed> {
    let has_own_tables = environment.release >= Release::new(7, 1, 0);
    let pair = Pair {
        left: ("the kernel", &Running),
        right: ("the kernel, again,", &Running),
        crosstalk: if has_own_tables {
            Crosstalk::None
        } else {
            Crosstalk::Machines
        },
        patience: PATIENCE,
    };
    let seed = Dice::seed();
    let (tally, failed) = campaign::run(&pair, seed, operations() / 20, 1);
    println!("with itself: {tally}, seed {seed}");
    match failed.first() {
        None => Ok(()),
        Some(failure) => Err(failure.report(&pair).into()),
    }
}

/// The comparison sees a fake whose clock ticks differently from this kernel's.
fn another_clock_is_found(environment: &Environment) -> Result<(), Failed> {
    let wrong = environment.clone().with_hz(environment.hz * 4);
    with_the_fake(&wrong, |pair| {
        let (_, failed) = campaign::run(&pair.impatient(), Dice::seed(), 3000, 1);
        let failure = failed.first().ok_or("nobody noticed")?;
        println!("{}", failure.report(pair));
        Ok(())
    })
}
