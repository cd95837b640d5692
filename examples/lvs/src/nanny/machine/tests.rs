//! On a kernel in memory, by a clock that the tests turn.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ipvs_core::fake::Kernel;
use ipvs_core::rules::NoNames;
use ipvs_core::{Client, Dest, DestEdit, Service, ServiceKey};

use super::*;
use crate::nanny::options::{Asked, parse};
use crate::status::{Health, State};

const SERVICE: &str = "tcp 10.0.2.100:80";
const SERVER: &str = "10.0.3.100:8080";

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn key(service: &str) -> ServiceKey {
    service.parse().unwrap()
}

/// A kernel with two services, and a nanny for the first.
struct Lab {
    client: Client,
    kernel: Kernel,
    reachable: Arc<AtomicBool>,
}

impl Lab {
    fn new() -> Self {
        let kernel = Kernel::new();
        let client = kernel.client().unwrap();
        for service in [SERVICE, "tcp 10.0.2.100:443"] {
            client.add_service(&Service::new(key(service))).unwrap();
        }
        Lab {
            client,
            kernel,
            reachable: Arc::new(AtomicBool::new(true)),
        }
    }

    fn table(&self) -> crate::kernel::Kernel {
        let (kernel, reachable) = (self.kernel.clone(), Arc::clone(&self.reachable));
        crate::kernel::Kernel::new(move || {
            if reachable.load(Ordering::Relaxed) {
                kernel.client()
            } else {
                Kernel::with(ipvs_core::fake::Environment::new().unprivileged()).client()
            }
        })
    }

    fn nanny(&self, line: &str) -> Nanny {
        Nanny::new(watch(line), self.table(), seconds(0))
    }

    fn dests(&self, service: &str) -> Vec<String> {
        let dests = self.client.dests(&key(service)).unwrap();
        dests.iter().map(|entry| entry.dest.to_string()).collect()
    }

    fn weight(&self) -> Option<u32> {
        let dests = self.client.dests(&key(SERVICE)).unwrap();
        dests.first().map(|entry| entry.dest.weight)
    }

    fn add(&self, weight: u32) {
        let dest = watch("").entries[0]
            .dest
            .with_weight(weight)
            .with_thresholds(100, 50);
        self.client.add_dest(&key(SERVICE), &dest).unwrap();
    }
}

fn watch(line: &str) -> Watch {
    let usual = "--lvs -h 10.0.3.100 -r 8080 -V 10.0.2.100 -t 6 -a 15";
    let words = usual
        .split(' ')
        .chain(line.split_whitespace())
        .map(OsString::from);
    match parse(words.collect(), &NoNames).unwrap() {
        Asked::Run(run) => run.watch,
        other => panic!("{other:?}"),
    }
}

/// A watch for both services.
fn shared() -> Watch {
    let mut watch = watch("");
    let mut second = watch.entries[0].clone();
    second.service = key("tcp 10.0.2.100:443");
    watch.entries.push(second);
    watch
}

fn bad() -> Result<(), Failure> {
    let server: SocketAddr = SERVER.parse().unwrap();
    Err(Failure::ConnectTimeout(server))
}

fn lines(nanny: &mut Nanny) -> Vec<String> {
    let line = |report| match report {
        Report::Info(line) => Some(line),
        Report::Warning(line) => Some(format!("warning: {line}")),
        Report::Said(_) => None,
    };
    nanny.reports().into_iter().filter_map(line).collect()
}

fn said(nanny: &mut Nanny) -> Vec<Said> {
    let said = |report| match report {
        Report::Said(said) => Some(said),
        _ => None,
    };
    nanny.reports().into_iter().filter_map(said).collect()
}

#[test]
fn the_log_of_the_document() {
    let lab = Lab::new();
    let mut nanny = lab.nanny("");
    assert!(lab.dests(SERVICE).is_empty(), "nobody is let in unseen");
    nanny.result(Ok(()), seconds(0));
    assert_eq!(lab.dests(SERVICE), ["10.0.3.100:8080 masquerade weight 1"]);
    nanny.result(bad(), seconds(6));
    assert!(lab.dests(SERVICE).is_empty());
    nanny.result(bad(), seconds(12));
    assert_eq!(
        lines(&mut nanny),
        [
            "starting LVS client monitor for 10.0.2.100:80 -> 10.0.3.100:8080",
            "[ active ] making 10.0.3.100:8080 available",
            "CONNECT to 10.0.3.100:8080 timed out",
            "[inactive] shutting down 10.0.3.100:8080 due to connection failure",
        ]
    );
    nanny.result(Ok(()), seconds(18));
    assert!(lab.dests(SERVICE).is_empty(), "it must reenter");
    nanny.result(Ok(()), seconds(24));
    assert_eq!(lab.weight(), Some(1));
}

#[test]
fn a_check_is_told_to_all_services_and_the_log_once() {
    let lab = Lab::new();
    let mut nanny = Nanny::new(shared(), lab.table(), seconds(0));
    nanny.result(Ok(()), seconds(0));
    for service in [SERVICE, "tcp 10.0.2.100:443"] {
        assert_eq!(lab.dests(service), ["10.0.3.100:8080 masquerade weight 1"]);
    }
    assert_eq!(
        lines(&mut nanny),
        [
            "starting LVS client monitor for 10.0.2.100:80 -> 10.0.3.100:8080",
            "starting LVS client monitor for 10.0.2.100:443 -> 10.0.3.100:8080",
            "[ active ] making 10.0.3.100:8080 available",
        ]
    );
}

#[test]
fn edits_keep_what_others_set() {
    let lab = Lab::new();
    let mut nanny = lab.nanny("-q");
    nanny.result(Ok(()), seconds(0));
    let edit = DestEdit::new()
        .with_upper_threshold(100)
        .with_lower_threshold(50);
    let server = SERVER.parse().unwrap();
    lab.client.edit_dest(&key(SERVICE), &server, &edit).unwrap();
    nanny.result(bad(), seconds(6));
    assert_eq!(
        lab.dests(SERVICE),
        ["10.0.3.100:8080 masquerade weight 0 upper 100 lower 50"]
    );
}

#[test]
fn the_next_nanny_goes_on_from_what_it_finds() {
    let lab = Lab::new();
    lab.add(1);
    let mut nanny = lab.nanny("");
    nanny.result(Ok(()), seconds(0));
    assert_eq!(lines(&mut nanny).len(), 1, "nothing has changed");
    assert_eq!(
        lab.dests(SERVICE),
        ["10.0.3.100:8080 masquerade weight 1 upper 100 lower 50"]
    );
    nanny.result(bad(), seconds(6));
    assert!(lab.dests(SERVICE).is_empty());
}

#[test]
fn what_is_found_of_an_older_configuration_is_brought_up_to_date() {
    let lab = Lab::new();
    let old = Dest::new([10, 0, 3, 100], 8080, ipvs_core::ForwardMethod::TUNNEL).with_weight(9);
    lab.client.add_dest(&key(SERVICE), &old).unwrap();
    lab.nanny("-w 5 --upper-threshold 90");
    assert_eq!(
        lab.dests(SERVICE),
        ["10.0.3.100:8080 masquerade weight 5 upper 90"]
    );
}

#[test]
fn what_somebody_else_removes_or_changes_comes_back() {
    let lab = Lab::new();
    let mut nanny = lab.nanny("");
    nanny.result(Ok(()), seconds(0));
    let server = SERVER.parse().unwrap();
    lab.client.remove_dest(&key(SERVICE), &server).unwrap();
    nanny.result(Ok(()), seconds(6));
    assert_eq!(lab.weight(), Some(1));
    let heavy = DestEdit::new().with_weight(70);
    lab.client
        .edit_dest(&key(SERVICE), &server, &heavy)
        .unwrap();
    nanny.result(Ok(()), seconds(12));
    assert_eq!(lab.weight(), Some(1));
    nanny.result(bad(), seconds(18));
    lab.add(3);
    nanny.result(bad(), seconds(24));
    assert_eq!(lab.weight(), None);
}

#[test]
fn a_service_that_is_gone_is_waited_for() {
    let lab = Lab::new();
    let mut nanny = lab.nanny("");
    nanny.result(Ok(()), seconds(0));
    lab.client.remove_service(&key(SERVICE)).unwrap();
    nanny.result(Ok(()), seconds(6));
    nanny.result(Ok(()), seconds(12));
    let warnings = lines(&mut nanny);
    assert_eq!(warnings.len(), 3, "it is said once: {warnings:?}");
    assert!(
        warnings[2].starts_with("warning: 10.0.3.100:8080: "),
        "{warnings:?}"
    );
    assert_eq!(nanny.deadline(), Some(seconds(13)));
    lab.client.add_service(&Service::new(key(SERVICE))).unwrap();
    nanny.tick(seconds(13));
    assert_eq!(lab.weight(), Some(1));
    assert_eq!(nanny.deadline(), None);
}

#[test]
fn a_table_out_of_reach_loses_no_verdict() {
    let lab = Lab::new();
    lab.add(1);
    lab.reachable.store(false, Ordering::Relaxed);
    let mut nanny = lab.nanny("");
    nanny.result(bad(), seconds(0));
    assert_eq!(lab.weight(), Some(1), "what was never seen is not judged");
    lab.reachable.store(true, Ordering::Relaxed);
    nanny.tick(seconds(1));
    assert_eq!(lab.weight(), Some(1));
    nanny.result(bad(), seconds(6));
    assert_eq!(lab.weight(), None);
}

#[test]
fn signals() {
    let lab = Lab::new();
    let mut nanny = lab.nanny("");
    nanny.result(Ok(()), seconds(0));
    nanny.look_through(Glasses::Opaque, seconds(1));
    assert_eq!(lab.weight(), None);
    nanny.look_through(Glasses::RoseColored, seconds(2));
    nanny.result(bad(), seconds(6));
    assert_eq!(lab.weight(), Some(1));
    nanny.look_through(Glasses::Clear, seconds(7));
    assert_eq!(lab.weight(), None);
    let said = lines(&mut nanny);
    for line in ["opaque glasses on", "rose-colored glasses on"] {
        assert!(said.iter().any(|said| said == line), "{said:?}");
    }
}

#[test]
fn signals_outlive_a_table_out_of_reach() {
    for (glasses, weight) in [(Glasses::Opaque, None), (Glasses::RoseColored, Some(1))] {
        let lab = Lab::new();
        lab.reachable.store(false, Ordering::Relaxed);
        let mut nanny = lab.nanny("-w 40").supervised();
        nanny.look_through(glasses, seconds(0));
        assert_eq!(nanny.deadline(), Some(seconds(1)), "no slow start before");
        lab.reachable.store(true, Ordering::Relaxed);
        nanny.tick(seconds(1));
        let good = glasses == Glasses::Opaque;
        nanny.result(if good { Ok(()) } else { bad() }, seconds(2));
        assert_eq!(lab.weight(), weight);
    }
}

#[test]
fn an_earlier_checker_s_glasses() {
    for (glasses, state) in [
        (Glasses::Opaque, State::ForcedDown),
        (Glasses::RoseColored, State::ForcedUp),
    ] {
        let lab = Lab::new();
        let mut watch = shared();
        watch.entries[0].glasses = Some(glasses);
        watch.entries[1].glasses = Some(Glasses::Clear);
        let mut nanny = Nanny::new(watch.clone(), lab.table(), seconds(0)).supervised();
        nanny.result(Ok(()), seconds(1));
        let states: Vec<State> = is(&said(&mut nanny)).iter().map(|is| is.0).collect();
        assert_eq!(states[states.len() - 1], State::Up, "each has its own");
        assert!(states.contains(&state), "{states:?}");
        assert_eq!(lab.weight().is_some(), state == State::ForcedUp);
        // An entry that is new is seen as those that somebody has judged.
        watch.entries[1].service = key("tcp 10.0.2.100:81");
        watch.entries[1].glasses = None;
        nanny.rewatch(watch, seconds(2));
        assert_eq!(is(&said(&mut nanny)).last().map(|is| is.0), Some(state));
        nanny.look_through(Glasses::Clear, seconds(3));
        nanny.result(Ok(()), seconds(4));
        assert_eq!(lab.weight(), Some(1));
    }
}

#[test]
fn the_end_removes_the_entry() {
    let lab = Lab::new();
    let mut nanny = lab.nanny("");
    nanny.result(Ok(()), seconds(0));
    assert!(!nanny.is_over());
    nanny.stop(seconds(1));
    assert!(nanny.is_over());
    assert_eq!(lab.weight(), None);
    nanny.result(Ok(()), seconds(2));
    assert_eq!(lab.weight(), None, "a check that was late");
}

#[test]
fn a_slow_start_and_the_load() {
    let lab = Lab::new();
    let mut nanny = lab.nanny("-w 40 -U rsh");
    nanny.result(Ok(()), seconds(0));
    for (at, weight) in [(0, 1), (20, 2), (40, 4), (60, 8)] {
        nanny.tick(seconds(at));
        assert_eq!(lab.weight(), Some(weight));
    }
    assert_eq!(nanny.deadline(), Some(seconds(80)));
    for at in [80, 100, 120] {
        nanny.tick(seconds(at));
    }
    assert_eq!(lab.weight(), Some(40));
    nanny.load(0.0, seconds(140));
    assert_eq!(lab.weight(), Some(60));
}

fn is(said: &[Said]) -> Vec<(State, Option<u32>)> {
    let is = |said: &Said| match said {
        Said::Is(_, Health { state, weight, .. }) => Some((*state, *weight)),
        _ => None,
    };
    said.iter().filter_map(is).collect()
}

#[test]
fn lvsd_is_asked_before_a_server_leaves() {
    let lab = Lab::new();
    let mut nanny = lab.nanny("").supervised();
    assert_eq!(is(&said(&mut nanny)), [(State::Unknown, None)]);
    nanny.result(Ok(()), seconds(0));
    assert_eq!(is(&said(&mut nanny)), [(State::Up, Some(1))]);
    nanny.result(bad(), seconds(6));
    let place = watch("").entries[0].place();
    let asked = said(&mut nanny);
    assert_eq!(asked[0], Said::Going(place));
    assert_eq!(is(&asked), [(State::Down, None)]);
    assert_eq!(lab.weight(), Some(1), "not without leave");
    nanny.go(&place, seconds(6));
    assert_eq!(lab.weight(), None);

    nanny.result(Ok(()), seconds(12));
    nanny.result(Ok(()), seconds(18));
    assert_eq!(lab.weight(), Some(1));
    nanny.result(bad(), seconds(24));
    assert_eq!(nanny.deadline(), Some(seconds(26)));
    nanny.tick(seconds(25));
    assert_eq!(lab.weight(), Some(1));
    nanny.tick(seconds(26));
    assert_eq!(lab.weight(), None, "a silent lvsd holds nobody up");
}

#[test]
fn new_orders_keep_what_is_known() {
    let lab = Lab::new();
    let mut nanny = lab.nanny("-w 1");
    nanny.result(bad(), seconds(0));
    nanny.rewatch(watch("-w 3 --check ping --rise 3"), seconds(1));
    for at in [6, 12, 18] {
        assert_eq!(lab.weight(), None, "down under the old check is down");
        nanny.result(Ok(()), seconds(at));
    }
    assert_eq!(lab.weight(), Some(1), "a slow start");
    nanny.tick(seconds(38));
    nanny.tick(seconds(58));
    assert_eq!(lab.weight(), Some(3));
    nanny.rewatch(watch("-w 7 --upper-threshold 9"), seconds(60));
    assert_eq!(
        lab.dests(SERVICE),
        ["10.0.3.100:8080 masquerade weight 7 upper 9"]
    );
    nanny.rewatch(watch("-w 7"), seconds(61));
    assert_eq!(lab.dests(SERVICE), ["10.0.3.100:8080 masquerade weight 7"]);
    nanny.rewatch(shared(), seconds(62));
    assert!(lab.dests("tcp 10.0.2.100:443").is_empty(), "another check");
    nanny.result(Ok(()), seconds(64));
    assert_eq!(lab.dests("tcp 10.0.2.100:443").len(), 1);
    let only_second = Watch {
        entries: shared().entries[1..].to_vec(),
        ..shared()
    };
    nanny.rewatch(only_second, seconds(65));
    nanny.result(bad(), seconds(66));
    assert_eq!(lab.weight(), Some(1), "whom it let go is somebody else's");
    assert!(lab.dests("tcp 10.0.2.100:443").is_empty());
}

#[test]
fn a_further_service_of_a_server_that_is_well_has_it_at_once() {
    let lab = Lab::new();
    let mut first = shared();
    let second = first.entries.pop().unwrap();
    let both = Watch {
        entries: vec![first.entries[0].clone(), second],
        ..first.clone()
    };
    for (result, expected) in [(bad(), 0), (Ok(()), 1)] {
        let mut nanny = Nanny::new(first.clone(), lab.table(), seconds(0));
        nanny.result(result, seconds(0));
        nanny.rewatch(both.clone(), seconds(1));
        assert_eq!(lab.dests("tcp 10.0.2.100:443").len(), expected);
    }
}

#[test]
fn an_earlier_checker_s_verdict() {
    let lab = Lab::new();
    let mut watch = watch("");
    watch.entries[0].known_down = true;
    let mut nanny = Nanny::new(watch, lab.table(), seconds(0));
    nanny.result(Ok(()), seconds(0));
    assert_eq!(lab.weight(), None);
    nanny.result(Ok(()), seconds(6));
    assert_eq!(lab.weight(), Some(1));
}

#[test]
fn a_dry_run_changes_nothing() {
    let mut nanny = Nanny::new(watch(""), crate::kernel::Kernel::none(), seconds(0));
    nanny.result(Ok(()), seconds(0));
    nanny.result(bad(), seconds(6));
    assert_eq!(lines(&mut nanny).len(), 4);
}
