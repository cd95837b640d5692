//! The document's own steps: `service pulse start`, its log, its processes, its table.

use std::time::{Duration, Instant};

use ipvs_core::{Dest, ForwardMethod, Service, ServiceKey};
use lab::site::turns;
use lab::{Result, Story};

use super::FLOATING;
use crate::cluster::{Cluster, WEB};
use crate::director::Director;
use crate::file;
use crate::log::Line;

/// The document's log, in its order.
const LOG: [&str; 10] = [
    "18:02:52 pulse: STARTING PULSE AS MASTER",
    "18:02:57 pulse: partner dead: activating lvs",
    "18:02:57 lvsd: starting virtual service LVS_NAT active: 80",
    "18:02:57 lvsd: create_monitor for LVS_NAT/serveur1 running as pid N",
    "18:02:57 lvsd: create_monitor for LVS_NAT/serveur2 running as pid N",
    "18:02:57 nanny: starting LVS client monitor for 10.0.2.100:80 -> 10.0.3.100:8080",
    "18:02:57 nanny: starting LVS client monitor for 10.0.2.100:80 -> 10.0.3.150:8080",
    "18:02:58 nanny: [ active ] making 10.0.3.100:8080 available",
    "18:02:58 nanny: [ active ] making 10.0.3.150:8080 available",
    "18:03:03 pulse: gratuitous lvs arps finished",
];

/// The document's processes.
const PROCESSES: [&str; 4] = [
    "pulse",
    "lvsd --nofork -c /etc/sysconfig/ha/lvs.cf",
    r"nanny -c -h 10.0.3.100 -p 80 -r 8080 -s GET / HTTP/1.0\r\n\r\n -x HTTP -a 15 -I /sbin/ipvsadm -t 6 -w 1 -V 10.0.2.100 -M m -U none --nodaemon --lvs",
    r"nanny -c -h 10.0.3.150 -p 80 -r 8080 -s GET / HTTP/1.0\r\n\r\n -x HTTP -a 15 -I /sbin/ipvsadm -t 6 -w 1 -V 10.0.2.100 -M m -U none --nodaemon --lvs",
];

/// How late a line may be read, or how early the one before it.
const READ: Duration = Duration::from_millis(100);

/// How long two seconds may be apart on a busy machine.
const SLACK: Duration = Duration::from_secs(2);

pub(super) fn tell(story: &mut Story) -> Result<()> {
    let mut cluster = Cluster::new(story)?;
    story.step("As in the document, the file names secours as the primary: directeur is off.");
    let stranger = add_stranger(story, &cluster.secours)?;
    story.stands_for(&cluster.secours.host, "service pulse start");
    let secours = &mut cluster.secours;
    let start = secours.start(&file::document()?)?;
    secours.log.wait(
        start,
        "gratuitous lvs arps finished",
        Duration::from_secs(40),
    )?;
    let lines = secours.log.since(start);
    story.beside_document(&LOG, &lines);
    orders(story, &lines);
    times(story, start, &lines);

    story.step("The virtual address, and the servers' gateway, with their labels.");
    let floating = secours.floating()?.join(", ");
    story.check("the aliases of the document are there", FLOATING, floating);
    processes(story, secours)?;
    balance(story, &cluster)?;
    stop(story, &mut cluster.secours, &stranger)
}

/// A service that is none of the file's, as an administrator adds it by hand.
fn add_stranger(story: &mut Story, director: &Director) -> Result<ServiceKey> {
    let key: ServiceKey = "tcp 10.0.2.51:25".parse()?;
    story.stands_for(&director.host, "ipvsadm -A -t 10.0.2.51:25 -s wlc");
    story.stands_for(
        &director.host,
        "ipvsadm -a -t 10.0.2.51:25 -r 10.0.3.100:25 -m",
    );
    director.ipvs.add_service(&Service::new(key))?;
    let dest = Dest::new([10, 0, 3, 100], 25, ForwardMethod::MASQUERADE);
    director.ipvs.add_dest(&key, &dest)?;
    Ok(key)
}

/// Checks that each program's lines, and what one starts of another's, are in the
/// document's order; two nannies, or lvsd and its first nanny, are in no order.
fn orders(story: &mut Story, lines: &[Line]) {
    let words: Vec<&str> = LOG
        .iter()
        .map(|line| line.split_once(": ").map_or(*line, |(_, words)| words))
        .collect();
    let place = |wanted: &str| lines.iter().position(|line| line.words == wanted);
    let mut missing: Vec<&str> = words.clone();
    missing.retain(|words| place(words).is_none());
    story.check(
        "every line of the document is there",
        "",
        missing.join("; "),
    );
    let chains: [(&str, &[usize]); 3] = [
        ("pulse and lvsd", &[0, 1, 2, 3, 4, 9]),
        ("serveur1", &[2, 5, 7, 9]),
        ("serveur2", &[2, 6, 8, 9]),
    ];
    for (who, chain) in chains {
        let places: Vec<_> = chain.iter().map(|&line| place(words[line])).collect();
        let what = format!("the lines of {who} come in the document's order");
        story.check(&what, true, places.is_sorted());
    }
}

/// Checks the document's five seconds before, and its five seconds of ARP behind.
fn times(story: &mut Story, start: Instant, lines: &[Line]) {
    let at = |words: &str| {
        lines
            .iter()
            .find(|line| line.words == words)
            .map(|it| it.at)
    };
    let between = |from: &str, to: &str| match (at(from), at(to)) {
        (Some(from), Some(to)) => to.duration_since(from),
        _ => Duration::MAX,
    };
    let dead = "partner dead: activating lvs";
    let waited = between("STARTING PULSE AS MASTER", dead);
    let five = Duration::from_secs(5);
    story.took("the partner is dead behind deadtime", five + SLACK, waited);
    let late = READ + story.stood_still(start, at(dead).unwrap_or(start));
    story.check("and not before", true, waited.saturating_add(late) >= five);
    let nanny = "create_monitor for LVS_NAT/serveur2 running as pid N";
    let slow = Duration::from_secs(10);
    story.took("lvsd starts the nannies", slow, between(dead, nanny));
    let told = between(nanny, "gratuitous lvs arps finished");
    story.took(
        "the ARPs are told within the document's six seconds",
        Duration::from_secs(6) + SLACK,
        told,
    );
}

fn processes(story: &mut Story, director: &Director) -> Result<()> {
    story.step("CURRENT LVS PROCESSES, as the document's page shows them.");
    let running = director.processes()?;
    story.show(["the document:"]);
    story.show(PROCESSES);
    story.show(["here:"]);
    story.show(&running);
    let programs: Vec<&str> = running.iter().map(|process| process.program()).collect();
    story.check(
        "the same programs run",
        "lvsd, nanny, nanny, pulse",
        sorted(&programs),
    );
    // Where ipvsadm is does not matter: it is not run.
    let options = |line: String| line.replace("-I /usr/sbin/ipvsadm", "-I /sbin/ipvsadm");
    let nannies = running.iter().filter(|it| it.program() == "nanny");
    let mut nannies: Vec<String> = nannies.map(|it| options(it.to_string())).collect();
    nannies.sort_unstable();
    story.check(
        "the nannies have the same options",
        PROCESSES[2..].join("\n"),
        nannies.join("\n"),
    );
    Ok(())
}

fn sorted(words: &[&str]) -> String {
    let mut words = words.to_vec();
    words.sort_unstable();
    words.join(", ")
}

fn balance(story: &mut Story, cluster: &Cluster) -> Result<()> {
    story.step("CURRENT LVS ROUTING TABLE, and six requests from the client.");
    let text = cluster.secours.host.proc_net("ip_vs")?;
    let document = [
        "IP Virtual Server version 1.2.1 (size=4096)",
        "Prot LocalAddress:Port Scheduler Flags",
        "  -> RemoteAddress:Port Forward Weight ActiveConn InActConn",
        "TCP  0A000264:0050 rr persistent 600000 FFFFFFFF",
        "  -> 0A000396:1F90      Masq    1      0          0",
        "  -> 0A000364:1F90      Masq    1      0          0",
    ];
    story.beside_document(&document, text.lines());
    let answers = cluster.client.get_times(WEB, 6)?;
    story.show(&answers);
    story.check(
        "ten minutes of persistence: one server answers all of them",
        [turns(&answers[..1]).as_str(); 6].join(", "),
        turns(&answers),
    );
    let (first, second) = match turns(&answers[..1]).as_str() {
        "1" => (6, 0),
        _ => (0, 6),
    };
    story.table(
        &cluster.secours.ipvs,
        &[
            "TCP  10.0.2.51:25 wlc",
            "  -> 10.0.3.100:25                Masq    1      0          0",
            "TCP  10.0.2.100:80 rr persistent 600",
            &format!("  -> 10.0.3.100:8080              Masq    1      0          {first}"),
            &format!("  -> 10.0.3.150:8080              Masq    1      0          {second}"),
        ],
    )
}

fn stop(story: &mut Story, director: &mut Director, stranger: &ServiceKey) -> Result<()> {
    story.step("It stops: what is its own goes away, what is another's stays.");
    story.stands_for(&director.host, "service pulse stop");
    let start = Instant::now();
    director.stop()?;
    director.show_log(story, start);
    story.eventually("no program is left", 0, || Ok(director.processes()?.len()))?;
    story.check("no floating address", "", director.floating()?.join(", "));
    let services = director.ipvs.services()?;
    let services: Vec<String> = services
        .iter()
        .map(|service| service.service.key.to_string())
        .collect();
    story.check(
        "the service that was added by hand is still there, alone",
        stranger,
        services.join(", "),
    );
    let dests = director.ipvs.dests(stranger)?.len();
    story.check("and has its server", 1, dests);
    Ok(())
}
