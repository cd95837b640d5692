//! The program itself: its options, and who may run it.

use super::lab::{LVS, Lab};
use crate::harness::{Test, tests};
use crate::site::{Site, until};

pub fn tests() -> Vec<Test> {
    tests![
        it_leaves_the_terminal_and_tells_its_state,
        a_test_start_says_what_would_be_done_and_does_nothing,
        without_running_nothing_is_changed,
        forced_active_it_waits_for_nobody,
    ]
}

fn it_leaves_the_terminal_and_tells_its_state(_: &Site) {
    let lab = Lab::new();
    let node = &lab.master;
    let status = || node.lvs(&["pulse", "status"]);
    assert_eq!(status().status.code(), Some(3));
    let config = node.file("lvs.cf", &lab.config(""));
    let lvsd = node.stub();
    let words = ["pulse", "-c", &config, "--lvsd", &lvsd];
    assert!(node.lvs(&words).status.success(), "it is ready");
    let told = status();
    assert!(told.status.success());
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(told.contains("is running as MASTER"), "{told}");
    let second = node.lvs(&words);
    assert!(!second.status.success());
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(said.contains("pulse runs already"), "{said}");
    until("it serves", || node.is_active());
}

fn a_test_start_says_what_would_be_done_and_does_nothing(_: &Site) {
    let lab = Lab::new();
    let config = lab.backup.file("lvs.cf", &lab.config("syncdaemon = 1\n"));
    let said = lab.backup.lvs(&["pulse", "-t", "-c", &config]);
    assert!(said.status.success());
    let expected = "role: BACKUP
heartbeat: 10.0.2.51 to 10.0.2.50, 10.0.3.16 to 10.0.3.15, port 539, every 1s, dead after 4s
address: 10.0.3.200/24 on eth1:0
address: 10.0.2.100/24 on eth0:0
connections synchronised over eth0, id 0
";
    assert_eq!(String::from_utf8(said.stdout).unwrap(), expected);
    let wrong = lab.backup.file("lvs.cf", "port=80\n");
    assert_eq!(
        lab.backup.lvs(&["pulse", "-t", "-c", &wrong]).status.code(),
        Some(1)
    );
}

fn without_running_nothing_is_changed(_: &Site) {
    let lab = Lab::new();
    let config = lab.master.file("lvs.cf", &lab.config(""));
    let words = ["pulse", "-n", "-v", "--norun", "-c", &config];
    let pulse = lab.master.start(LVS, &words);
    pulse.says("partner dead: activating lvs");
    until("it believes to serve", || lab.master.is_active());
    assert!(!lab.master.has("10.0.2.100"));
}

fn forced_active_it_waits_for_nobody(_: &Site) {
    let lab = Lab::new();
    let alone = lab.config("").replace("deadtime = 4", "deadtime = 600");
    let config = lab.master.file("lvs.cf", &alone);
    let lvsd = lab.master.stub();
    let words = [
        "pulse",
        "-n",
        "--forceactive",
        "-c",
        &config,
        "--lvsd",
        &lvsd,
    ];
    let pulse = lab.master.start(LVS, &words);
    pulse.says("forced active: activating lvs");
    until("it serves", || lab.master.has("10.0.2.100"));
}
