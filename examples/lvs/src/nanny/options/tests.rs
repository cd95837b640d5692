use ipvs_core::rules::NoNames;
use proptest::prelude::*;

use super::*;
use crate::check::{Answer, Probe};
use crate::nanny::watch::Load;

fn asked(line: &[&str]) -> Result<Asked, String> {
    let words = line.iter().map(OsString::from).collect();
    parse(words, &NoNames).map_err(|error| error.to_string())
}

fn run(line: &[&str]) -> Run {
    match asked(line).unwrap() {
        Asked::Run(run) => *run,
        other => panic!("{other:?}"),
    }
}

/// The command line of the document.
const DOCUMENT: &[&str] = &[
    "-c",
    "-h",
    "10.0.3.100",
    "-p",
    "80",
    "-r",
    "8080",
    "-s",
    r"GET / HTTP/1.0\r\n\r\n",
    "-x",
    "HTTP",
    "-a",
    "15",
    "-I",
    "/sbin/ipvsadm",
    "-t",
    "6",
    "-w",
    "1",
    "-V",
    "10.0.2.100",
    "-M",
    "m",
    "-U",
    "none",
    "--nodaemon",
    "--lvs",
];

#[test]
fn the_line_of_the_document() {
    let run = run(DOCUMENT);
    assert!(run.foreground && !run.verbose && !run.dry);
    let watch = run.watch;
    assert_eq!(watch.target, "10.0.3.100:8080".parse().unwrap());
    assert_eq!(
        watch.probe,
        Probe::Exchange {
            udp: false,
            send: "GET / HTTP/1.0\r\n\r\n".into(),
            expect: Answer::Text("HTTP".into()),
        }
    );
    let entry = &watch.entries[0];
    assert_eq!(entry.service.to_string(), "tcp 10.0.2.100:80");
    assert_eq!(
        entry.dest.to_string(),
        "10.0.3.100:8080 masquerade weight 1"
    );
    let settings = watch.settings(entry);
    assert_eq!((settings.rise, settings.fall), (2, 1));
    assert_eq!(watch.timeout, Duration::from_secs(6));
    assert_eq!(words(&watch, "/sbin/ipvsadm"), DOCUMENT);
}

#[test]
fn a_web_server_is_asked_for_its_page_without_a_word() {
    let probe = |line: &[&str]| {
        run(&[&["--lvs", "-h", "::1", "-V", "::2"], line].concat())
            .watch
            .probe
    };
    let page = Probe::Exchange {
        udp: false,
        send: "GET / HTTP/1.0\r\n\r\n".into(),
        expect: Answer::Text("HTTP".into()),
    };
    let connect = Probe::Exchange {
        udp: false,
        send: String::new(),
        expect: Answer::Nothing,
    };
    assert_eq!(probe(&[]), page);
    assert_eq!(probe(&["-p", "25"]), connect);
    assert_eq!(probe(&["--check", "tcp"]), connect);
    assert_eq!(probe(&["--protocol", "sctp"]), Probe::Ping);
}

#[test]
fn backslashes_are_translated_unless_suppressed() {
    let line = ["--lvs", "-h", "::1", "-V", "::2", "-s", r"a\n", "-x", r"\t"];
    let probe = |line: &[&str]| run(line).watch.probe;
    let exchange = |send: &str, expect: &str| Probe::Exchange {
        udp: false,
        send: send.into(),
        expect: Answer::Text(expect.into()),
    };
    assert_eq!(probe(&line), exchange("a\n", "\t"));
    assert_eq!(
        probe(&[&line[..], &["-T"]].concat()),
        exchange(r"a\n", r"\t")
    );
}

#[test]
fn the_port_of_an_entry() {
    let entry = |line: &[&str]| {
        let line = [&["--lvs", "-h", "10.0.3.100", "-p", "80"], line].concat();
        let watch = run(&line).watch;
        (watch.entries[0].dest.key.to_string(), watch.target.port())
    };
    let vip = ["-V", "10.0.2.100", "-r", "8080", "-M"];
    assert_eq!(
        entry(&[&vip[..], &["m"]].concat()),
        ("10.0.3.100:8080".into(), 8080)
    );
    assert_eq!(
        entry(&[&vip[..], &["g"]].concat()),
        ("10.0.3.100:80".into(), 80)
    );
    assert_eq!(entry(&["-f", "7"]), ("10.0.3.100:0".into(), 80));
    assert_eq!(
        entry(&["-f", "7", "-r", "8080"]),
        ("10.0.3.100:8080".into(), 8080)
    );
}

#[test]
fn what_is_refused() {
    let base = ["--lvs", "-h", "10.0.3.100", "-V", "10.0.2.100"];
    for (line, text) in [
        (&["--nonsense"][..], "invalid option 'nonsense'"),
        (&["-t", "0"], "a number from 1 is expected"),
        (&["-M", "x"], "it is g, m or i"),
        (&["-x", "(", "--regex"], "no regular expression"),
        (
            &["--check", "http", "--http-status", "fine"],
            "no list of statuses",
        ),
        (&["--check", "program"], "-e, the program, is missing"),
        (&["--fos"], "no failover services"),
        (&["word"], "unexpected argument"),
    ] {
        let error = asked(&[&base[..], line].concat()).unwrap_err();
        assert!(error.contains(text), "{line:?}: {error}");
    }
    assert!(
        asked(&["-h", "10.0.3.100"])
            .unwrap_err()
            .contains("--lvs is missing")
    );
    assert!(
        asked(&["--lvs"])
            .unwrap_err()
            .contains("-h, the server, is missing")
    );
    assert!(asked(&["--lvs", "-h", "::1"]).unwrap_err().contains("-V"));
    assert!(
        asked(&["--lvs", "-h", "nobody"])
            .unwrap_err()
            .contains("no address")
    );
    assert_eq!(asked(&["--version"]), Ok(Asked::Version));
    assert_eq!(asked(&["--help"]), Ok(Asked::Help));
}

fn any_answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        Just(Answer::Nothing),
        Just(Answer::Anything),
        "[ -)+-~\r\n\t]{1,8}".prop_map(Answer::Text),
        "[a-z.\\\\]{0,4}[a-z]".prop_map(|text| Answer::Pattern(text.replace('\\', r"\."))),
    ]
}

fn any_probe() -> impl Strategy<Value = Probe> {
    prop_oneof![
        (any::<bool>(), "[ -~\r\n\t]{0,8}", any_answer())
            .prop_map(|(udp, send, expect)| Probe::Exchange { udp, send, expect }),
        (
            any::<bool>(),
            "[a-z.]{0,5}",
            "/[a-z]{0,3}",
            "(200)?",
            any_answer()
        )
            .prop_map(|(tls, host, path, status, body)| Probe::Http {
                tls,
                host,
                path,
                status,
                body
            }),
        ("/[a-z%]{1,5}( [a-z%]{1,3})?", any_answer())
            .prop_map(|(line, expect)| Probe::Program { line, expect }),
        Just(Probe::Ping),
    ]
}

fn any_load() -> impl Strategy<Value = Load> {
    let commands = ["rsh", "ssh", "ssh -q"].map(|command| Load::Uptime(command.into()));
    let plain = [Load::Unasked, Load::Rup, Load::Ruptime];
    prop::sample::select([&plain[..], &commands[..]].concat())
}

fn any_line() -> impl Strategy<Value = Vec<String>> {
    let service = prop::sample::select(vec![
        "-V 10.0.2.100",
        "-V 10.0.2.100 -u",
        "-V ::2 --protocol sctp",
        "-f 7",
        "-f 7 -V ::",
        "-f 7 -r 81",
    ]);
    let method = prop::sample::select(vec!["", "-M g -r 80", "-M i --tunnel gue:6080", "-M i"]);
    let others = prop::sample::select(vec![
        "",
        "-p 443",
        "-q --rise 3",
        "--fall 2 -S 3",
        "--timeout 2",
        "--upper-threshold 9 --lower-threshold 3",
    ]);
    (service, method, others, 0..40_u32).prop_map(|(service, method, others, reentry)| {
        let line = format!("--lvs -c -h 10.0.3.100 -w 7 -a {reentry} {service} {method} {others}");
        line.split_whitespace().map(str::to_owned).collect()
    })
}

proptest! {
    #[test]
    fn a_line_says_the_whole_watch(line in any_line(), probe in any_probe(), load in any_load()) {
        let line: Vec<&str> = line.iter().map(String::as_str).collect();
        let mut watch = run(&line).watch;
        (watch.probe, watch.load) = (probe, load);
        let written = words(&watch, "/sbin/ipvsadm");
        let written: Vec<&str> = written.iter().map(String::as_str).collect();
        prop_assert_eq!(run(&written).watch, watch, "{:?}", written);
    }
}
