//! The checker, started by hand.

use ipvs_core::{DestEdit, Service};
use rustix::process::{Signal, kill_process};

use crate::harness::{Test, tests};
use crate::program::{Program, find};
use crate::site::{Site, until};
use crate::web::Web;

const SERVICE: &str = "tcp 10.0.2.100:80";
const SERVER: &str = "127.0.0.1:8080";

pub fn tests() -> Vec<Test> {
    tests![
        a_mistake_of_usage_ends_at_once,
        a_server_is_let_in_taken_out_and_let_in_again,
        signals_force_it_down_and_up,
        another_one_goes_on_after_a_kill,
        a_program_that_hangs_is_down_and_holds_no_signal_up,
        without_nofork_it_leaves_the_terminal,
    ]
}

fn add_service(site: &Site) {
    let service = Service::new(SERVICE.parse().unwrap());
    site.client.add_service(&service).unwrap();
}

/// The document's command line, a second between two checks.
fn nanny(site: &Site, more: &[&str]) -> Program {
    let line = "-c -h 127.0.0.1 -p 80 -r 8080 -a 2 -I /sbin/ipvsadm -t 1 -w 1 -V 10.0.2.100 -M m \
                -U none --nodaemon --lvs";
    let words: Vec<&str> = line
        .split_whitespace()
        .chain(more.iter().copied())
        .collect();
    site.start("nanny", &words)
}

fn page(site: &Site) -> Program {
    nanny(
        site,
        &[
            "-s",
            r"GET / HTTP/1.0\r\n\r\n",
            "-x",
            "HTTP",
            "--timeout",
            "20",
        ],
    )
}

fn a_mistake_of_usage_ends_at_once(site: &Site) {
    let mut program = nanny(site, &["--nonsense"]);
    assert_eq!(program.end().code(), Some(2));
    program.says("nanny: invalid option 'nonsense'");
    assert!(site.client.services().unwrap().is_empty());
}

fn a_server_is_let_in_taken_out_and_let_in_again(site: &Site) {
    add_service(site);
    let web = Web::open(site, SERVER);
    let mut nanny = page(site);
    nanny.says("starting LVS client monitor for 10.0.2.100:80 -> 127.0.0.1:8080");
    nanny.says("[ active ] making 127.0.0.1:8080 available");
    site.expect(SERVICE, &["127.0.0.1:8080 1"]);
    drop(web);
    nanny.says("[inactive] shutting down 127.0.0.1:8080 due to connection failure");
    site.expect(SERVICE, &[]);
    let _web = Web::open(site, SERVER);
    site.expect(SERVICE, &["127.0.0.1:8080 1"]);
    // Told behind the change of the table.
    until("the word", || {
        nanny.count("[ active ] making 127.0.0.1:8080 available") == 2
    });
    // Somebody else's hand: it is put right.
    let (service, server) = (SERVICE.parse().unwrap(), SERVER.parse().unwrap());
    site.client.remove_dest(&service, &server).unwrap();
    site.expect(SERVICE, &["127.0.0.1:8080 1"]);
    nanny.signal(Signal::TERM);
    assert!(nanny.end().success());
    nanny.says("Terminating due to signal 15");
    site.expect(SERVICE, &[]);
}

fn signals_force_it_down_and_up(site: &Site) {
    add_service(site);
    let web = Web::open(site, SERVER);
    let nanny = page(site);
    site.expect(SERVICE, &["127.0.0.1:8080 1"]);
    nanny.signal(Signal::USR1);
    nanny.says("opaque glasses on");
    site.expect(SERVICE, &[]);
    nanny.signal(Signal::USR2);
    nanny.says("rose-colored glasses on");
    site.expect(SERVICE, &["127.0.0.1:8080 1"]);
    drop(web);
    until("a failed check", || {
        nanny.log().iter().any(|line| line.contains("CONNECT to "))
    });
    site.expect(SERVICE, &["127.0.0.1:8080 1"]);
    nanny.signal(Signal::HUP);
    site.expect(SERVICE, &[]);
}

fn another_one_goes_on_after_a_kill(site: &Site) {
    add_service(site);
    let web = Web::open(site, SERVER);
    let mut first = page(site);
    site.expect(SERVICE, &["127.0.0.1:8080 1"]);
    let (service, server) = (SERVICE.parse().unwrap(), SERVER.parse().unwrap());
    let limit = DestEdit::new().with_upper_threshold(100);
    site.client.edit_dest(&service, &server, &limit).unwrap();
    first.signal(Signal::KILL);
    first.end();
    site.expect(SERVICE, &["127.0.0.1:8080 1"]);
    let before = web.asked();
    let second = page(site);
    until("a check", || web.asked() > before + 1);
    assert!(!second.said("[ active ] making 127.0.0.1:8080 available"));
    let found = site.client.dest(&service, &server).unwrap();
    assert_eq!(found.dest.upper_threshold, 100);
    drop(web);
    site.expect(SERVICE, &[]);
}

fn a_program_that_hangs_is_down_and_holds_no_signal_up(site: &Site) {
    add_service(site);
    let mut nanny = nanny(site, &["-e", "sleep 622", "--timeout", "10", "-q"]);
    nanny.says("starting LVS client monitor for 10.0.2.100:80 -> 127.0.0.1:8080");
    nanny.signal(Signal::USR2);
    site.expect(SERVICE, &["127.0.0.1:8080 1"]);
    nanny.signal(Signal::USR1);
    site.expect(SERVICE, &["127.0.0.1:8080 0"]);
    nanny.says("sleep did not end within 10s");
    until("the next one", || find("sleep 622").is_some());
    nanny.signal(Signal::TERM);
    assert!(nanny.end().success());
    site.expect(SERVICE, &[]);
    until("no check's program", || find("sleep 622").is_none());
}

fn without_nofork_it_leaves_the_terminal(site: &Site) {
    add_service(site);
    let _web = Web::open(site, SERVER);
    let line = "--lvs -h 127.0.0.1 -r 8080 -V 10.0.2.100 -t 1";
    let words: Vec<&str> = line.split(' ').collect();
    let mut first = site.start("nanny", &words);
    assert!(first.end().success());
    site.expect(SERVICE, &["127.0.0.1:8080 1"]);
    let second = find("nanny --lvs -h 127.0.0.1");
    kill_process(second.unwrap(), Signal::TERM).unwrap();
    site.expect(SERVICE, &[]);
}
