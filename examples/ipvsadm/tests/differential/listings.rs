//! Random tables in every listing mode.

use crate::cases::{Cases, compare};
use crate::dice::Dice;
use crate::harness::{Test, tests};
use crate::names;
use crate::site::Site;
use crate::tables::{self, Kind};
use ipvs_core::ServiceKey;

pub fn tests() -> Vec<Test> {
    tests![
        every_mode_of_random_tables,
        every_combination_of_modifiers,
        one_service_at_a_time,
        without_an_order,
        daemons_and_timeouts
    ]
}

const GROUP: &str = "listings";

/// The modifiers among which the original chooses by precedence.
const MODIFIERS: [&str; 5] = [
    "--stats",
    "--rate",
    "--thresholds",
    "--persistent-conn",
    "--tun-info",
];

/// Prepares the rooms with a random table and compares on it.
fn on_random_table(site: &Site, dice: &mut Dice, body: impl FnOnce(&mut Cases<'_>)) {
    let table = tables::random(dice, &site.kernel, Kind::Any);
    compare(site, GROUP, &table, body);
}

fn prepared(site: &Site, test: &str) -> Dice {
    names::write();
    site.add_interface();
    Dice::thrown_for(test)
}

fn every_mode_of_random_tables(site: &Site) {
    let mut dice = prepared(site, "every_mode_of_random_tables");
    for _ in 0..4 {
        on_random_table(site, &mut dice, |cases| {
            cases.equal("-L -n");
            cases.equal("");
            for modifier in MODIFIERS {
                cases.equal(&format!("-L -n {modifier}"));
                cases.equal(&format!("-l -X {modifier}"));
            }
        });
    }
}

fn every_combination_of_modifiers(site: &Site) {
    let mut dice = prepared(site, "every_combination_of_modifiers");
    on_random_table(site, &mut dice, |cases| {
        for bits in 0..1 << MODIFIERS.len() {
            let chosen = |n: &usize| bits & (1 << n) != 0;
            let chosen = (0..MODIFIERS.len()).filter(chosen);
            let words: Vec<&str> = chosen.map(|n| MODIFIERS[n]).collect();
            cases.equal(&format!("-L -n {}", words.join(" ")));
        }
    });
}

fn one_service_at_a_time(site: &Site) {
    let mut dice = prepared(site, "one_service_at_a_time");
    let table = tables::random(&mut dice, &site.kernel, Kind::Any);
    compare(site, GROUP, &table, |cases| {
        let keys = table.services.iter().map(|service| &service.service.key);
        for (number, name) in keys.filter_map(option).enumerate() {
            let modifier = MODIFIERS[number % MODIFIERS.len()];
            cases.equal(&format!("-L -n {name}"));
            cases.equal(&format!("-L {name} {modifier}"));
        }
    });
}

/// A service as ipvsadm's options name it, if they can.
pub fn option(key: &ServiceKey) -> Option<String> {
    let text = key.to_string();
    let words: Vec<&str> = text.split(' ').collect();
    Some(match words[..] {
        ["fwmark", mark] => format!("-f {mark}"),
        ["fwmark", mark, _] => format!("-f {mark} -6"),
        ["tcp", address] => format!("-t {address}"),
        ["udp", address] => format!("-u {address}"),
        ["sctp", address] => format!("--sctp-service {address}"),
        _ => return None,
    })
}

fn without_an_order(site: &Site) {
    let mut dice = prepared(site, "without_an_order");
    on_random_table(site, &mut dice, |cases| {
        for modifier in [
            "",
            "--stats",
            "--rate",
            "--thresholds",
            "--persistent-conn",
            "--tun-info",
        ] {
            cases.equal(&format!("-L -n --nosort {modifier}"));
        }
    });
}

fn daemons_and_timeouts(site: &Site) {
    let mut dice = prepared(site, "daemons_and_timeouts");
    for _ in 0..4 {
        let table = tables::with_the_rest(&mut dice, ipvs_core::Table::new());
        compare(site, GROUP, &table, |cases| {
            for line in ["-L --daemon", "-L --timeout", "-L --daemon -n", "-S -n"] {
                cases.equal(line);
            }
        });
    }
}
