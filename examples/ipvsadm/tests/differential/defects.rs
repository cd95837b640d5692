//! More of what `differences` begins: what the original makes of tables that other
//! programs wrote. A test for each row of the README's table.

use std::path::Path;

use ipvs_core::{
    ForwardMethod, Netmask, Protocol, Scheduler, Service, ServiceFlags, ServiceKey, Table, Tunnel,
    TunnelFlags,
};

use crate::harness::{Test, tests};
use crate::program::{Outcome, Typed};
use crate::site::{OURS, Site, dest, service, small_table};
use crate::tally;

pub fn tests() -> Vec<Test> {
    tests![
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

/// Prepares both rooms alike and runs a line at both programs.
fn both(site: &Site, table: &Table, line: &str) -> [Outcome; 2] {
    tally::count("differences");
    site.set(table);
    site.rooms().map(|room| room.run(line))
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
        let [original, ours] = both(site, &table, line).map(|outcome| outcome.success());
        assert!(original.ends_with(original_flags), "{original}");
        assert_eq!(ours, original.replace(original_flags, our_flags));
    }
}

fn a_long_list_of_flags_is_read_whole(site: &Site) {
    let flags = ["flag-1,"; 30].concat() + "flag-2";
    let [original, ours] = both(
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
        let [original, ours] = both(site, &table, "-L -n --tun-info");
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
        let [original, ours] = both(site, &table, "-L -n").map(|outcome| outcome.success());
        assert!(original.contains(" (null)  "), "{original}");
        assert_eq!(ours, original.replace("(null) ", &format!("{shown:<7}")));
    }
}

fn a_netmask_is_saved_without_persistence(site: &Site) {
    let netmask = Netmask::V4([255, 255, 255, 0].into());
    let web = service("tcp 10.0.0.1:80").with_persistence_netmask(netmask);
    let table = Table::new().with_service(web, vec![]);
    let [original, ours] = both(site, &table, "-S -n").map(|outcome| outcome.success());
    assert_eq!(original, "-A -t 10.0.0.1:80 -s wlc\n");
    assert_eq!(ours, "-A -t 10.0.0.1:80 -s wlc -M 255.255.255.0\n");
}

fn what_no_rule_can_say_is_told(site: &Site) {
    let odd = Service::new(ServiceKey::address(Protocol::new(50), [10, 0, 0, 2], 80));
    let server = dest("10.1.0.1:80", ForwardMethod::MASQUERADE);
    let table = Table::new()
        .with_service(odd, vec![server])
        .with_service(service("udp 10.0.0.3:53"), vec![server]);
    let [original, ours] = both(site, &table, "-S -n");
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
