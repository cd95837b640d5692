//! What the kernel lacks. These tests unload modules, and load them again.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use lab::Site;
use lvs::doctor::Code;

use super::nat::bare;
use super::table::FILE;
use crate::harness::{Need, Test, tests};
use crate::kernel::modprobe;
use crate::site::{self, PATIENCE};

pub fn tests() -> Vec<Test> {
    tests![
        a_scheduler_that_is_not_loaded: Need::Guest,
        a_scheduler_that_there_is_not: Need::Guest,
        no_ipvs_at_all: Need::Guest
    ]
}

fn loaded(prefix: &str) -> Vec<String> {
    let modules = fs::read_to_string("/proc/modules").unwrap();
    let names = modules.lines().filter_map(|line| line.split(' ').next());
    let mut names: Vec<_> = names
        .filter(|name| name.starts_with(prefix))
        .map(str::to_owned)
        .collect();
    // Those that others need last.
    names.sort_unstable_by(|a, b| b.cmp(a));
    names
}

fn unload(prefix: &str) {
    let start = Instant::now();
    loop {
        let names = loaded(prefix);
        if names.is_empty() {
            return;
        }
        let rmmod = Command::new("rmmod").args(&names).output().unwrap();
        if rmmod.status.success() {
            return;
        }
        // The kernel takes a namespace of an earlier test down after that test has ended.
        assert!(
            start.elapsed() < PATIENCE,
            "{}{}these hold network namespaces:\n{}",
            String::from_utf8_lossy(&rmmod.stderr),
            counted(prefix),
            holders().join("\n")
        );
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The modules with how often each is used.
fn counted(prefix: &str) -> String {
    let modules = fs::read_to_string("/proc/modules").unwrap();
    let lines = modules.lines().filter(|line| line.starts_with(prefix));
    lines.map(|line| format!("{line}\n")).collect()
}

/// Who keeps a network namespace other than this program's alive: names, and processes.
fn holders() -> Vec<String> {
    let own = fs::read_link("/proc/self/ns/net").unwrap();
    let names = fs::read_dir("/run/netns").into_iter().flatten().flatten();
    let names = names.map(|name| format!("/run/netns/{}", name.file_name().to_string_lossy()));
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let processes = processes.filter_map(|process| {
        let process = process.path();
        let its = fs::read_link(process.join("ns/net")).ok()?;
        let words = fs::read_to_string(process.join("cmdline")).ok()?;
        let words = words.replace('\0', " ");
        (its != own).then(|| format!("{}: {words}", process.display()))
    });
    names.chain(processes).collect()
}

fn a_scheduler_that_is_not_loaded(_: &site::Site) {
    const HELPER: &str = "/proc/sys/kernel/modprobe";
    unload("ip_vs_nq");
    let helper = fs::read_to_string(HELPER).unwrap();
    fs::write(HELPER, "\n").unwrap();
    let lab = bare();
    let file = lab.file(&FILE.replace("scheduler = rr", "scheduler = nq"));
    let add = ["-A", "-t", "10.0.2.100:80", "-s", "nq"];
    lab.site.director.command("ipvsadm", &add).unwrap_err();
    let codes = [Code::SchedulerNotLoaded, Code::ServiceMissing];
    lab.treat_traffic(&["-c", &file], &codes);
    fs::write(HELPER, helper).unwrap();
}

/// Where the kernel has every scheduler, modprobe's list of modules loses one.
fn a_scheduler_that_there_is_not(site: &site::Site) {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let list = format!("/lib/modules/{}/modules.dep", release.trim());
    let whole = fs::read_to_string(&list).unwrap();
    if site.kernel.has_module("ip_vs_twos") {
        unload("ip_vs_twos");
        let lines = whole.lines().filter(|line| !line.contains("ip_vs_twos"));
        let shorter: Vec<_> = lines.collect();
        fs::write(&list, shorter.join("\n")).unwrap();
    }
    let lab = bare();
    let file = lab.file(&FILE.replace("scheduler = rr", "scheduler = twos"));
    let words = ["-c", file.as_str()];
    let (director, missing) = (&lab.site.director, [Code::SchedulerMissing]);
    lab.treat_into(director, &words, &missing, &[Code::ServiceMissing]);
    lab.treat_traffic(&words, &[Code::ServiceMissing]);
    fs::write(&list, whole).unwrap();
}

fn no_ipvs_at_all(_: &site::Site) {
    unload("ip_vs");
    let site = Site::lab1().unwrap();
    site.set_up_translation().unwrap();
    let lab = super::patient::Lab::new(site, "nat", 80);
    let file = lab.file(FILE);
    lab.director(&[]).assert(&[Code::IpvsMissing]);
    assert_eq!(loaded("ip_vs"), [""; 0], "looking loads nothing");
    lab.treat_traffic(&["-c", &file], &[Code::IpvsMissing, Code::ServiceMissing]);
    // As the suite began.
    modprobe(&["-a", "ip_vs", "ip_vs_lblc", "ip_vs_lblcr"]);
}
