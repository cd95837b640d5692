//! The story: somebody logs in, looks around, sets up a service, takes a server out of it, and
//! others try what they may not.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::chromium::Chromium;
use crate::harness::{Test, tests};
use crate::site::Site;
use crate::web::Web;

const PAGE: &str = "http://127.0.0.1:3636";
const PASSWORD: &str = "piranha and pike";
const SERVICE: &str = "tcp 10.0.2.100:80";
const FIRST: &str = "10.0.3.100:8080";
const SECOND: &str = "10.0.3.150:8080";

pub fn tests() -> Vec<Test> {
    tests![the_whole_story]
}

fn the_whole_story(site: &Site) {
    for address in ["10.0.2.100", "10.0.3.100", "10.0.3.150"] {
        site.sh(&format!("ip addr add {address}/32 dev lo"));
    }
    let _servers = [FIRST, SECOND].map(|address| Web::open(site, address));
    let file = site.file(
        "lvs.cf",
        "serial_no = 1\nprimary = 10.0.2.51\nservice = lvs\n",
    );
    let passwords = password(site);
    let _lvsd = site.start("lvsd", &["--nofork", "-c", &file]);
    let page = site.start("web", &["-c", &file, "--passwd", &passwords]);
    page.says("lvs web: http://127.0.0.1:3636/");
    let pictures = std::env::var_os("IPVS_PICTURES").unwrap_or_else(|| site.run.path().into());
    let mut browser = Chromium::start(site, Path::new(&pictures));

    log_in(&mut browser);
    look_at_each_tab(&mut browser);
    set_up(&mut browser);
    site.expect(SERVICE, &[&format!("{FIRST} 1"), &format!("{SECOND} 1")]);
    let met = ask(site, 8);
    assert!(
        met.contains(&FIRST.to_owned()) && met.contains(&SECOND.to_owned()),
        "{met:?}"
    );
    look_at_the_service(&mut browser);
    take_one_out(&mut browser);
    site.expect(SERVICE, &[&format!("{FIRST} 1")]);
    assert_eq!(ask(site, 6), vec![FIRST.to_owned(); 6]);
    look_at_mistakes(&mut browser);
    let before = std::fs::read(&file).unwrap();
    try_what_is_refused(site, &mut browser);
    assert_eq!(std::fs::read(&file).unwrap(), before);
    leave(&mut browser);
}

/// Makes the password file by the program for it.
fn password(site: &Site) -> String {
    let path = site.run.path().join("passwd").to_str().unwrap().to_owned();
    let mut child = Command::new(env!("CARGO_BIN_EXE_lvs"))
        .args(["passwd", &path])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let line = format!("{PASSWORD}\n");
    child
        .stdin
        .take()
        .unwrap()
        .write_all(line.as_bytes())
        .unwrap();
    assert!(child.wait().unwrap().success());
    path
}

fn log_in(browser: &mut Chromium) {
    assert_eq!(browser.go(PAGE), 200);
    assert_eq!(browser.path(), "/login");
    browser.picture("1-login");
    browser.fill("Password", "not the password");
    browser.press("Log in");
    assert_eq!(browser.status(), 401);
    assert!(browser.text().contains("This is not the password."));
    browser.fill("Password", PASSWORD);
    browser.press("Log in");
    assert_eq!(browser.path(), "/control");
    // The first stop of somebody without a mouse leads past the head.
    browser.key("Tab", 9);
    assert_eq!(
        browser.evaluate("document.activeElement.className"),
        json!("skip")
    );
    assert_eq!(browser.evaluate("document.cookie"), json!(""));
}

fn look_at_each_tab(browser: &mut Chromium) {
    for (number, tab, path, part) in [
        (
            2,
            "Control/Monitoring",
            "/control",
            "There is no virtual service.",
        ),
        (3, "Global Settings", "/global", "Primary server public IP"),
        (4, "Redundancy", "/redundancy", "Assume dead after"),
        (5, "Virtual Servers", "/virtual", "There is none yet."),
    ] {
        browser.press(tab);
        assert_eq!(browser.path(), path);
        assert!(browser.text().contains(part), "{}", browser.text());
        browser.picture(&format!("{number}{}", path.replace('/', "-")));
    }
}

/// Adds a service with two servers, and activates it.
fn set_up(browser: &mut Chromium) {
    browser.press("Add");
    for (label, value) in [
        ("Name", "LVS_NAT"),
        ("Application port", "80"),
        ("Virtual IP address", "10.0.2.100"),
        ("Device", "lo"),
        ("Scheduling", "rr"),
        // The other side is as slow as this one.
        ("Service timeout", "20"),
        ("Interval", "1"),
        ("Re-entry time", "2"),
    ] {
        browser.fill(label, value);
    }
    browser.picture("6-add");
    browser.press("Preview");
    assert!(
        browser.text().contains("+ virtual LVS_NAT {"),
        "{}",
        browser.text()
    );
    browser.press("Apply");
    assert!(
        browser.text().contains("lvsd reads it again."),
        "{}",
        browser.text()
    );
    browser.press("Real servers of LVS_NAT");
    for (name, address) in [("serveur1", "10.0.3.100"), ("serveur2", "10.0.3.150")] {
        browser.press("Add");
        for (label, value) in [
            ("Name", name),
            ("Active", "1"),
            ("Address", address),
            ("Port", "8080"),
        ] {
            browser.fill(label, value);
        }
        browser.press("Preview");
        browser.press("Apply");
        assert!(browser.text().contains(address), "{}", browser.text());
    }
    browser.picture("7-servers");
    browser.press("Virtual Servers");
    browser.press("Activate LVS_NAT");
    let text = browser.text();
    assert!(
        text.contains("add service tcp 10.0.2.100:80 scheduler rr"),
        "{text}"
    );
    browser.picture("8-preview");
    browser.press("Apply");
    assert!(browser.text().contains("active"), "{}", browser.text());
    browser.picture("9-virtual");
}

/// Loads the first tab until it tells that both servers are up, as a reader would.
fn look_at_the_service(browser: &mut Chromium) {
    browser.press("Control/Monitoring");
    let mut tries = 0;
    while browser.text().matches("\nup").count() < 2 && tries < 60 {
        tries += 1;
        thread::sleep(Duration::from_secs(1));
        browser.press("Update information now");
    }
    let text = browser.text();
    for part in [
        "LVS_NAT",
        "serveur1",
        FIRST,
        "serveur2",
        SECOND,
        "lvsd --nofork",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let lines = "document.querySelectorAll('.plot > svg polyline').length";
    assert_eq!(browser.evaluate(lines), json!(2));
    browser.picture("10-control");
}

fn take_one_out(browser: &mut Chromium) {
    browser.press("Virtual Servers");
    browser.press("Real servers of LVS_NAT");
    browser.press("Deactivate serveur2");
    let text = browser.text();
    assert!(text.contains(&format!("{SECOND} of {SERVICE}")), "{text}");
    browser.picture("11-deactivate");
    browser.press("Apply");
    assert!(browser.text().contains("inactive"), "{}", browser.text());
}

fn look_at_mistakes(browser: &mut Chromium) {
    browser.press("Edit serveur1");
    browser.fill("Weight", "heavy");
    browser.press("Preview");
    assert_eq!(browser.status(), 422);
    assert!(
        browser.text().contains("integer expected"),
        "{}",
        browser.text()
    );
    assert_eq!(
        browser.evaluate("document.getElementById('weight').value"),
        json!("heavy")
    );
    browser.picture("12-mistake");
}

/// A change by GET, and a form of another site that is sent while somebody is logged in here.
fn try_what_is_refused(site: &Site, browser: &mut Chromium) {
    for path in ["/virtual/0/delete", "/virtual/0/toggle", "/apply"] {
        assert_eq!(browser.go(&format!("{PAGE}{path}")), 405, "{path}");
    }
    let evil: SocketAddr = "127.0.0.1:9999".parse().unwrap();
    let listener = site.inside(|| TcpListener::bind(evil)).unwrap();
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let _ = stream.read(&mut [0; 4096]);
            let page = format!(
                "<form method=post action={PAGE}/virtual/0/delete></form><main><button onclick='document.forms[0].submit()'>Win</button></main>"
            );
            let head = "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n";
            let _ = write!(stream, "{head}{page}");
        }
    });
    // To a browser the first is the same site, and another origin; the second another site.
    for host in ["127.0.0.1", "localhost"] {
        browser.go(&format!("http://{host}:9999/"));
        browser.press("Win");
        assert_eq!(browser.status(), 403, "{host}");
        assert!(
            browser
                .text()
                .contains("does not come from a page of this server")
        );
    }
}

fn leave(browser: &mut Chromium) {
    assert_eq!(browser.go(&format!("{PAGE}/control")), 200);
    browser.evaluate("document.querySelector('form.leave button').click()");
    thread::sleep(Duration::from_secs(2));
    browser.go(&format!("{PAGE}/control"));
    assert_eq!(browser.path(), "/login");
}

/// Who answers at the virtual address, each time.
fn ask(site: &Site, times: usize) -> Vec<String> {
    let one = || {
        let mut stream = TcpStream::connect("10.0.2.100:80").unwrap();
        stream.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let server = answer.trim_end().rsplit(' ').next().unwrap();
        server.to_owned()
    };
    site.inside(|| (0..times).map(|_| one()).collect())
}
