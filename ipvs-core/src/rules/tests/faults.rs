use super::*;
use crate::{Error, ErrorKind, Op};

/// The first mistake of a line: the word to blame, and its kind.
fn check(cases: &[(&str, &str, Fault)]) {
    for (line, word, fault) in cases {
        let mistake = mistake(line);
        assert_eq!((mistake.word(), mistake.fault()), (*word, fault), "{line}");
    }
}

/// A value that is wrong, as a word of its own.
fn invalid(expected: Value, value: &str) -> Fault {
    let value = value.to_owned();
    Fault::Invalid { expected, value }
}

#[test]
fn the_first_option_is_the_command() {
    use Fault::{
        AnotherCommand, MissingValue, NoCommand, Unexpected, UnknownOption, UnwantedValue,
    };
    check(&[
        ("foo", "foo", NoCommand),
        ("-- -A", "-A", NoCommand),
        ("-n -L", "-n", NoCommand),
        ("-q", "-q", NoCommand),
        ("--list=foo", "--list=foo", NoCommand),
        ("-L=n", "-L=n", NoCommand),
        ("--start-daemon", "--start-daemon", NoCommand),
        ("--set=1 2 3", "--set=1", NoCommand),
        ("-Lq", "-Lq", UnknownOption),
        ("-L --bogus=3", "--bogus=3", UnknownOption),
        ("-L --sched", "--sched", UnknownOption),
        ("-A -é", "-é", UnknownOption),
        ("-A -=", "-=", UnknownOption),
        ("-A --=3", "--=3", UnknownOption),
        ("--set -1 2 3", "-1", UnknownOption),
        ("-At", "-At", MissingValue),
        ("-A --tcp-service", "--tcp-service", MissingValue),
        ("-Ln=c", "-Ln=c", UnwantedValue),
        ("-L --numeric=", "--numeric=", UnwantedValue),
        ("-L -h", "-h", AnotherCommand),
        ("-add-service", "-add-service", AnotherCommand),
        ("-L --start-daemon bogus", "bogus", AnotherCommand),
        ("--stop-daemon master -C", "-C", AnotherCommand),
        ("foo -C", "foo", Unexpected),
        ("-C -", "-", Unexpected),
        ("-A -t 192.0.2.1:80 -- -s rr", "-s", Unexpected),
        ("-A -t 192.0.2.1:80 -p -", "-", Unexpected),
        ("-A -t 192.0.2.1:80 # web", "#", Unexpected),
        ("--set 1 2 3 4", "4", Unexpected),
        ("--set 1 2", "--set", Fault::TimeoutsMissing),
        ("-A -t 192.0.2.1:80 -6", "-6", Fault::FamilyBeforeMark),
        ("-A -6 -f 1", "-6", Fault::FamilyBeforeMark),
        (
            "-A -f 1 -u 192.0.2.1:80",
            "-u",
            Fault::Repeated {
                option: "service-address",
            },
        ),
        (
            "-a -gm",
            "-gm",
            Fault::Repeated {
                option: "forwarding-method",
            },
        ),
        (
            "-L --stats --stats",
            "--stats",
            Fault::Repeated { option: "stats" },
        ),
    ]);
}

#[test]
fn a_wrong_value_is_named_with_what_was_expected() {
    for (expected, values, lines) in [
        (
            Value::Service,
            &[
                "80",
                ":80",
                "[::1]",
                "[::1",
                "[::1]80",
                "[]:80",
                "[fe80::1%2]:80",
                "vip:",
                "192.0.2.1:80:81",
                "2001:db8:0:0:0:0:0:9:80",
            ][..],
            &["-A -t "][..],
        ),
        (
            Value::Server,
            &["80", "vip:", "[10.0.0.1", "[a:b]:80"],
            &["-a -f 1 -r "],
        ),
        // A port's name means nothing without a protocol.
        (Value::Server, &["vip:http"], &["-a -r "]),
        (
            Value::FirewallMark,
            &["0", "-1", "0x10", "4294967296", "x"],
            &["-A -f "],
        ),
        (
            Value::PersistenceTimeout,
            &["0", "2678401", "x"],
            &["-A -p ", "-A --persistent "],
        ),
        (
            Value::Netmask,
            &["bogus", "256.1", "ffff::", "vip6"],
            &["-A -M ", "-A -t vip:80 -M "],
        ),
        (
            Value::PrefixLength,
            &["0", "129", "64abc", "ffff::"],
            &["-A -t [::1]:80 -M ", "-A -f 1 -6 -M "],
        ),
        (Value::Weight, &["-1", "2147483648", "3x"], &["-a -w "]),
        (Value::UpperThreshold, &["-1", "2147483648"], &["-a -x "]),
        (
            Value::LowerThreshold,
            &["-1", "2147483648"],
            &["-a --l-threshold "],
        ),
        (Value::SyncId, &["-1", "256"], &["-L --syncid "]),
        (
            Value::GroupV4,
            &["10.0.0.1", "224.1", "bogus"],
            &["-A --mcast-group "],
        ),
        (
            Value::GroupV6,
            &["2001:db8::1", "::ffff:224.0.0.1"],
            &["-A --mcast-group "],
        ),
        (Value::DaemonPort, &["0", "65536"], &["-A --mcast-port "]),
        (Value::DaemonTtl, &["0", "256"], &["-A --mcast-ttl "]),
        (Value::MaxLength, &["0", "65508"], &["-A --sync-maxlen "]),
        (Value::TunnelType, &["GUE", "gu"], &["-a --tun-type "]),
        (Value::TunnelPort, &["0", "65536"], &["-a --tun-port "]),
        (Value::StartRole, &["Master", "mast"], &["--start-daemon "]),
        (Value::StopRole, &["x"], &["--stop-daemon "]),
        (
            Value::Timeout,
            &["x", "2678401"],
            &["--set 1 2 ", "--set -- 1 "],
        ),
    ] {
        for (line, value) in lines
            .iter()
            .flat_map(|line| values.iter().map(move |value| (line, value)))
        {
            let tail = if line.starts_with("--set --") {
                " 3"
            } else {
                ""
            };
            let mistake = mistake(&format!("{line}{value}{tail}"));
            assert_eq!(mistake.fault(), &invalid(expected, value), "{line}{value}");
            assert_eq!(mistake.word(), *value);
            assert_eq!(mistake.column(), line.len() + 1);
            assert!(
                mistake
                    .to_string()
                    .contains(&format!("{value:?}: expected "))
            );
        }
    }
    let attached = mistake("-a -wx");
    assert_eq!((attached.word(), attached.column()), ("-wx", 4));
    assert_eq!(attached.fault(), &invalid(Value::Weight, "x"));
}

#[test]
fn an_unknown_name_is_told_from_a_wrong_address() {
    let unknown = |expected, value: &str, name: &str| Fault::UnknownName {
        expected,
        value: value.to_owned(),
        name: name.to_owned(),
    };
    check(&[
        (
            "-A -t web:80",
            "web:80",
            unknown(Value::Service, "web:80", "web"),
        ),
        (
            "-A -t vip:smtp",
            "vip:smtp",
            unknown(Value::Service, "vip:smtp", "smtp"),
        ),
        (
            "-A -t 10.0.0.256:80",
            "10.0.0.256:80",
            unknown(Value::Service, "10.0.0.256:80", "10.0.0.256"),
        ),
        (
            "-A -t vip:65536",
            "vip:65536",
            unknown(Value::Service, "vip:65536", "65536"),
        ),
        (
            "-A --sctp-service vip:http",
            "vip:http",
            unknown(Value::Service, "vip:http", "http"),
        ),
        (
            "-a -f 1 -r web",
            "web",
            unknown(Value::Server, "web", "web"),
        ),
    ]);
    let error = parse_line("-A -t vip:80", &NoNames).unwrap_err();
    assert_eq!(
        error.to_string(),
        "service-address \"vip:80\": the name \"vip\" is not known: \
         expected an address and port such as 192.0.2.1:80 or [2001:db8::1]:80"
    );
}

#[test]
fn what_a_command_has_no_use_for_is_found_in_the_order_of_the_table() {
    let command = Subject::Command;
    let missing = |option, name| Fault::Missing {
        option,
        of: command(name),
    };
    let illegal = |option, name| Fault::Illegal {
        option,
        of: command(name),
    };
    let conflict = |option, earlier| {
        let of = command("list");
        Fault::Conflict {
            option,
            earlier,
            of,
        }
    };
    check(&[
        ("-A", "-A", missing("service-address", "add-service")),
        ("-A -n", "-n", illegal("numeric", "add-service")),
        ("-A -r vip", "-A", missing("service-address", "add-service")),
        ("-a -s rr", "-a", missing("service-address", "add-server")),
        ("-a -w 3 -f 1", "-a", missing("real-server", "add-server")),
        ("-a -s rr -f 1", "-s", illegal("scheduler", "add-server")),
        (
            "-d -f 1 -r vip -w 3",
            "-w",
            illegal("weight", "delete-server"),
        ),
        ("-Cn", "-Cn", illegal("numeric", "flush")),
        ("-S -t vip:80", "-t", illegal("service-address", "save")),
        ("-R -n", "-n", illegal("numeric", "restore")),
        ("-Z -n", "-n", illegal("numeric", "zero")),
        ("--set 1 -n 2 3", "-n", illegal("numeric", "set")),
        (
            "--start-daemon master -n",
            "-n",
            illegal("numeric", "start-daemon"),
        ),
        (
            "--stop-daemon master --mcast-port 9",
            "--mcast-port",
            illegal("mcast-port", "stop-daemon"),
        ),
        ("-list", "-list", illegal("scheduler", "list")),
        (
            "-L -t vip:80 -c",
            "-t",
            conflict("service-address", "connection"),
        ),
        (
            "-L --daemon --timeout",
            "--daemon",
            conflict("daemon", "timeout"),
        ),
        ("-L -c --stats", "-L", Fault::Listings),
        ("-L --timeout --persistent-conn", "-L", Fault::Listings),
    ]);
}

#[test]
fn what_does_not_go_together_comes_last() {
    let tunnel = Subject::TunnelType;
    check(&[
        ("-A -t vip:0", "-t", Fault::ZeroPort),
        ("-E -t vip -o", "-t", Fault::ZeroPort),
        ("-A -t vip -p -o", "-o", Fault::OnePacket),
        (
            "-a -t vip:80 -r [::2]:80 --tun-port 3",
            "-r",
            Fault::MixedFamilies,
        ),
        ("-a -f 1 -r vip -6 -m", "-r", Fault::MixedFamilies),
        (
            "-a -t vip:80 -r vip -m --tun-type ipip",
            "--tun-type",
            Fault::TunnelWithoutIpip,
        ),
        (
            "-a -t vip:80 -r vip -i --tun-type gue",
            "--tun-type",
            Fault::Missing {
                option: "tun-port",
                of: tunnel("gue"),
            },
        ),
        (
            "-a -t vip:80 -r vip -i --tun-nocsum --tun-csum",
            "--tun-nocsum",
            Fault::Illegal {
                option: "tun-nocsum",
                of: tunnel("ipip"),
            },
        ),
        (
            "-a -t vip:80 -r vip -i --tun-type gre --tun-remcsum",
            "--tun-remcsum",
            Fault::Illegal {
                option: "tun-remcsum",
                of: tunnel("gre"),
            },
        ),
        (
            "-a -t vip:80 -r vip -i --tun-type gue --tun-port 9 --tun-remcsum --tun-csum",
            "--tun-remcsum",
            Fault::Conflict {
                option: "tun-remcsum",
                earlier: "tun-csum",
                of: tunnel("gue"),
            },
        ),
    ]);
}

#[test]
fn scheduler_flags_are_the_schedulers_own() {
    let flag = |flag: &str| flag.to_owned();
    check(&[
        (
            "-A -b sh-port -t vip:80",
            "sh-port",
            Fault::ForeignFlag {
                flag: flag("sh-port"),
            },
        ),
        (
            "-A -t vip:80 -b mh-port,x -s sh",
            "mh-port,x",
            Fault::ForeignFlag {
                flag: flag("mh-port"),
            },
        ),
        (
            "-A -t vip:80 -b x,sh-port",
            "x,sh-port",
            Fault::UnknownFlag { flag: flag("x") },
        ),
        (
            "-A -t vip:80 -b FLAG-1",
            "FLAG-1",
            Fault::UnknownFlag {
                flag: flag("FLAG-1"),
            },
        ),
        // Before the tables, behind the words.
        ("-L -b x -s rr", "x", Fault::UnknownFlag { flag: flag("x") }),
        ("-A -b x y", "y", Fault::Unexpected),
    ]);
}

#[test]
fn names_that_are_cut_by_the_original_come_last() {
    let name = |option, value: &str, max| Fault::Name {
        option,
        value: value.to_owned(),
        max,
    };
    check(&[
        (
            "-A -f 1 -s abcdefghijklmnop",
            "abcdefghijklmnop",
            name("scheduler", "abcdefghijklmnop", 15),
        ),
        (
            "-A -f 1 --pe=abcdefghijklmnopq",
            "--pe=abcdefghijklmnopq",
            name("pe", "abcdefghijklmnopq", 16),
        ),
        (
            "--start-daemon master --mcast-interface abcdefghijklmnop",
            "abcdefghijklmnop",
            name("mcast-interface", "abcdefghijklmnop", 15),
        ),
        (
            "-A -s abcdefghijklmnop -f 1 -n",
            "-n",
            Fault::Illegal {
                option: "numeric",
                of: Subject::Command("add-service"),
            },
        ),
    ]);
    assert!(matches!(
        mistake("-A -f 1 -s a\0b").fault(),
        Fault::Name { .. }
    ));
}

#[test]
fn a_mistake_is_one_sentence_with_its_place() {
    let line = "ipvsadm  -ä\t-w ipvsadm é";
    let found = mistake(line);
    assert_eq!((found.word(), found.column()), ("-ä", 10));
    assert_eq!(
        found.to_string(),
        "expected a command such as -A or -a first, found \"-ä\""
    );
    let found = mistake("ipvsadm -a -sé\tipvsadm -w é");
    assert_eq!((found.word(), found.column()), ("é", 27));
    for (line, sentence) in [
        ("-A -q", "there is no such option, found \"-q\""),
        ("-A -t", "the option needs a value, found \"-t\""),
        ("-A -n=3", "the option takes no value, found \"-n=3\""),
        ("-A -C", "expected one command, the first one, found \"-C\""),
        ("-A x", "expected an option, found \"x\""),
        ("-A -f 1 -f 1", "expected service-address once"),
        ("-A -6", "-6 belongs behind -f"),
        (
            "--set 1",
            "set: expected three time-outs in seconds: tcp, tcp-fin and udp",
        ),
        ("-A -b x", "sched-flags: there is no flag \"x\""),
        (
            "-A -b sh-port",
            "sched-flags: \"sh-port\" is another scheduler's",
        ),
        ("-A", "the command add-service needs service-address"),
        ("-C -n", "the command flush has no numeric"),
        (
            "-L -c --daemon",
            "the command list takes connection or daemon, not both",
        ),
        (
            "-a -f 1 -r vip -i --tun-port 3",
            "the tunnel type ipip has no tun-port",
        ),
        (
            "-A -t vip",
            "port 0, every port, is for persistent services",
        ),
        (
            "-A -t vip:80 -o",
            "ops is for services of UDP or a firewall mark",
        ),
        (
            "-a -f 1 -r vip6",
            "a dest of another address family is reached by a tunnel only",
        ),
        (
            "-a -f 1 -r vip --tun-csum",
            "the options of a tunnel need ipip",
        ),
        ("-L --rate --daemon", "these listings exclude each other"),
        (
            "-A -f 1 -s abcdefghijklmnop",
            "scheduler \"abcdefghijklmnop\": expected a name of 1 to 15 bytes",
        ),
    ] {
        assert_eq!(mistake(line).to_string(), sentence, "{line}");
    }
    let error = Error::from(mistake("-A -C"));
    assert_eq!(
        (error.kind(), error.op()),
        (ErrorKind::InvalidInput, Op::Parse)
    );
    // A stranger's word is cut.
    let long = mistake(&format!("-A {}", "x".repeat(10_000)));
    assert!(long.to_string().len() < 150);
}
