//! Changes from the form to the file, and what the daemons say.

use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::*;
use crate::control::Socket;
use crate::status;

#[test]
fn a_change_is_previewed_and_then_made() {
    let lab = Lab::new();
    let mut browser = lab.browser();
    let preview = browser.fill("/global", "/global", &[("nat_nmask", "255.255.0.0")]);
    assert_eq!(preview.status, 200, "{}", preview.text);
    for part in [
        "Nothing is changed yet.",
        "<del>− serial_no = 7\n</del>",
        "<ins>+ serial_no = 8\n</ins>",
        "<ins>+ nat_nmask = 255.255.0.0\n</ins>",
    ] {
        assert!(preview.text.contains(part), "{part}: {}", preview.text);
    }
    assert_eq!(lab.file(), HAR300);
    let page = browser.apply(&preview);
    assert!(
        page.text.contains("Global settings: written."),
        "{}",
        page.text
    );
    assert!(page.text.contains("lvsd is stopped here"), "{}", page.text);
    let wanted = HAR300
        .replace("serial_no = 7", "serial_no = 8")
        .replace("nat_nmask = 255.255.255.0", "nat_nmask = 255.255.0.0");
    assert_eq!(lab.file(), wanted);
    // It is told once, and a preview counts once.
    assert!(!browser.get("/global").text.contains("written"));
    let again = browser.apply(&preview);
    assert!(again.text.contains("is made only once."), "{}", again.text);
    assert!(
        again.text.contains("<h1>Global settings<"),
        "{}",
        again.text
    );
    let mut forged = preview.form("/apply");
    forged.insert("change".into(), "0".repeat(64));
    let page = browser.post("/apply", &forged);
    assert_eq!(page.location(), "/control");
    let page = browser.get("/control");
    assert!(page.text.contains("This preview is gone."), "{}", page.text);
    assert_eq!(lab.file(), wanted);
}

/// The heartbeat is of UDP, and TCP has no port of this name.
#[test]
fn the_heartbeats_port_may_have_a_name() {
    let lab = Lab::new();
    let mut browser = lab.browser();
    let preview = browser.fill("/redundancy", "/redundancy", &[("heartbeat_port", "tftp")]);
    let line = "<ins>+ heartbeat_port = 69\n</ins>";
    assert!(preview.text.contains(line), "{}", preview.text);
}

#[test]
fn a_virtual_server_comes_and_goes() {
    let lab = Lab::new();
    let mut browser = lab.browser();
    let added = browser.fill(
        "/virtual/add",
        "/virtual/add",
        &[
            ("name", "dns"),
            ("protocol", "udp"),
            ("port", "domain"),
            ("address", "10.0.2.101"),
            ("address.1", "eth0:1"),
        ],
    );
    let page = browser.apply(&added);
    assert!(
        page.text.contains("Add virtual server dns: written."),
        "{}",
        page.text
    );
    assert!(page.text.contains(">dns</a>"), "{}", page.text);
    assert!(page.text.contains("10.0.2.101"), "{}", page.text);
    let preview = browser.fill(
        "/virtual/1/servers/add",
        "/virtual/1/servers/add",
        &[("name", "ns1"), ("address", "10.0.3.7"), ("active", "1")],
    );
    let page = browser.apply(&preview);
    assert!(page.text.contains("Real servers of dns"), "{}", page.text);
    let (config, trouble) = lab.site.config();
    assert_eq!(trouble, None);
    let dns = &config.virtuals[1];
    assert_eq!(
        (dns.port, dns.active, dns.timeout, dns.reentry),
        (53, false, 6, 15)
    );
    assert_eq!(dns.send.as_deref(), Some("GET / HTTP/1.0\r\n\r\n"));
    assert_eq!(dns.servers[0].name, "ns1");

    let preview = browser.fill("/virtual", "/virtual/1/toggle", &[]);
    assert!(
        preview.text.contains("add service udp 10.0.2.101:53"),
        "{}",
        preview.text
    );
    browser.apply(&preview);
    let preview = browser.fill("/virtual/1/servers", "/virtual/1/servers/0/toggle", &[]);
    assert!(
        preview.text.contains("Deactivate real server ns1 of dns"),
        "{}",
        preview.text
    );
    browser.apply(&preview);
    assert!(!lab.site.config().0.virtuals[1].servers[0].active);
    let preview = browser.fill("/virtual/1/servers", "/virtual/1/servers/0/delete", &[]);
    browser.apply(&preview);
    let preview = browser.fill("/virtual", "/virtual/1/delete", &[]);
    browser.apply(&preview);
    let serial = lab.site.config().0.serial_no;
    assert_eq!(
        lab.file(),
        HAR300.replace("serial_no = 7", &format!("serial_no = {serial}"))
    );
}

#[test]
fn what_is_wrong_is_told_beside_it_and_what_was_typed_stays() {
    let lab = Lab::new();
    let mut browser = lab.browser();
    let page = browser.fill(
        "/virtual/0",
        "/virtual/0",
        &[
            ("port", "<many>"),
            ("timeout", "7"),
            ("weight", "1"),
            ("fall", "often"),
        ],
    );
    assert_eq!(page.status, 422);
    assert!(
        page.text.contains("value=\"&lt;many&gt;\""),
        "{}",
        page.text
    );
    let told = "id=\"port-wrong\">invalid argument: no port of tcp has this name<";
    assert!(page.text.contains(told), "{}", page.text);
    let link = "<a href=\"#port\">Application port</a>: invalid argument";
    assert!(page.text.contains(link), "{}", page.text);
    let focused: Vec<&str> = page
        .text
        .split('<')
        .filter(|tag| tag.contains(" autofocus"))
        .collect();
    assert_eq!(focused.len(), 1);
    assert!(focused[0].starts_with("input id=\"port\""), "{focused:?}");
    let again = page.form("/virtual/0");
    assert_eq!(
        (again["port"].as_str(), again["timeout"].as_str()),
        ("<many>", "7")
    );
    let page = browser.fill(
        "/virtual/0/servers/1",
        "/virtual/0/servers/1",
        &[("address", "10.0.3.100")],
    );
    assert_eq!(page.status, 422);
    let told = "server serveur2: 10.0.3.100 is another server's too";
    assert!(page.text.contains(told), "{}", page.text);
    let page = browser.fill(
        "/virtual/0/scripts",
        "/virtual/0/scripts",
        &[("use_regex", "1"), ("expect", "(")],
    );
    assert_eq!(page.status, 422, "{}", page.text);
    assert!(
        page.text.contains("virtual LVS_NAT: server serveur1: "),
        "{}",
        page.text
    );
    assert_eq!(lab.file(), HAR300);
}

#[test]
fn what_cannot_work_is_not_activated() {
    let half = format!("{HAR300}virtual half {{\n port = 81\n}}\n");
    let lab = Lab::of(&half);
    let mut browser = lab.browser();
    let page = browser.fill("/virtual", "/virtual/1/toggle", &[]);
    assert_eq!(page.status, 422);
    let told = "virtual half: it has neither an address nor a firewall mark";
    assert!(page.text.contains(told), "{}", page.text);
    assert_eq!(lab.file(), half);
}

#[test]
fn nothing_to_change_is_told() {
    let lab = Lab::new();
    let mut browser = lab.browser();
    let page = browser.fill("/redundancy", "/redundancy", &[]);
    assert_eq!((page.status, page.location()), (303, "/redundancy"));
    assert!(
        browser
            .get("/redundancy")
            .text
            .contains("There was nothing to change.")
    );
    assert_eq!(lab.file(), HAR300);
}

#[test]
fn a_file_that_changed_meanwhile_is_left_alone() {
    let lab = Lab::new();
    let mut browser = lab.browser();
    let form = browser.get("/global").form("/global");
    let preview = browser.fill("/global", "/global", &[("primary", "10.0.2.52")]);
    let other = HAR300.replace("serial_no = 7", "serial_no = 9");
    std::fs::write(lab.folder.path().join("lvs.cf"), &other).unwrap();
    assert_eq!(browser.post("/global", &form).status, 409);
    let page = browser.apply(&preview);
    assert!(
        page.text
            .contains("it has changed since the preview was made"),
        "{}",
        page.text
    );
    assert_eq!(lab.file(), other);
}

#[test]
fn comments_that_would_be_lost_are_told() {
    let lab = Lab::of(&format!("# Our cluster\n{HAR300}"));
    let mut browser = lab.browser();
    let preview = browser.fill("/global", "/global", &[("primary", "10.0.2.52")]);
    assert!(
        preview.text.contains("its comment would be lost"),
        "{}",
        preview.text
    );
    assert!(
        preview.text.contains("<del>− # Our cluster\n</del>"),
        "{}",
        preview.text
    );
}

#[test]
fn a_file_that_says_nothing_is_shown_with_its_mistakes() {
    let lab = Lab::of("keepalive = x\n");
    let mut browser = lab.browser();
    let page = browser.get("/virtual");
    assert_eq!(page.status, 409);
    assert!(
        page.text
            .contains("line 1, column 13: integer expected: &quot;x&quot;"),
        "{}",
        page.text
    );
    assert_eq!(browser.get("/control").status, 200);
}

#[test]
fn the_daemons_answers_are_shown() {
    let lab = Lab::new();
    let lvsd = Socket::bind(&lab.folder.path().join("lvsd.sock")).unwrap();
    let pulse = Socket::bind(&lab.folder.path().join("pulse.sock")).unwrap();
    // What is told by a signal ends by it here, though under nohup all of us ignore it.
    let words = ["--default-signal=HUP", "sleep", "600"];
    let mut stand_in = Command::new("env").args(words).spawn().unwrap();
    let status = status::Pulse {
        pid: stand_in.id(),
        role: "MASTER".into(),
        active: true,
        since: 0,
        heard: None,
        lvsd: None,
        refused: None,
    };
    let ended = AtomicBool::new(false);
    let reloads = AtomicUsize::new(0);
    let page = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !ended.load(Ordering::Relaxed) {
                lvsd.answer(|word| {
                    reloads.fetch_add(usize::from(word == "reload"), Ordering::Relaxed);
                    "line 3: no".into()
                });
                pulse.answer(|_| serde_json::to_string(&status).unwrap());
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        let mut browser = lab.browser();
        let preview = browser.fill("/global", "/global", &[("primary", "10.0.2.52")]);
        let page = browser.apply(&preview);
        ended.store(true, Ordering::Relaxed);
        page
    });
    assert_eq!(stand_in.wait().unwrap().signal(), Some(1));
    assert!(page.text.contains("class=\"notice bad\""), "{}", page.text);
    assert!(page.text.contains("pulse is told; "), "{}", page.text);
    assert!(
        page.text.contains("lvsd keeps to what it had: line 3: no"),
        "{}",
        page.text
    );
    assert_eq!(reloads.load(Ordering::Relaxed), 1);
}

#[test]
fn the_password_changes_and_others_are_logged_out() {
    let lab = Lab::new();
    let (mut browser, mut other) = (lab.browser(), lab.browser());
    let change = |browser: &mut Browser, old: &str, new: &str, again: &str| {
        browser.fill(
            "/password",
            "/password",
            &[("old", old), ("new", new), ("again", again)],
        )
    };
    for (old, new, again) in [
        ("wrong", "another password", "another password"),
        (PASSWORD, "another password", "another passwort"),
        (PASSWORD, "short", "short"),
    ] {
        assert_eq!(change(&mut browser, old, new, again).status, 422);
    }
    let page = change(
        &mut browser,
        PASSWORD,
        "another password",
        "another password",
    );
    assert_eq!((page.status, page.location()), (303, "/control"));
    assert!(
        browser
            .get("/control")
            .text
            .contains("The password is changed.")
    );
    assert_eq!(other.get("/control").status, 303);
    assert_eq!(lab.stranger().log_in(PASSWORD).status, 401);
    assert_eq!(lab.stranger().log_in("another password").status, 303);
}

#[test]
fn a_password_that_is_set_elsewhere_logs_everybody_out() {
    let lab = Lab::new();
    let mut browser = lab.browser();
    let file = lab.folder.path().join("passwd");
    assert_eq!(browser.get("/control").status, 200);
    password::set(&file, "another password").unwrap();
    assert_eq!(browser.get("/control").location(), "/login");
    assert_eq!(browser.log_in("another password").status, 303);
    std::fs::remove_file(&file).unwrap();
    assert_eq!(browser.get("/control").location(), "/login");
}
