//! The services of a file, and their nannies.

use std::io::Write;

use ipvs_core::Service;
use lvs::control::ask;
use lvs::lvsd::RELOADED;
use lvs::status::{Lvsd, RealServer, State};
use rustix::process::{Pid, Signal, kill_process};

use crate::harness::{Test, tests};
use crate::load::Load;
use crate::program::{Program, find};
use crate::site::{LVS, Site, until};
use crate::web::Web;

const SERVICE: &str = "tcp 10.0.2.100:80";
const SECURE: &str = "tcp 10.0.2.100:443";
const BOTH: &[&str] = &["127.0.0.1:8080 1", "127.0.0.2:8080 1"];

pub fn tests() -> Vec<Test> {
    tests![
        the_log_of_the_document_and_a_clean_end,
        a_sorry_server_is_there_while_nobody_else_is,
        a_reload_applies_every_change_and_loses_nothing,
        a_refused_file_changes_nothing,
        a_hangup_while_the_file_is_read_is_a_reload,
        what_is_killed_comes_back,
        what_replaces_the_program_is_started_next,
        services_can_stay,
        without_nofork_it_returns_when_it_serves,
        a_monitor_of_another_make,
        under_load_nothing_is_lost,
    ]
}

/// The document's file in short, with addresses of `lo`; `more` goes into the service.
fn file(site: &Site, more: &str, rest: &str) -> String {
    let server = |name: &str, address: &str| {
        format!(
            "  server {name} {{\n address = {address}\n active = 1\n port = 8080\n weight = 1\n }}\n"
        )
    };
    let servers = server("serveur1", "127.0.0.1") + &server("serveur2", "127.0.0.2");
    let text = format!(
        "serial_no = 7\nprimary = 127.0.0.1\nservice = lvs\nnetwork = nat\n{rest}\n\
         virtual LVS_NAT {{\n active = 1\n address = 10.0.2.100 eth0:0\n port = 80\n\
         send = \"GET / HTTP/1.0\\r\\n\\r\\n\"\n expect = \"HTTP\"\n scheduler = rr\n protocol = tcp\n\
         timeout = 20\n interval = 1\n reentry = 2\n{more}\n{servers}}}\n"
    );
    site.file("lvs.cf", &text)
}

/// Another service with the same two servers and the same check.
fn second() -> String {
    let block = "virtual SECURE {\n active = 1\n address = 10.0.2.100 eth0:0\n port = 443\n\
         send = \"GET / HTTP/1.0\\r\\n\\r\\n\"\n expect = \"HTTP\"\n scheduler = wlc\n\
         timeout = 20\n interval = 2\n reentry = 2\n\
         server serveur1 {\n address = 127.0.0.1\n active = 1\n port = 8080\n weight = 1\n }\n}\n";
    block.into()
}

fn start(site: &Site, path: &str) -> Program {
    site.start("lvsd", &["--nofork", "-c", path])
}

fn status(site: &Site) -> Lvsd {
    let answer = ask(&site.run.path().join("lvsd.sock"), "status").unwrap();
    serde_json::from_str(&answer).unwrap()
}

fn servers(site: &Site) -> Vec<RealServer> {
    status(site).services[0].servers.clone()
}

fn reload(site: &Site) -> String {
    ask(&site.run.path().join("lvsd.sock"), "reload").unwrap()
}

fn webs(site: &Site) -> [Web; 2] {
    ["127.0.0.1:8080", "127.0.0.2:8080"].map(|address| Web::open(site, address))
}

fn kill(pid: Option<u32>) {
    let pid = pid.and_then(|pid| Pid::from_raw(i32::try_from(pid).unwrap()));
    kill_process(pid.unwrap(), Signal::KILL).unwrap();
}

fn the_log_of_the_document_and_a_clean_end(site: &Site) {
    let _webs = webs(site);
    let others = Service::new("fwmark 7".parse().unwrap());
    site.client.add_service(&others).unwrap();
    let mut lvsd = start(site, &file(site, "persistent = 600", "tcp_timeout = 1800"));
    site.expect(SERVICE, BOTH);
    until("two lines", || {
        lvsd.log()
            .iter()
            .filter(|line| line.contains("[ active ]"))
            .count()
            == 2
    });
    let log = lvsd.log();
    let log: Vec<(&str, &str)> = log
        .iter()
        .filter_map(|line| line.split_once("]: "))
        .filter(|(_, said)| !said.contains("lvs.cf"))
        .collect();
    let said: Vec<&str> = log.iter().map(|(_, said)| *said).collect();
    assert_eq!(said[0], "starting virtual service LVS_NAT active: 80");
    let active = said
        .iter()
        .position(|said| said.starts_with("[ active ] making 127.0.0."));
    // Who comes first of lvsd and the two nannies is open.
    let (own, nannies): (Vec<_>, Vec<_>) = log[1..active.unwrap()]
        .iter()
        .partition(|(who, _)| who.starts_with("lvsd["));
    assert_eq!(own.len(), 2, "{log:?}");
    for ((_, line), name) in own.iter().zip(["serveur1", "serveur2"]) {
        let words = format!("create_monitor for LVS_NAT/{name} running as pid ");
        let pid = line.strip_prefix(&words).unwrap();
        let command = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap();
        let command = String::from_utf8(command).unwrap().replace('\0', " ");
        assert!(
            command.starts_with("/usr/sbin/nanny -c -h 127.0.0."),
            "{command}"
        );
    }
    let mut starts: Vec<&str> = nannies.iter().map(|(_, said)| *said).collect();
    starts.sort_unstable();
    let start = |server| format!("starting LVS client monitor for 10.0.2.100:80 -> {server}:8080");
    assert_eq!(starts, ["127.0.0.1", "127.0.0.2"].map(start));
    let services = site.client.services().unwrap();
    let text: Vec<String> = services
        .iter()
        .map(|entry| entry.service.to_string())
        .collect();
    assert_eq!(
        text,
        [
            "tcp 10.0.2.100:80 scheduler rr flags persistent timeout 600",
            "fwmark 7 scheduler wlc"
        ]
    );
    assert_eq!(site.client.timeouts().unwrap().tcp.as_secs(), 1800);
    lvsd.signal(Signal::TERM);
    assert!(lvsd.end().success());
    let left = site.client.services().unwrap();
    assert_eq!(left.len(), 1, "nobody else's service goes");
    assert!(!site.run.path().join("lvsd.sock").exists());
}

fn a_sorry_server_is_there_while_nobody_else_is(site: &Site) {
    let webs = webs(site);
    let _lvsd = start(site, &file(site, "sorry_server = 127.0.0.9", ""));
    site.expect(SERVICE, BOTH);
    let seen = std::sync::Mutex::new(Vec::new());
    let over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(std::sync::atomic::Ordering::Relaxed) {
                seen.lock().unwrap().push(site.dests(SERVICE));
                // The nannies need the machine, too.
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
        });
        drop(webs);
        site.expect(SERVICE, &["127.0.0.9:80 1"]);
        assert_eq!(status(site).services[0].sorry, Some(true));
        let _webs = self::webs(site);
        site.expect(SERVICE, BOTH);
        over.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    let seen = seen.into_inner().unwrap();
    assert!(
        seen.iter().all(|dests| !dests.is_empty()),
        "never nobody: {seen:?}"
    );
    until("the word", || status(site).services[0].sorry == Some(false));
}

fn a_reload_applies_every_change_and_loses_nothing(site: &Site) {
    let _webs = webs(site);
    let path = file(site, "", "");
    let lvsd = start(site, &path);
    site.expect(SERVICE, BOTH);
    until("health", || {
        servers(site)
            .iter()
            .all(|server| server.health.state == State::Up)
    });
    let before = servers(site);
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text
        .replace("scheduler = rr", "scheduler = wrr\n persistent = 60")
        .replacen("weight = 1", "weight = 1\n upper_threshold = 90", 1)
        .replace("interval = 1", "interval = 2");
    std::fs::write(&path, text + &second()).unwrap();
    assert_eq!(reload(site), RELOADED);
    let service = site
        .client
        .service(&SERVICE.parse().unwrap())
        .unwrap()
        .service;
    assert_eq!(
        service.to_string(),
        "tcp 10.0.2.100:80 scheduler wrr flags persistent timeout 60"
    );
    site.expect(SERVICE, BOTH);
    site.expect(SECURE, &["127.0.0.1:8080 1"]);
    let dest = || {
        site.client.dest(
            &SERVICE.parse().unwrap(),
            &"127.0.0.1:8080".parse().unwrap(),
        )
    };
    until("the threshold", || {
        dest().unwrap().dest.upper_threshold == 90
    });
    let after = servers(site);
    assert_eq!(after[0].nanny, before[0].nanny, "the same nanny goes on");
    assert_eq!(after[1].health.since, before[1].health.since);
    assert_eq!(lvsd.count("making 127.0.0.2:8080 available"), 1);
    // One server and one service go again.
    let text = std::fs::read_to_string(file(site, "", "")).unwrap();
    let (head, _) = text.split_once("  server serveur2").unwrap();
    std::fs::write(&path, format!("{head}}}\n")).unwrap();
    lvsd.signal(Signal::HUP);
    site.expect(SERVICE, &BOTH[..1]);
    until("one service", || site.client.services().unwrap().len() == 1);
    assert_eq!(servers(site)[0].nanny, before[0].nanny);
}

fn a_refused_file_changes_nothing(site: &Site) {
    let _webs = webs(site);
    let path = file(site, "", "");
    let lvsd = start(site, &path);
    site.expect(SERVICE, BOTH);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("interval = 1", "interval = ten")).unwrap();
    let refusal = reload(site);
    assert!(refusal.contains("line 15, column"), "{refusal}");
    assert!(refusal.contains("integer expected"), "{refusal}");
    lvsd.says(&refusal);
    assert_eq!(status(site).refused.as_deref(), Some(refusal.as_str()));
    site.expect(SERVICE, BOTH);
    std::fs::write(
        &path,
        text.replace("expect = \"HTTP\"", "expect = \"(\"\n use_regex = 1"),
    )
    .unwrap();
    assert!(reload(site).contains("no regular expression"));
    std::fs::write(&path, text).unwrap();
    assert_eq!(reload(site), RELOADED);
    assert_eq!(status(site).refused, None);
}

fn a_hangup_while_the_file_is_read_is_a_reload(site: &Site) {
    let _webs = webs(site);
    let path = file(site, "", "");
    let text = std::fs::read_to_string(&path).unwrap();
    site.sh(&format!("rm {path}; busybox mkfifo {path}"));
    let lvsd = start(site, &path);
    // That waits for the reader.
    let mut pipe = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, &text).unwrap();
    lvsd.signal(Signal::HUP);
    pipe.write_all(text.as_bytes()).unwrap();
    drop(pipe);
    lvsd.says("reloaded");
    site.expect(SERVICE, BOTH);
}

/// A package's upgrade removes the file that runs.
fn what_replaces_the_program_is_started_next(site: &Site) {
    let _webs = webs(site);
    let own = site.run.path().join("own");
    std::fs::copy(LVS, &own).unwrap();
    let words = ["--nofork", "-c", &file(site, "", "")];
    let _lvsd = site.start_program(&own, "lvsd", &words);
    site.expect(SERVICE, BOTH);
    let first = servers(site)[0].nanny;
    let script = format!("#!/bin/sh\nexec {LVS} nanny \"$@\"\n");
    let next = site.file("next", &script);
    site.sh(&format!("chmod 755 {next}; mv {next} {}", own.display()));
    kill(first);
    until("another nanny", || {
        let nanny = servers(site)[0].nanny.filter(|pid| Some(*pid) != first);
        let program = nanny.and_then(|pid| std::fs::read_link(format!("/proc/{pid}/exe")).ok());
        program.is_some_and(|program| program == std::path::Path::new(LVS))
    });
    assert_eq!(site.dests(SERVICE), BOTH);
}

fn what_is_killed_comes_back(site: &Site) {
    let webs = webs(site);
    let path = file(site, "", "");
    let mut lvsd = start(site, &path);
    site.expect(SERVICE, BOTH);
    let first = servers(site)[0].nanny;
    kill(first);
    until("another nanny", || {
        servers(site)[0].nanny.is_some_and(|pid| Some(pid) != first)
    });
    assert_eq!(site.dests(SERVICE), BOTH);
    let nannies: Vec<u32> = servers(site)
        .iter()
        .filter_map(|server| server.nanny)
        .collect();
    lvsd.signal(Signal::KILL);
    lvsd.end();
    let gone = |pid: &u32| !std::path::Path::new(&format!("/proc/{pid}")).exists();
    until("no nanny", || nannies.iter().all(gone));
    assert_eq!(site.dests(SERVICE), BOTH, "the table goes on");
    // What left the file meanwhile goes at the next start, and nothing else does.
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("port = 80\n", "port = 81\n")).unwrap();
    let lvsd = start(site, &path);
    site.expect("tcp 10.0.2.100:81", BOTH);
    until("no old service", || {
        site.client.services().unwrap().len() == 1
    });
    drop(webs);
    site.expect("tcp 10.0.2.100:81", &[]);
    drop(lvsd);
}

fn services_can_stay(site: &Site) {
    let _webs = webs(site);
    let path = file(site, "", "keep_services = 1");
    let mut lvsd = start(site, &path);
    site.expect(SERVICE, BOTH);
    lvsd.signal(Signal::TERM);
    assert!(lvsd.end().success());
    assert_eq!(site.dests(SERVICE), BOTH);
    let lvsd = start(site, &path);
    until("health", || {
        lvsd.said("active: 80")
            && servers(site)
                .iter()
                .all(|server| server.health.state == State::Up)
    });
    assert_eq!(lvsd.count("available"), 0, "nothing had to change");
}

fn without_nofork_it_returns_when_it_serves(site: &Site) {
    let _webs = webs(site);
    let path = file(site, "", "");
    let mut first = site.start("lvsd", &["-c", &path]);
    assert!(first.end().success());
    let pid = status(site).pid;
    assert_ne!(pid, first.id());
    site.expect(SERVICE, BOTH);
    let mut second = site.start("lvsd", &["-c", &path]);
    assert_eq!(second.end().code(), Some(1));
    second.says("lvsd runs already");
    site.sh(&format!("kill {pid}"));
    until("no service", || site.client.services().unwrap().is_empty());
}

fn a_monitor_of_another_make(site: &Site) {
    let script = "#!/bin/sh\nprintf '%s\n' \"$*\" >>$LVS_RUN_DIR/words\nexec sleep 611\n";
    let monitor = site.file("monitor", script);
    site.sh(&format!("chmod 755 {monitor}"));
    let path = file(site, &format!("client_monitor = {monitor}"), "");
    let words = site.run.path().join("words");
    let told = |times: usize| {
        until("two monitors", || {
            std::fs::read_to_string(&words).is_ok_and(|words| words.lines().count() == 2 * times)
        });
    };
    let mut lvsd = start(site, &path);
    told(1);
    let first = std::fs::read_to_string(&words).unwrap();
    let line = "-c -h 127.0.0.1 -p 80 -r 8080 -s GET / HTTP/1.0";
    assert!(
        first.lines().any(|words| words.starts_with(line)),
        "{first}"
    );
    // They don't outlive it, whatever ends it.
    until("two that sleep", || find("sleep 611").is_some());
    lvsd.signal(Signal::KILL);
    lvsd.end();
    until("no monitor", || find("sleep 611").is_none());
    let mut lvsd = start(site, &path);
    told(2);
    lvsd.signal(Signal::TERM);
    assert!(lvsd.end().success());
    until("no monitor", || find("sleep 611").is_none());
}

/// Real requests, while servers leave and come back, services change, and parts are killed.
fn under_load_nothing_is_lost(site: &Site) {
    site.sh("for ip in 10.0.2.100 10.0.3.1 10.0.3.2; do ip addr add $ip/32 dev lo; done");
    let _webs = ["10.0.3.1:8080", "10.0.3.2:8080"].map(|address| Web::open(site, address));
    let path = file(site, "", "");
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text.replace("127.0.0.", "10.0.3.");
    std::fs::write(&path, &text).unwrap();
    let both = ["10.0.3.1:8080 1", "10.0.3.2:8080 1"];
    let mut lvsd = start(site, &path);
    site.expect(SERVICE, &both);
    let load = Load::on(site, "10.0.2.100:80");
    let goes_on = |after: &str| {
        load.more();
        assert_eq!(load.lost(), Vec::<String>::new(), "{after}");
    };
    goes_on("the start");
    let (head, _) = text.split_once("  server serveur2").unwrap();
    // (Not the scheduler: the kernel has none for a moment, and refuses who comes then.)
    let one = format!("{head}}}\n").replace("timeout = 20", "timeout = 15");
    std::fs::write(&path, one).unwrap();
    assert_eq!(reload(site), RELOADED);
    until("one server", || {
        !site.dests(SERVICE).contains(&both[1].to_owned())
    });
    goes_on("a server left");
    std::fs::write(&path, &text).unwrap();
    assert_eq!(reload(site), RELOADED);
    site.expect(SERVICE, &both);
    goes_on("it came back");
    kill(servers(site)[0].nanny);
    goes_on("a nanny was killed");
    lvsd.signal(Signal::KILL);
    lvsd.end();
    goes_on("lvsd was killed");
    let _lvsd = start(site, &path);
    until("an answer", || {
        ask(&site.run.path().join("lvsd.sock"), "status").is_ok()
    });
    until("health", || {
        servers(site)
            .iter()
            .all(|server| server.health.state == State::Up)
    });
    goes_on("the next lvsd came");
    assert_eq!(site.dests(SERVICE), both);
}
