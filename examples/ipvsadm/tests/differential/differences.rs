//! Where the original is plainly broken and ours is not: a test for each row of
//! the README's table, by that name.
//!
//! The broken output is expected of the original, so that a mended one is noticed.

use std::path::Path;

use ipvs_core::{
    ForwardMethod, Netmask, Protocol, Scheduler, Service, ServiceFlags, ServiceKey, Table, Tunnel,
    TunnelFlags,
};

use crate::harness::{Test, tests};
use crate::names;
use crate::program::{Outcome, Typed};
use crate::site::{OURS, Room, Site, dest, service, small_table};
use crate::tally;

pub fn tests() -> Vec<Test> {
    tests![
        a_port_behind_brackets_counts,
        a_netmask_may_come_before_its_service,
        a_server_may_come_before_its_service,
        a_prefix_length_is_a_number,
        a_long_name_is_not_cut,
        a_comma_is_no_flag_and_no_crash,
        a_comment_does_not_end_a_restore,
        a_line_for_help_does_not_end_a_restore,
        a_restore_with_a_mistake_changes_nothing,
        a_restore_tells_of_every_failure,
        marks_have_no_sign,
        the_order_holds_for_distant_values,
        thresholds_are_saved,
        a_long_name_is_saved_whole,
        an_ipv6_name_is_saved_as_its_address,
        the_third_flag_has_a_name,
        a_long_list_of_flags_is_read_whole,
        tunnels_with_both_flags_are_shown,
        strange_methods_are_shown,
        a_netmask_is_saved_without_persistence,
        what_no_rule_can_say_is_told,
        a_restore_script_with_a_mistake_keeps_the_table,
        lost_output_is_told
    ]
}

/// Prepares both rooms alike and types the same at both programs.
fn typed_at(site: &Site, table: &Table, typed: impl Into<Typed>) -> [Outcome; 2] {
    tally::count("differences");
    site.set(table);
    let typed = typed.into();
    site.rooms().map(|room| room.run(typed.clone()))
}

/// What a room's kernel has that the small table has not.
fn added(room: &Room) -> Vec<String> {
    let lines = |table: &Table| -> Vec<String> {
        let services = table.services.iter();
        services
            .flat_map(|entry| {
                let dests = entry
                    .dests
                    .iter()
                    .map(|dest| format!("{} {dest}", entry.service.key));
                [entry.service.to_string()]
                    .into_iter()
                    .chain(dests)
                    .collect::<Vec<_>>()
            })
            .collect()
    };
    let known = lines(&small_table());
    let mut lines = lines(&room.table());
    lines.retain(|line| !known.contains(line));
    lines
}

/// What a line adds to the small table, by the original and by ours.
fn adds(site: &Site, line: &str) -> [Vec<String>; 2] {
    for outcome in typed_at(site, &small_table(), line) {
        outcome.success();
    }
    site.rooms().map(added)
}

fn a_port_behind_brackets_counts(site: &Site) {
    let [original, ours] = adds(site, "-A -t [10.0.0.9]:80 -p");
    assert_eq!(
        original,
        ["tcp 10.0.0.9:0 scheduler wlc flags persistent timeout 360"]
    );
    assert_eq!(
        ours,
        ["tcp 10.0.0.9:80 scheduler wlc flags persistent timeout 360"]
    );
}

fn a_netmask_may_come_before_its_service(site: &Site) {
    let [original, ours] = adds(site, "-A -M 64 -t [2001:db8::9]:80 -p");
    let expected = "tcp [2001:db8::9]:80 scheduler wlc flags persistent timeout 360";
    assert_eq!(original, [expected]);
    assert_eq!(ours, [format!("{expected} netmask 64")]);
}

fn a_server_may_come_before_its_service(site: &Site) {
    let [original, ours] = adds(site, "-a -r 10.1.0.9 -t 10.0.0.1:80 -m");
    assert_eq!(original, ["tcp 10.0.0.1:80 10.1.0.9:0 masquerade weight 1"]);
    assert_eq!(ours, ["tcp 10.0.0.1:80 10.1.0.9:80 masquerade weight 1"]);
}

fn a_prefix_length_is_a_number(site: &Site) {
    let line = "-A -t [2001:db8::9]:80 -p -M 64abc";
    let [original, ours] = typed_at(site, &small_table(), line);
    original.success();
    assert!(added(&site.original)[0].ends_with("netmask 64"));
    assert_eq!(ours.complaint(), "illegal ipv6 netmask specified\n");
    assert_eq!(ours.status.code(), Some(2));
    assert_eq!(site.ours.table(), site_table(site));
}

/// The small table as the kernel has it.
fn site_table(site: &Site) -> Table {
    site.original.set(&small_table());
    site.original.table()
}

fn a_long_name_is_not_cut(site: &Site) {
    site.sh(
        "ip link add sync0sync0sync0 type dummy && ip link set sync0sync0sync0 up && \
             ip addr add 10.9.9.1/24 dev sync0sync0sync0",
    );
    let line = "--start-daemon master --mcast-interface sync0sync0sync0x";
    let [original, ours] = typed_at(site, &small_table(), line);
    original.success();
    assert_eq!(site.original.client.daemons().unwrap().len(), 1);
    assert_eq!(ours.complaint(), "No such device\n");
    assert_eq!(ours.status.code(), Some(255));
    assert_eq!(site.ours.client.daemons().unwrap(), []);
    // A daemon that has not run yet is stopped without an answer.
    site.set(&Table::new());
}

fn a_comma_is_no_flag_and_no_crash(site: &Site) {
    let [original, ours] = typed_at(site, &small_table(), "-A -t 10.0.0.9:80 -b ,");
    assert_eq!(original.status.code(), None, "{original}");
    assert_eq!(added(&site.original), [""; 0]);
    ours.success();
    assert_eq!(added(&site.ours), ["tcp 10.0.0.9:80 scheduler wlc"]);
}

const GOOD: &str = "-A -t 10.0.0.9:80 -s rr\n";
const ANOTHER: &str = "-A -t 10.0.0.9:81 -s rr\n";

fn restore(site: &Site, rules: &[&str]) -> [Outcome; 2] {
    typed_at(
        site,
        &small_table(),
        Typed::from("-R").with_input(rules.concat()),
    )
}

fn a_comment_does_not_end_a_restore(site: &Site) {
    let [original, ours] = restore(site, &[GOOD, "# another\n", ANOTHER]);
    assert_eq!(original.status.code(), Some(255), "{original}");
    assert_eq!(added(&site.original).len(), 1);
    ours.success();
    assert_eq!(added(&site.ours).len(), 2);
}

fn a_line_for_help_does_not_end_a_restore(site: &Site) {
    let [original, ours] = restore(site, &[GOOD, "-h\n", ANOTHER]);
    original.success();
    assert_eq!(added(&site.original).len(), 1);
    ours.success();
    assert_eq!(added(&site.ours).len(), 2);
}

fn a_restore_with_a_mistake_changes_nothing(site: &Site) {
    let [original, ours] = restore(site, &[GOOD, "-A -t nothing\n", ANOTHER]);
    assert_eq!(original.status.code(), Some(2), "{original}");
    assert_eq!(added(&site.original).len(), 1);
    assert_eq!(ours.status.code(), Some(2), "{ours}");
    assert!(ours.complaint().contains("line 2"), "{ours}");
    assert_eq!(added(&site.ours), [""; 0]);
}

fn a_restore_tells_of_every_failure(site: &Site) {
    let known = "-A -t 10.0.0.1:80 -s rr\n";
    let [original, ours] = restore(site, &[known, GOOD]);
    assert_eq!(original.status.code(), Some(0), "{original}");
    assert_eq!(ours.status.code(), Some(255), "{ours}");
    assert_eq!(ours.stderr, original.stderr);
    // Both went on.
    assert_eq!(added(&site.ours), added(&site.original));
}

fn marks_have_no_sign(site: &Site) {
    let table = Table::new().with_service(service("fwmark 4294967295"), vec![]);
    for (line, number) in [("-L -n", "FWM  -1 wlc"), ("-S -n", "-f -1 -s wlc")] {
        let [original, ours] = typed_at(site, &table, line).map(|outcome| outcome.success());
        assert!(original.contains(number), "{original}");
        assert_eq!(ours, original.replace("-1 ", "4294967295 "));
    }
}

fn the_order_holds_for_distant_values(site: &Site) {
    let masquerade = |key| dest(key, ForwardMethod::MASQUERADE);
    let dests = vec![masquerade("10.1.0.1:80"), masquerade("192.168.1.1:80")];
    let table = Table::new()
        .with_service(service("tcp 10.0.0.1:80"), dests)
        .with_service(service("tcp 192.168.0.1:80"), vec![])
        .with_service(service("fwmark 1"), vec![])
        .with_service(service("fwmark 4294967295"), vec![]);
    let names = [
        "10.0.0.1",
        "10.1.0.1",
        "192.168.0.1",
        "192.168.1.1",
        "FWM  1 ",
    ];
    let order = |text: &str| names.map(|name| text.find(name).unwrap());
    let [original, ours] = typed_at(site, &table, "-L -n").map(|outcome| outcome.success());
    let [one, one_dest, other, other_dest, _] = order(&original);
    assert!(other < one && other_dest < one_dest, "{original}");
    let [one, one_dest, other, other_dest, mark] = order(&ours);
    assert!(one < other && one_dest < other_dest, "{ours}");
    assert!(mark < ours.find("4294967295").unwrap(), "{ours}");
}

fn thresholds_are_saved(site: &Site) {
    let web = dest("10.1.0.1:80", ForwardMethod::MASQUERADE).with_thresholds(100, 50);
    let table = Table::new().with_service(service("tcp 10.0.0.1:80"), vec![web]);
    let [original, ours] = typed_at(site, &table, "-S -n").map(|outcome| outcome.success());
    let expected = "-A -t 10.0.0.1:80 -s wlc\n-a -t 10.0.0.1:80 -r 10.1.0.1:80 -m -w 1";
    assert_eq!(original, format!("{expected}\n"));
    assert_eq!(ours, format!("{expected} -x 100 -y 50\n"));
}

fn a_long_name_is_saved_whole(site: &Site) {
    names::write();
    let table = Table::new().with_service(service("tcp 10.9.0.2:80"), vec![]);
    let [original, ours] = typed_at(site, &table, "-S").map(|outcome| outcome.success());
    let name = "averyveryverylongname.with.many.labels.that.does.not.fit.the.example";
    assert_eq!(original, format!("-A -t {} -s wlc\n", &name[..59]));
    assert_eq!(ours, format!("-A -t {name}:http -s wlc\n"));
}

/// Which neither of them would read again: names are IPv4's alone.
fn an_ipv6_name_is_saved_as_its_address(site: &Site) {
    names::write();
    let table = Table::new().with_service(service("tcp [2001:db8::9]:80"), vec![]);
    let [original, ours] = typed_at(site, &table, "-S").map(|outcome| outcome.success());
    assert_eq!(original, "-A -t [six.example]:http -s wlc\n");
    assert_eq!(ours, "-A -t [2001:db8::9]:http -s wlc\n");
}

fn the_third_flag_has_a_name(site: &Site) {
    let web = service("tcp 10.0.0.1:80")
        .with_scheduler(Scheduler::SH)
        .with_flags(ServiceFlags::SCHEDULER_3);
    let table = Table::new().with_service(web, vec![]);
    for (line, original_flags, our_flags) in [
        ("-L -n", "sh ()\n", "sh (flag-3)\n"),
        ("-S -n", "-s sh -b \n", "-s sh -b flag-3\n"),
    ] {
        let [original, ours] = typed_at(site, &table, line).map(|outcome| outcome.success());
        assert!(original.ends_with(original_flags), "{original}");
        assert_eq!(ours, original.replace(original_flags, our_flags));
    }
}

fn a_long_list_of_flags_is_read_whole(site: &Site) {
    let flags = ["flag-1,"; 30].concat() + "flag-2";
    let [original, ours] = typed_at(
        site,
        &Table::new(),
        &format!("-A -t 10.0.0.1:80 -b {flags}"),
    );
    // It is cut in the middle of a flag.
    assert!(original.complaint().starts_with("invalid scheduler flag `"));
    ours.success();
    let flags = site.ours.table().services[0].service.flags;
    assert_eq!(flags, ServiceFlags::SCHEDULER_1 | ServiceFlags::SCHEDULER_2);
}

fn tunnels_with_both_flags_are_shown(site: &Site) {
    let both_flags = TunnelFlags::CHECKSUM | TunnelFlags::REMOTE_CHECKSUM;
    for (tunnel, shown) in [
        (Tunnel::gue(65535).with_flags(both_flags), "gue:65535:+cr+c"),
        (Tunnel::gre().with_flags(both_flags), "gre:+cr+c"),
    ] {
        let far = dest("10.1.0.1:80", ForwardMethod::TUNNEL).with_tunnel(tunnel);
        let table = Table::new().with_service(service("tcp 10.0.0.1:80"), vec![far]);
        let [original, ours] = typed_at(site, &table, "-L -n --tun-info");
        let expected = format!(
            "  -> {:<28} Tunnel  {shown:<13} 1      0          0         \n",
            "10.1.0.1:80"
        );
        // It prints, or dies of, whatever lies behind its table of flags.
        assert!(!original.text().ends_with(&expected), "{original}");
        assert!(ours.success().ends_with(&expected), "{ours}");
    }
}

fn strange_methods_are_shown(site: &Site) {
    for (number, shown) in [(4, "Bypass"), (5, "5")] {
        let odd = dest("10.1.0.1:80", ForwardMethod::new(number).unwrap());
        let table = Table::new().with_service(service("tcp 10.0.0.1:80"), vec![odd]);
        let [original, ours] = typed_at(site, &table, "-L -n").map(|outcome| outcome.success());
        assert!(original.contains(" (null)  "), "{original}");
        assert_eq!(ours, original.replace("(null) ", &format!("{shown:<7}")));
    }
}

fn a_netmask_is_saved_without_persistence(site: &Site) {
    let netmask = Netmask::V4([255, 255, 255, 0].into());
    let web = service("tcp 10.0.0.1:80").with_persistence_netmask(netmask);
    let table = Table::new().with_service(web, vec![]);
    let [original, ours] = typed_at(site, &table, "-S -n").map(|outcome| outcome.success());
    assert_eq!(original, "-A -t 10.0.0.1:80 -s wlc\n");
    assert_eq!(ours, "-A -t 10.0.0.1:80 -s wlc -M 255.255.255.0\n");
}

fn what_no_rule_can_say_is_told(site: &Site) {
    let odd = Service::new(ServiceKey::address(Protocol::new(50), [10, 0, 0, 2], 80));
    let server = dest("10.1.0.1:80", ForwardMethod::MASQUERADE);
    let table = Table::new()
        .with_service(odd, vec![server])
        .with_service(service("udp 10.0.0.3:53"), vec![server]);
    let [original, ours] = typed_at(site, &table, "-S -n");
    // Rules that are none, and no word of it.
    let rules = original.success();
    assert!(rules.contains("10.0.0.2:80"), "{rules}");
    site.original.set(&Table::new());
    let restored = site.original.run(Typed::from("-R").with_input(rules));
    assert!(!restored.complaint().is_empty(), "{restored}");
    assert_eq!(
        ours.text(),
        "-A -u 10.0.0.3:53 -s wlc\n-a -u 10.0.0.3:53 -r 10.1.0.1:80 -m -w 1\n"
    );
    assert!(ours.complaint().contains("50 10.0.0.2:80"), "{ours}");
    assert_eq!(ours.status.code(), Some(1));
}

fn a_restore_script_with_a_mistake_keeps_the_table(site: &Site) {
    tally::count("differences");
    site.set(&small_table());
    let before = site.ours.table();
    let restore = Path::new("ipvsadm-restore");
    let folders = [Path::new("/usr/sbin"), Path::new(OURS)];
    let rules = Typed::from("").with_input("-A -t 10.0.0.9:80\n-A -t nothing\n");
    for (room, folder) in site.rooms().into_iter().zip(folders) {
        let outcome = room.run_other(&folder.join(restore), rules.clone());
        assert_eq!(outcome.status.code(), Some(2), "{outcome}");
    }
    let key: ServiceKey = "tcp 10.0.0.9:80".parse().unwrap();
    let left = site.original.table().services;
    assert!(left.iter().map(|entry| entry.service.key).eq([key]));
    assert_eq!(site.ours.table(), before);
}

fn lost_output_is_told(site: &Site) {
    tally::count("differences");
    let [original, ours] = site.rooms().map(|room| {
        let script = format!("exec {} -L -n >/dev/full", room.program.display());
        room.run_other(
            Path::new("/bin/sh"),
            Typed::words(["-c", &script]).called("sh"),
        )
    });
    original.success();
    assert_eq!(ours.complaint(), "cannot write: No space left on device\n");
    assert_eq!(ours.status.code(), Some(1));
}
