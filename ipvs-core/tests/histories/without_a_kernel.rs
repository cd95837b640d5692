//! The trials of a plain `cargo test`: the fake beside itself, and beside wrong ones.

use std::time::Duration;

use ipvs_core::Change;
use ipvs_core::fake::{Environment, Fault, Kernel, Release, When};
use ipvs_sys::errno::EBUSY;
use ipvs_sys::uapi::*;
use libtest_mimic::{Failed, Trial};

use crate::dice::Dice;
use crate::history::History;
use crate::lockstep::{Crosstalk, Pair};
use crate::machine::memory::Memory;
use crate::{campaign, generate, regressions};

pub fn trials() -> Vec<Trial> {
    let mut trials = vec![Trial::test(
        "a_history_reads_as_it_prints",
        reads_as_it_prints,
    )];
    for release in [Release::V5_10, Release::V6_1, Release::V6_12, Release::V7_2] {
        let environment = move || Environment::new().with_release(release);
        trials.push(Trial::test(
            format!("regressions_on_{release}"),
            move || beside_itself(environment(), regressions::run),
        ));
        trials.push(Trial::test(
            format!("the_fake_of_{release}_agrees_with_itself"),
            move || beside_itself(environment(), agrees),
        ));
    }
    trials.extend(
        wrong_ones()
            .into_iter()
            .map(|(name, wrong)| Trial::test(format!("found::{name}"), move || is_found(&wrong))),
    );
    trials
}

fn reads_as_it_prints() -> Result<(), Failed> {
    let seed = Dice::seed();
    for number in 0..300 {
        let history = generate::history(&mut Dice::new(seed, number));
        let text = history.to_string();
        let again: History = text
            .parse()
            .map_err(|mistake| format!("{mistake}\n{text}"))?;
        assert_eq!(again, history, "{text}");
    }
    Ok(())
}

/// Two fakes that list services in different orders.
fn beside_itself(
    environment: Environment,
    body: fn(&Pair<'_>) -> Result<(), Failed>,
) -> Result<(), Failed> {
    let fakes = [1, 2].map(|seed| Memory::new(environment.clone().with_seed(seed)));
    body(&Pair {
        left: ("the fake", &fakes[0]),
        right: ("the fake, again,", &fakes[1]),
        crosstalk: Crosstalk::None,
        patience: Duration::ZERO,
    })
}

fn agrees(pair: &Pair<'_>) -> Result<(), Failed> {
    let seed = Dice::seed();
    let (_, failed) = campaign::run(pair, seed, 5000, 1);
    match failed.first() {
        None => Ok(()),
        Some(failure) => Err(failure.report(pair).into()),
    }
}

/// Fakes with one thing wrong each.
fn wrong_ones() -> Vec<(&'static str, Memory)> {
    let right = Environment::new;
    let fault = |fault: Fault, when: When| {
        let wrong = move |kernel: &Kernel| kernel.inject(when, fault.clone());
        Memory::new(Environment::new()).meddled_with(wrong)
    };
    // Late enough to come behind what a history opens with.
    let (call, answer) = (When::Send(12), When::Receive(20));
    vec![
        ("another_clock", Memory::new(right().with_hz(1000))),
        (
            "another_release",
            Memory::new(right().with_release(Release::V6_12)),
        ),
        ("no_ipv6", Memory::new(right().without_ipv6())),
        (
            "a_missing_scheduler",
            Memory::new(right().without_module("ip_vs_sh")),
        ),
        (
            "a_wrong_errno",
            fault(Fault::Refuse(EBUSY), When::Command(IPVS_CMD_NEW_DEST, 2)),
        ),
        ("a_failing_send", fault(Fault::Errno(EBUSY), call)),
        ("a_lost_answer", fault(Fault::Drop, answer)),
        ("an_answer_too_many", fault(Fault::Duplicate, answer)),
        (
            "a_wrong_byte",
            fault(
                Fault::Corrupt {
                    offset: 6,
                    with: 0x55,
                },
                answer,
            ),
        ),
        ("a_cut_answer", fault(Fault::Truncate(8), answer)),
        ("an_overrun", fault(Fault::Overrun, answer)),
        (
            "somebody_else",
            fault(
                Fault::Change(vec![Change::Flush]),
                When::Command(IPVS_CMD_NEW_DEST, 3),
            ),
        ),
    ]
}

fn is_found(wrong: &Memory) -> Result<(), Failed> {
    let right = Memory::new(Environment::new());
    let pair = Pair {
        left: ("the right one", &right),
        right: ("the wrong one", wrong),
        crosstalk: Crosstalk::None,
        patience: Duration::ZERO,
    };
    let (tally, failed) = campaign::run(&pair, Dice::seed(), 20_000, 1);
    let failure = failed
        .first()
        .ok_or_else(|| format!("nobody noticed in {tally}"))?;
    println!("found in {tally}, by {} steps", failure.history.steps.len());
    Ok(())
}
