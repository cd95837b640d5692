//! What the tabs show.

use ipvs_core::{Dest, ForwardMethod, Service};

use super::*;
use crate::control::Socket;
use crate::status::Pulse;
use crate::web::sessions::IDLE;

#[test]
fn the_first_tab_shows_the_table_and_its_course() {
    let lab = Lab::new();
    let client = lab.kernel.client().unwrap();
    let web = Service::new("tcp 10.0.2.100:80".parse().unwrap());
    let server = Dest::new([10, 0, 3, 100], 8080, ForwardMethod::MASQUERADE).with_weight(3);
    client.add_service(&web).unwrap();
    client.add_dest(&web.key, &server).unwrap();
    let set = lab
        .kernel
        .initial()
        .set_dest_connections(&web.key, &server.key, 42, 7, 0);
    set.unwrap();
    lab.site.sample();
    let mut browser = lab.browser();
    let page = browser.get("/control");
    for part in [
        "<h3>LVS_NAT</h3>",
        "tcp 10.0.2.100:80",
        "data-label=\"Active\">42</td>",
        "data-label=\"Inactive\">7</td>",
        "data-label=\"Weight\">3</td>",
        "<polyline class=\"course c0\"",
        "serveur1 <b>42</b>",
        "not in the kernel’s table",
        "aria-current=\"page\">Control/Monitoring<",
    ] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    assert!(!page.text.contains("http-equiv=\"refresh\""));
    let renewed = browser.get("/control?every=10");
    let refresh = "http-equiv=\"refresh\" content=\"10; url=/control?every=10&amp;renewed=1\"";
    assert!(renewed.text.contains(refresh), "{}", renewed.text);
    for odd in ["/control?every=1", "/control?every=x", "/control?every="] {
        assert!(
            !browser.get(odd).text.contains("http-equiv=\"refresh\""),
            "{odd}"
        );
    }
}

#[test]
fn a_page_that_nobody_looks_at_ends_its_session() {
    let lab = Lab::new();
    let mut browser = lab.browser();
    let half = IDLE / 2;
    for path in ["/control?every=5", "/control?every=5&renewed=1"] {
        lab.pass(half);
        assert_eq!(browser.get(path).status, 200, "{path}");
    }
    lab.pass(half);
    let page = browser.get("/control?every=5&renewed=1");
    assert_eq!(page.status, 303);
    assert_eq!(page.location(), "/login");
}

#[test]
fn what_the_daemons_refuse_is_shown() {
    let lab = Lab::new();
    let pulse = Socket::bind(&lab.folder.path().join("pulse.sock")).unwrap();
    let status = Pulse {
        pid: 1,
        role: "MASTER".into(),
        active: true,
        since: 0,
        heard: None,
        lvsd: None,
        refused: Some("line 3: <no>".into()),
    };
    let page = std::thread::scope(|scope| {
        let mut browser = lab.browser();
        let looking = scope.spawn(move || browser.get("/control"));
        while !looking.is_finished() {
            pulse.answer(|_| serde_json::to_string(&status).unwrap());
            std::thread::sleep(Duration::from_millis(5));
        }
        looking.join().unwrap()
    });
    let told = "The last reload changed nothing: line 3: &lt;no&gt;";
    assert!(page.text.contains(told), "{}", page.text);
}

#[test]
fn every_tab_has_the_original_pages_fields() {
    let lab = Lab::new();
    let mut browser = lab.browser();
    for (path, labels) in [
        (
            "/global",
            &[
                "Primary server public IP",
                "Primary server private IP",
                "NAT",
                "Direct routing",
                "Tunneling",
                "NAT router IP",
                "NAT router netmask",
                "NAT router device",
            ][..],
        ),
        (
            "/redundancy",
            &[
                "Redundant server public IP",
                "Redundant server private IP",
                "Heartbeat interval",
                "Assume dead after",
                "Heartbeat runs on port",
                "Monitor NIC links for failures",
                "Use sync daemon",
                "Sync daemon interface",
                "Sync daemon ID",
            ],
        ),
        (
            "/virtual",
            &[
                "Status",
                "Name",
                "VIP",
                "Netmask",
                "Port",
                "Protocol",
                "Interface",
            ],
        ),
        (
            "/virtual/0",
            &[
                "Name",
                "Application port",
                "Protocol",
                "Virtual IP address",
                "Virtual IP network mask",
                "Sorry server",
                "Firewall mark",
                "Device",
                "Re-entry time",
                "Service timeout",
                "Quiesce server",
                "Load monitoring tool",
                "Scheduling",
                "Persistence",
                "Persistence network mask",
            ],
        ),
        (
            "/virtual/0/servers",
            &["Status", "Name", "Address", "serveur1", "10.0.3.150"],
        ),
        (
            "/virtual/0/servers/0",
            &["Name", "Address", "Port", "Weight"],
        ),
        (
            "/virtual/0/scripts",
            &[
                "Sending program",
                "Send",
                "Expect",
                "Treat expect string as a regular expression",
            ],
        ),
    ] {
        let page = browser.get(path);
        assert_eq!(page.status, 200, "{path}");
        for label in labels {
            assert!(page.text.contains(&format!(">{label}<")), "{path}: {label}");
        }
    }
    let shown = browser.get("/virtual/0/scripts").form("/virtual/0/scripts");
    assert_eq!(shown["send"], r"GET / HTTP/1.0\r\n\r\n");
}

#[test]
fn a_page_says_whose_it_is() {
    let lab = Lab::new();
    let mut browser = lab.browser();
    for (path, title) in [
        ("/virtual/add", "Add a virtual server"),
        ("/virtual/0", "Virtual server LVS_NAT"),
        ("/virtual/0/scripts", "Monitoring scripts of LVS_NAT"),
        ("/virtual/0/servers", "Real servers of LVS_NAT"),
        ("/virtual/0/servers/add", "Add a real server to LVS_NAT"),
        ("/virtual/0/servers/0", "Real server serveur1 of LVS_NAT"),
    ] {
        let page = browser.get(path);
        let heading = format!("<h1>{title}</h1>");
        assert!(page.text.contains(&heading), "{path}: {}", page.text);
        assert!(page.text.contains(&format!("<title>{title} · ")), "{path}");
    }
    let renamed = [("name", "first")];
    let preview = browser.fill("/virtual/0/servers/0", "/virtual/0/servers/0", &renamed);
    let page = browser.apply(&preview);
    let told = "Real server serveur1 of LVS_NAT: written.";
    assert!(page.text.contains(told), "{}", page.text);
}

#[test]
fn what_the_file_says_is_shown_as_text() {
    let odd = HAR300.replace(
        "virtual LVS_NAT {",
        "virtual \"<script>alert(1)</script>\" {",
    );
    let lab = Lab::of(&odd);
    let mut browser = lab.browser();
    for path in ["/control", "/virtual", "/virtual/0", "/virtual/0/servers"] {
        let page = browser.get(path);
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.text.contains("<script"), "{path}");
    }
}

/// What may be wider than the page is scrolled by the keyboard, too, and has a name.
#[test]
fn tables_that_scroll_can_be_reached() {
    let lab = Lab::new();
    let mut browser = lab.browser();
    for path in ["/control", "/virtual", "/virtual/0/servers"] {
        let page = browser.get(path);
        let mut tags = page
            .text
            .split('<')
            .filter(|tag| tag.starts_with("div class=\"scroll\""));
        let reachable = "tabindex=\"0\" role=\"region\" aria-label=\"Table of ";
        assert!(tags.clone().next().is_some(), "{path}");
        assert!(tags.all(|tag| tag.contains(reachable)), "{path}");
    }
}

/// Every input has a label, and everything that is wrong or explained is tied to it.
#[test]
fn inputs_have_labels() {
    let lab = Lab::new();
    let mut browser = lab.browser();
    for path in [
        "/global",
        "/redundancy",
        "/virtual/0",
        "/virtual/0/scripts",
        "/virtual/0/servers/0",
        "/login",
        "/password",
        "/control",
    ] {
        let page = browser.get(path);
        let tags = page.text.split('<').filter(|tag| {
            let input = tag.starts_with("input ") || tag.starts_with("select ");
            input && !tag.contains("type=\"hidden\"") && !tag.contains(" hidden")
        });
        for tag in tags {
            let id = tag
                .split(" id=\"")
                .nth(1)
                .and_then(|behind| behind.split('"').next());
            let id = id.unwrap_or_else(|| panic!("{path}: {tag}"));
            assert!(page.text.contains(&format!("for=\"{id}\"")), "{path}: {id}");
            if let Some(behind) = tag.split(" aria-describedby=\"").nth(1) {
                for described in behind.split('"').next().unwrap().split(' ') {
                    assert!(
                        page.text.contains(&format!("id=\"{described}\"")),
                        "{path}: {described}"
                    );
                }
            }
        }
        assert!(
            page.text.contains("class=\"skip\" href=\"#main\""),
            "{path}"
        );
    }
}
