use ipvs_core::rules::NoNames;

use super::*;
use crate::config::parse;

fn of(text: &str) -> Result<Layout, Vec<String>> {
    let config = parse(text.as_bytes(), &NoNames).unwrap().config;
    Layout::of(&config).map_err(|complaints| complaints.iter().map(ToString::to_string).collect())
}

fn har300() -> Layout {
    of(include_str!("../../../samples/har300.cf")).unwrap()
}

/// A service with one server, and these lines.
fn web(name: &str, port: u16, lines: &str) -> String {
    format!(
        "virtual {name} {{\n active = 1\n address = 10.0.2.100 eth0:0\n port = {port}\n{lines}\n\
         server one {{\n address = 10.0.3.100\n active = 1\n port = 8080\n }}\n\
         server idle {{\n address = 10.0.3.101\n active = 0\n }}\n}}\n"
    )
}

#[test]
fn the_document() {
    let layout = har300();
    let [service] = &layout.services[..] else {
        panic!("{layout:?}");
    };
    assert_eq!(service.name, "LVS_NAT");
    assert_eq!(
        service.service.to_string(),
        "tcp 10.0.2.100:80 scheduler rr flags persistent timeout 600"
    );
    assert_eq!(
        service.sorry.unwrap().to_string(),
        "10.0.2.200:80 masquerade weight 1"
    );
    assert_eq!(layout.watches.len(), 2);
    let first = &layout.watches[0];
    assert_eq!(first.names, ["LVS_NAT/serveur1"]);
    assert!(is_nanny(&first.program));
    let words = crate::nanny::options::words(&first.watch, "/sbin/ipvsadm").join(" ");
    assert_eq!(
        words,
        "-c -h 10.0.3.100 -p 80 -r 8080 -s GET / HTTP/1.0\\r\\n\\r\\n -x HTTP -a 15 -I /sbin/ipvsadm \
         -t 6 -w 1 -V 10.0.2.100 -M m -U none --nodaemon --lvs"
    );
}

#[test]
fn services_that_ask_the_same_server_the_same_share_a_check() {
    let same = " send = \"x\"\n weight = 1".replace(" weight = 1", "");
    let text = web("a", 80, &same) + &web("b", 443, &same) + &web("c", 81, " check = ping");
    let layout = of(&text).unwrap();
    let names: Vec<_> = layout
        .watches
        .iter()
        .map(|watch| watch.names.clone())
        .collect();
    assert_eq!(names, [vec!["a/one", "b/one"], vec!["c/one"]]);
    assert_eq!(layout.places().len(), 3);
    let foreign = " client_monitor = /bin/true";
    let text = web("a", 80, foreign) + &web("b", 443, foreign);
    assert_eq!(
        of(&text).unwrap().watches.len(),
        2,
        "another program knows of one service"
    );
}

#[test]
fn what_is_checked() {
    let probe = |lines: &str| {
        of(&web("a", 80, lines)).unwrap().watches[0]
            .watch
            .probe
            .clone()
    };
    assert_eq!(probe(""), Probe::front_page());
    assert_eq!(probe(" check = ping"), Probe::Ping);
    assert_eq!(probe(" protocol = sctp"), Probe::Ping);
    assert_eq!(
        probe(" send_program = \"/bin/check %h\"\n expect = \"OK\""),
        Probe::Program {
            line: "/bin/check %h".into(),
            expect: Answer::Text("OK".into()),
        }
    );
    assert_eq!(
        probe(
            " check = https\n http_host = a.example\n http_status = 200-299,404\n expect = \"*\""
        ),
        Probe::Http {
            tls: true,
            host: "a.example".into(),
            path: "/".into(),
            status: "200-299,404".into(),
            body: Answer::Anything,
        }
    );
    assert_eq!(
        probe(" protocol = udp\n send = \"?\""),
        Probe::Exchange {
            udp: true,
            send: "?".into(),
            expect: Answer::Nothing,
        }
    );
}

#[test]
fn how_often_and_how_long() {
    let watch = |lines: &str| of(&web("a", 80, lines)).unwrap().watches[0].watch.clone();
    let usual = watch(" timeout = 6\n reentry = 15");
    assert_eq!((usual.interval, usual.timeout), (seconds(6), seconds(6)));
    assert_eq!(usual.settings(&usual.entries[0]).rise, 2);
    let apart = watch(" timeout = 6\n interval = 2\n rise = 4\n fall = 3\n load_monitor = uptime");
    assert_eq!((apart.interval, apart.timeout), (seconds(2), seconds(6)));
    let settings = apart.settings(&apart.entries[0]);
    assert_eq!((settings.rise, settings.fall, settings.scale), (4, 3, 10));
    assert_eq!(apart.load, Load::Uptime("rsh".into()));
}

#[test]
fn what_can_t_work_is_refused() {
    for (lines, complaint) in [
        (
            " expect = \"(\"\n use_regex = 1",
            "\"(\" is no regular expression: unclosed group",
        ),
        (
            " check = http\n http_status = fine",
            "\"fine\" is no list of statuses such as 200-299,404",
        ),
        (" send_program = \" \"", "the line of the program is blank"),
        (" send = \"a\0b\"", "no checker can be told of a NUL byte"),
    ] {
        let complaints = of(&web("a", 80, lines)).unwrap_err();
        assert_eq!(complaints, [format!("virtual a: server one: {complaint}")]);
    }
    let monitor = of(&web("a", 80, " client_monitor = /nowhere/monitor")).unwrap_err();
    assert!(
        monitor[0].starts_with("virtual a: client_monitor /nowhere/monitor: "),
        "{monitor:?}"
    );
    let sorry = of(&web("a", 8080, " sorry_server = 10.0.3.100")).unwrap_err();
    assert_eq!(sorry, ["virtual a: server one: it is the sorry server too"]);
    assert!(of("primary = 10.0.2.50\nbackup = 10.0.2.50\n").is_err());
}
