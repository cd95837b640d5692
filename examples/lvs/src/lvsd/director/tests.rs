//! On a kernel in memory, with nannies that only take notes, by a clock that the tests turn.

mod lab;

use std::sync::atomic::Ordering;

use ipvs_core::{Dest, ForwardMethod, Service};

use super::*;
use crate::check::health::Glasses;
use lab::{Lab, SERVICE, is, place, seconds};

const SORRY: &str = "10.0.2.200:80 1";
const ONE: &str = "10.0.3.100:8080";
const TWO: &str = "10.0.3.150:8080";

fn document() -> &'static str {
    include_str!("../../../samples/har300.cf")
}

/// The document's, with the first server alone.
fn short() -> String {
    let (head, _) = document().split_once("     server serveur2").unwrap();
    format!("{head}}}\n")
}

#[test]
fn the_start_of_the_document() {
    let mut lab = Lab::new();
    lab.take(document(), 0);
    assert_eq!(
        lab.lines(),
        [
            "starting virtual service LVS_NAT active: 80",
            "create_monitor for LVS_NAT/serveur1 running as pid 1000",
            "create_monitor for LVS_NAT/serveur2 running as pid 1001",
        ]
    );
    assert_eq!(
        lab.services(),
        ["tcp 10.0.2.100:80 scheduler rr flags persistent timeout 600"]
    );
    assert!(lab.dests(SERVICE).is_empty(), "no first check has ended");
    assert_eq!(
        lab.notes(),
        ["start 0", "watch 0 1", "start 1", "watch 1 1"]
    );
    lab.director.hear(0, Said::Ready, seconds(0));
    assert!(lab.notes().is_empty(), "they begin together");
    lab.director.hear(1, Said::Ready, seconds(0));
    assert_eq!(lab.notes(), ["begin 0", "begin 1"]);
}

#[test]
fn who_is_never_ready_holds_the_others_up_for_30_seconds() {
    let mut lab = Lab::new();
    lab.take(document(), 0);
    lab.director.hear(0, Said::Ready, seconds(0));
    lab.notes();
    lab.director.tick(seconds(29));
    assert!(lab.notes().is_empty());
    lab.director.tick(seconds(30));
    assert_eq!(lab.notes(), ["begin 0", "begin 1"]);
}

#[test]
fn the_sorry_server_comes_before_the_last_one_goes_and_goes_after_the_first_is_back() {
    let mut lab = Lab::new();
    lab.take(document(), 0);
    lab.up(0, ONE, 1);
    lab.up(1, TWO, 1);
    lab.notes();
    lab.down(0, ONE, 6);
    assert_eq!(lab.dests(SERVICE), ["10.0.3.150:8080 1"]);
    lab.director.hear(1, Said::Going(place(TWO)), seconds(7));
    assert_eq!(
        lab.dests(SERVICE),
        [SORRY, "10.0.3.150:8080 1"],
        "made before broken"
    );
    assert_eq!(lab.director.services()[0].sorry, Some(true));
    lab.notes();
    lab.down(1, TWO, 7);
    assert_eq!(lab.dests(SERVICE), [SORRY]);
    lab.up(0, ONE, 20);
    assert_eq!(
        lab.dests(SERVICE),
        ["10.0.2.200:80 0", "10.0.3.100:8080 1"],
        "nobody new comes to it"
    );
    assert_eq!(lab.director.services()[0].sorry, Some(false));
    assert_eq!(lab.director.deadline(), seconds(21));
    lab.director.tick(seconds(21));
    assert_eq!(lab.dests(SERVICE), ["10.0.3.100:8080 1"]);
    assert_eq!(lab.director.deadline(), seconds(26));
}

#[test]
fn servers_that_never_answer_bring_the_sorry_server() {
    let mut lab = Lab::new();
    lab.take(document(), 0);
    lab.director
        .hear(0, is(place(ONE), State::Unknown, Some("no")), seconds(6));
    assert!(lab.dests(SERVICE).is_empty(), "of one nothing is known yet");
    lab.director
        .hear(1, is(place(TWO), State::Down, Some("no")), seconds(6));
    assert_eq!(lab.dests(SERVICE), [SORRY]);
}

#[test]
fn nobody_else_s_service_is_touched() {
    let mut lab = Lab::new();
    let other = Service::new("tcp 10.0.2.100:25".parse().unwrap());
    lab.client.add_service(&other).unwrap();
    lab.take(document(), 0);
    lab.up(0, ONE, 1);
    lab.director.dismiss();
    assert_eq!(lab.notes()[4..], ["let go 0", "let go 1"]);
    assert!(!lab.director.is_alone());
    lab.director.ended(0, seconds(2));
    lab.director.ended(1, seconds(2));
    assert!(lab.director.is_alone());
    lab.director.finish();
    assert_eq!(lab.services(), ["tcp 10.0.2.100:25 scheduler wlc"]);
}

#[test]
fn services_stay_if_the_file_says_so() {
    let mut lab = Lab::new();
    lab.take(&format!("keep_services = 1\n{}", document()), 0);
    lab.up(0, ONE, 1);
    lab.director.finish();
    assert_eq!(lab.dests(SERVICE), ["10.0.3.100:8080 1"]);
}

#[test]
fn the_next_lvsd_adopts_what_is_there_and_removes_what_left_the_file() {
    let mut lab = Lab::new();
    let more = document()
        .replace("LVS_NAT", "OLD")
        .replace("port = 80\n", "port = 81\n");
    let (_, old) = more.split_once("virtual ").unwrap();
    lab.take(&format!("{}virtual {old}", document()), 0);
    assert_eq!(lab.services().len(), 2);
    lab.up(0, ONE, 1);
    let mut lab = lab.next();
    lab.take(document(), 0);
    assert_eq!(
        lab.services(),
        ["tcp 10.0.2.100:80 scheduler rr flags persistent timeout 600"]
    );
    assert_eq!(lab.dests(SERVICE), ["10.0.3.100:8080 1"]);
    lab.director
        .hear(0, is(place(ONE), State::Up, None), seconds(0));
    assert_eq!(lab.dests(SERVICE), ["10.0.3.100:8080 1"]);
}

#[test]
fn a_reload_keeps_nannies_and_what_they_know() {
    let mut lab = Lab::new();
    lab.take(document(), 0);
    lab.up(0, ONE, 1);
    lab.up(1, TWO, 1);
    lab.notes();
    lab.lines();
    lab.take(document(), 2);
    assert!(
        lab.notes().is_empty() && lab.lines().is_empty(),
        "nothing has changed"
    );
    let other = document()
        .replace("scheduler = rr", "scheduler = wrr")
        .replacen("weight = 1", "weight = 5", 1)
        .replace("timeout = 6", "timeout = 4");
    lab.take(&other, 3);
    assert_eq!(lab.notes(), ["watch 0 1", "watch 1 1"]);
    assert_eq!(
        lab.services(),
        ["tcp 10.0.2.100:80 scheduler wrr flags persistent timeout 600"]
    );
    assert_eq!(
        lab.dests(SERVICE).len(),
        2,
        "weights are the nannies' to change"
    );
    assert_eq!(
        lab.director.services()[0].servers[0].health.state,
        State::Up
    );
    lab.take(&short(), 4);
    assert_eq!(lab.notes(), ["watch 0 1", "let go 1"]);
    assert_eq!(
        lab.dests(SERVICE),
        ["10.0.3.100:8080 1", "10.0.3.150:8080 0"],
        "a client may have come since the table was read"
    );
    lab.director.tick(seconds(5));
    assert_eq!(lab.dests(SERVICE), ["10.0.3.100:8080 1"]);
    lab.director.ended(1, seconds(5));
    assert!(lab.lines().is_empty(), "its end was wanted");
}

#[test]
fn a_server_goes_only_once_its_successor_is_there() {
    let mut lab = Lab::new();
    lab.take(&short(), 0);
    lab.up(0, ONE, 1);
    lab.take(&short().replace("10.0.3.100", "10.0.3.150"), 2);
    lab.director.tick(seconds(7));
    assert_eq!(lab.dests(SERVICE), ["10.0.3.100:8080 1"]);
    lab.up(1, TWO, 8);
    lab.director.tick(seconds(9));
    assert_eq!(lab.dests(SERVICE), ["10.0.3.150:8080 1"]);
}

#[test]
fn a_check_that_two_services_share_can_part_and_join() {
    let mut lab = Lab::new();
    let second = short()
        .replace("LVS_NAT", "SECOND")
        .replace("port = 80\n", "port = 443\n");
    let (_, second) = second.split_once("virtual ").unwrap();
    let both = format!("{}virtual {second}", short());
    lab.take(&both, 0);
    assert_eq!(lab.notes(), ["start 0", "watch 0 2"]);
    let lines = lab.lines();
    assert_eq!(
        lines[2..],
        ["LVS_NAT", "SECOND"]
            .map(|name| { format!("create_monitor for {name}/serveur1 running as pid 1000") })
    );
    lab.director
        .hear(0, is(place(ONE), State::Down, Some("no")), seconds(1));
    let (first, second) = both.split_once("virtual SECOND").unwrap();
    let first = first.replace("expect = \"HTTP\"", "expect = \"220\"");
    lab.take(&format!("{first}virtual SECOND{second}"), 2);
    assert_eq!(lab.notes(), ["watch 0 1", "start 1", "watch 1 1"]);
    let known = |order: &Order| match order {
        Order::Watch(watch) => watch.entries[0].known_down,
        _ => false,
    };
    let orders = lab.orders.borrow();
    assert!(known(&orders[orders.len() - 1]) != known(&orders[orders.len() - 2]));
    drop(orders);
    lab.take(&both, 3);
    assert_eq!(lab.notes(), ["watch 0 2", "let go 1"]);
}

#[test]
fn a_dead_nanny_comes_back_with_what_was_known() {
    let mut lab = Lab::new();
    lab.take(&short(), 0);
    lab.director
        .hear(0, is(place(ONE), State::Down, Some("no")), seconds(1));
    lab.lines();
    lab.notes();
    lab.director.ended(0, seconds(10));
    assert_eq!(
        lab.lines(),
        ["warning: the monitor of LVS_NAT/serveur1 (pid 1000) has died"]
    );
    lab.director.tick(seconds(10));
    assert_eq!(lab.notes(), ["ended 0", "start 0", "watch 0 1"]);
    let orders = lab.orders.borrow();
    let Some(Order::Watch(watch)) = orders.last() else {
        panic!("{orders:?}");
    };
    assert!(watch.entries[0].known_down, "it must reenter");
}

#[test]
fn a_server_that_a_signal_forced_stays_so_whoever_watches_it() {
    for (state, glasses) in [
        (State::ForcedDown, Glasses::Opaque),
        (State::ForcedUp, Glasses::RoseColored),
        (State::Up, Glasses::Clear),
    ] {
        let mut lab = Lab::new();
        lab.take(&short(), 0);
        lab.director
            .hear(0, is(place(ONE), state, None), seconds(1));
        lab.director.ended(0, seconds(10));
        lab.director.tick(seconds(10));
        let orders = lab.orders.borrow();
        let Some(Order::Watch(watch)) = orders.last() else {
            panic!("{orders:?}");
        };
        assert_eq!(watch.entries[0].glasses, Some(glasses));
    }
}

#[test]
fn who_dies_again_and_again_takes_lvsd_down_or_not() {
    for (hard, line) in [(1, "shutting down"), (0, "manual action needed!")] {
        let mut lab = Lab::new();
        lab.take(&format!("hard_shutdown = {hard}\n{}", short()), 0);
        let mut now = 0;
        for _ in 0..5 {
            assert!(!lab.director.has_failed());
            lab.director.ended(0, seconds(now));
            now = lab.director.nannies[0].deadline().unwrap().as_secs();
            lab.director.tick(seconds(now));
        }
        assert_eq!(now, 1 + 4 + 9 + 16, "each time later");
        assert_eq!(lab.director.has_failed(), hard == 1);
        let lines = lab.lines();
        assert!(lines.iter().any(|said| said.ends_with(line)), "{lines:?}");
    }
}

#[test]
fn a_monitor_that_can_t_be_started_is_tried_again_and_takes_nobody_down() {
    let mut lab = Lab::new();
    *lab.refuses.borrow_mut() = true;
    lab.take(&format!("hard_shutdown = 1\n{}", short()), 0);
    let lines = lab.lines();
    assert!(
        lines[1].starts_with("warning: /usr/sbin/nanny can't be started: "),
        "{lines:?}"
    );
    let mut now = 0;
    for _ in 0..8 {
        now = lab.director.nannies[0].deadline().unwrap().as_secs();
        lab.director.tick(seconds(now));
        assert!(!lab.director.has_failed());
    }
    *lab.refuses.borrow_mut() = false;
    lab.director.tick(seconds(now + 30));
    assert_eq!(lab.notes(), ["start 0", "watch 0 1"]);
}

#[test]
fn what_somebody_removes_comes_back_and_what_is_out_of_reach_is_waited_for() {
    let mut lab = Lab::new();
    lab.reachable.store(false, Ordering::Relaxed);
    lab.take(document(), 0);
    let warnings: Vec<_> = lab
        .lines()
        .into_iter()
        .filter(|line| line.starts_with("warning"))
        .collect();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    lab.director.tick(seconds(1));
    assert!(lab.lines().is_empty(), "it is said once");
    lab.reachable.store(true, Ordering::Relaxed);
    lab.director.tick(seconds(2));
    assert_eq!(lab.services().len(), 1);
    lab.client.flush().unwrap();
    lab.director.tick(seconds(7));
    assert_eq!(lab.services().len(), 1);
}

#[test]
fn another_program_s_server_is_known_by_the_table() {
    let mut lab = Lab::new();
    lab.take(&short().replace("/usr/sbin/nanny", "/bin/true"), 0);
    assert_eq!(lab.notes(), ["start 0"]);
    lab.director.tick(seconds(5));
    assert_eq!(lab.dests(SERVICE), [SORRY]);
    let dest = Dest::new([10, 0, 3, 100], 8080, ForwardMethod::MASQUERADE);
    lab.client
        .add_dest(&SERVICE.parse().unwrap(), &dest)
        .unwrap();
    lab.director.tick(seconds(10));
    lab.director.tick(seconds(11));
    assert_eq!(lab.dests(SERVICE), ["10.0.3.100:8080 1"]);
}

#[test]
fn timeouts_are_set_when_they_change() {
    let mut lab = Lab::new();
    let tcp = |lab: &Lab| lab.client.timeouts().unwrap().tcp;
    lab.take(&format!("tcp_timeout = 1800\n{}", short()), 0);
    assert_eq!(tcp(&lab), seconds(1800));
    lab.take(&format!("tcp_timeout = 60\n{}", short()), 1);
    assert_eq!(tcp(&lab), seconds(60));
}
