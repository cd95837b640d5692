//! Every message about the command line, each by the shortest line that earns it.

use crate::cases::{Cases, compare};
use crate::harness::{Test, tests};
use crate::program::Typed;
use crate::site::{Site, small_table};

pub fn tests() -> Vec<Test> {
    tests![
        every_message_of_the_parser,
        every_message_of_the_checks,
        the_first_problem_is_told,
        numbers_end_where_they_end
    ]
}

const GROUP: &str = "messages";

/// Types each line; the original says what is written beside it.
fn all(cases: &mut Cases<'_>, lines: &[(&str, &str)]) {
    for (line, message) in lines {
        let typed = Typed::from(*line);
        let told = cases.equal(typed.clone()).complaint();
        if !told.contains(message) {
            cases.differ(format!("{typed}\n  is not told {message:?} but {told:?}"));
        }
    }
}

const OF_THE_PARSER: &[(&str, &str)] = &[
    ("-A -s rr -s wrr", "multiple 'scheduler' options specified"),
    ("-A -t", "-t: missing argument"),
    (
        "-A -t 10.0.0.9:http: -s rr",
        "illegal virtual server address[:port] specified",
    ),
    (
        "-A -u 80",
        "illegal virtual server address[:port] specified",
    ),
    (
        "-A --sctp-service ''",
        "illegal virtual server address[:port] specified",
    ),
    ("-A -f 0", "invalid fwmark value `0' specified"),
    (
        "-A -f 4294967296",
        "invalid fwmark value `4294967296' specified",
    ),
    ("-A -f -1", "invalid fwmark value `-1' specified"),
    ("-A -f x", "invalid fwmark value `x' specified"),
    (
        "-A -t 10.0.0.9:80 -p 0",
        "invalid timeout value `0' specified",
    ),
    (
        "-A -t 10.0.0.9:80 -p x",
        "invalid timeout value `x' specified",
    ),
    (
        "-A -t 10.0.0.9:80 -p 2678401",
        "invalid timeout value `2678401' specified",
    ),
    (
        "-A -t 10.0.0.9:80 -p -M no.such",
        "illegal virtual server persistent mask specified",
    ),
    (
        "-A -t [2001:db8::9]:80 -p -M 0",
        "illegal ipv6 netmask specified",
    ),
    (
        "-A -t [2001:db8::9]:80 -p -M 129",
        "illegal ipv6 netmask specified",
    ),
    (
        "-a -t 10.0.0.1:80 -r 80",
        "illegal real server address[:port] specified",
    ),
    (
        "-a -t 10.0.0.1:80 -r 10.1.0.9 -w x",
        "illegal weight specified",
    ),
    (
        "-a -t 10.0.0.1:80 -r 10.1.0.9 -w -1",
        "illegal weight specified",
    ),
    (
        "-a -t 10.0.0.1:80 -r 10.1.0.9 -w 2147483648",
        "illegal weight specified",
    ),
    (
        "-a -t 10.0.0.1:80 -r 10.1.0.9 -x -1",
        "illegal u_threshold specified",
    ),
    (
        "-a -t 10.0.0.1:80 -r 10.1.0.9 -x 2147483648",
        "illegal u_threshold specified",
    ),
    (
        "-a -t 10.0.0.1:80 -r 10.1.0.9 -y x",
        "illegal l_threshold specified",
    ),
    (
        "--start-daemon master --syncid 256",
        "illegal syncid specified",
    ),
    (
        "--start-daemon master --syncid -1",
        "illegal syncid specified",
    ),
    ("-A -6 -f 7", "-6 used before -f\n\n"),
    (
        "--start-daemon master --mcast-group 10.0.0.1",
        "invalid IPv4 mcast-group `10.0.0.1'",
    ),
    (
        "--start-daemon master --mcast-group x",
        "invalid IPv4 mcast-group `x'",
    ),
    (
        "--start-daemon master --mcast-group fe80::1",
        "invalid IPv6 mcast-group `fe80::1'",
    ),
    (
        "--start-daemon master --mcast-port 0",
        "illegal mcast-port specified",
    ),
    (
        "--start-daemon master --mcast-port 65536",
        "illegal mcast-port specified",
    ),
    (
        "--start-daemon master --mcast-ttl 0",
        "illegal mcast-ttl specified",
    ),
    (
        "--start-daemon master --mcast-ttl 256",
        "illegal mcast-ttl specified",
    ),
    (
        "--start-daemon master --sync-maxlen 0",
        "illegal sync-maxlen specified",
    ),
    (
        "--start-daemon master --sync-maxlen 65508",
        "illegal sync-maxlen specified",
    ),
    (
        "-a -t 10.0.0.1:80 -r 10.1.0.9 -i --tun-type vxlan",
        "illegal tunnel type specified",
    ),
    (
        "-a -t 10.0.0.1:80 -r 10.1.0.9 -i --tun-port 0",
        "illegal tunnel port specified",
    ),
    (
        "-a -t 10.0.0.1:80 -r 10.1.0.9 -i --tun-port 65536",
        "illegal tunnel port specified",
    ),
    ("-L -D", "invalid option `-D'"),
    ("-L --add-service", "invalid option `--add-service'"),
    ("-add-service", "invalid option"),
    (
        "--start-daemon both",
        "illegal start-daemon parameter specified",
    ),
    ("--stop-daemon both", "illegal start_daemon specified"),
    ("-L --bogus", "--bogus: unknown option"),
    ("-L -q", "-q: unknown option"),
    ("-Lq", "-Lq: unknown option"),
    ("--set", "--set option requires 3 timeout values"),
    ("--set 1 2", "--set option requires 3 timeout values"),
    ("--set 1 2 x", "invalid timeout value `x' specified"),
    ("--set -- 1 -2 3", "invalid timeout value `-2' specified"),
    (
        "--set 2678401 1 1",
        "invalid timeout value `2678401' specified",
    ),
    ("-L extra", "unexpected argument extra"),
    ("--set 1 2 3 4", "unexpected argument 4"),
    (
        "-A -t 10.0.0.9:80 -b mh-port",
        "incompatible scheduler flag `mh-port'",
    ),
    (
        "-A -t 10.0.0.9:80 -b sh-port",
        "incompatible scheduler flag `sh-port'",
    ),
    (
        "-A -t 10.0.0.9:80 -b nosuch",
        "invalid scheduler flag `nosuch'",
    ),
];

fn every_message_of_the_parser(site: &Site) {
    compare(site, GROUP, &small_table(), |cases| {
        all(cases, OF_THE_PARSER)
    });
}

const OF_THE_CHECKS: &[(&str, &str)] = &[
    (
        "-A",
        "You need to supply the 'service-address' option for the 'add-service' command",
    ),
    (
        "-a -t 10.0.0.1:80",
        "You need to supply the 'real-server' option for the 'add-server' command",
    ),
    ("-C -n", "Illegal 'numeric' option with the 'flush' command"),
    (
        "-L -c --timeout",
        "The option 'timeout' conflicts with the 'connection' option in the 'list' command",
    ),
    (
        "-A -t 10.0.0.9:0",
        "Zero port specified for non-persistent service",
    ),
    (
        "-E -t 10.0.0.9",
        "Zero port specified for non-persistent service",
    ),
    (
        "-A -t 10.0.0.9:80 -o",
        "One-Packet Scheduling is only for UDP virtual services",
    ),
    (
        "-A --sctp-service 10.0.0.9:80 -o",
        "One-Packet Scheduling is only for UDP virtual services",
    ),
    (
        "-a -t 10.0.0.1:80 -r [2001:db8::9]:80",
        "Different address family is allowed only for tunneling servers",
    ),
    (
        "-a -t 10.0.0.1:80 -r [2001:db8::9]:80 -m",
        "Different address family is allowed only for tunneling servers",
    ),
    (
        "-a -t 10.0.0.1:80 -r 10.1.0.9 -m --tun-type gre",
        "Tunnel options conflict with forward method",
    ),
    (
        "-a -t 10.0.0.1:80 -r 10.1.0.9 -i --tun-type gue",
        "You need to supply the 'tun-port' option for the 'gue' tunnel type",
    ),
    (
        "-a -t 10.0.0.1:80 -r 10.1.0.9 -i --tun-type gre --tun-port 9",
        "Illegal 'tun-port' option with the 'gre' tunnel type",
    ),
    (
        "-a -t 10.0.0.1:80 -r 10.1.0.9 -i --tun-type gre --tun-csum --tun-nocsum",
        "conflicts with the 'tun-nocsum' option in the 'gre' tunnel type",
    ),
    ("-L -c --stats", "options conflicts in the list command"),
    (
        "-L --timeout --rate",
        "options conflicts in the list command",
    ),
    (
        "-L --daemon --thresholds",
        "options conflicts in the list command",
    ),
    (
        "-L --daemon --persistent-conn",
        "options conflicts in the list command",
    ),
    (
        "--bogus",
        "Try `ipvsadm -h' or 'ipvsadm --help' for more information.",
    ),
    (
        "extra",
        "Try `ipvsadm -h' or 'ipvsadm --help' for more information.",
    ),
    (
        "-n",
        "Try `ipvsadm -h' or 'ipvsadm --help' for more information.",
    ),
];

fn every_message_of_the_checks(site: &Site) {
    compare(site, GROUP, &small_table(), |cases| {
        all(cases, OF_THE_CHECKS)
    });
}

/// Lines with more than one problem.
const SEVERAL: &[&str] = &[
    "-A -s",
    "-A -x 1 -s rr -n",
    "-A -n -c",
    "-A -r 10.1.0.1:80",
    "-A -t 10.0.0.9:x -s rr -s rr",
    "-A -s rr -s rr -t 10.0.0.9:x",
    "-A -t 10.0.0.9:80 -b nosuch extra",
    "-A -t 10.0.0.9:80 extra --bogus",
    "-A -t 10.0.0.9:80 -b nosuch -b nosuch",
    "-A -t 10.0.0.9:80 -b flag-1,nosuch",
    "-A -t 10.0.0.9:80 -b nosuch -s sh",
    "-A -t 10.0.0.9:80 -b sh-port -n",
    "-A -t 10.0.0.9:0 -o",
    "-A -t 10.0.0.9:0 -n",
    "-A -f 7 -6 -o",
    "-E",
    "-E -b nosuch",
    "-D -s rr",
    "-D -n",
    "-C extra -n",
    "-C -t 10.0.0.1:80 -n",
    "-L -c --timeout --stats",
    "-L --daemon --timeout -c -t 10.0.0.1:80",
    "-L -w 1 -c --timeout",
    "-L -t 10.0.0.1:80 --stats -c",
    "-a -n",
    "-a -r 10.1.0.1:80",
    "-a -r 10.1.0.1:80 -s rr",
    "-a -t 10.0.0.1:80 -n",
    "-a -t 10.0.0.1:80 -r 10.1.0.9:80 -s rr -n",
    "-a -t 10.0.0.1:80 -r [2001:db8::9]:80 --tun-type gue",
    "-a -t 10.0.0.1:80 -r 10.1.0.9:80 --tun-type gue --tun-csum --tun-nocsum",
    "-a -t 10.0.0.1:80 -r 10.1.0.9:80 -i --tun-type gue --tun-csum --tun-nocsum",
    "-a -t 10.0.0.1:80 -r 10.1.0.9:80 -i --tun-type gre --tun-remcsum --tun-port 9",
    "-a -t 10.0.0.1:80 -r 10.1.0.9:80 -w x -w 1",
    "-a -t 10.0.0.1:80 -r 10.1.0.9:80 -w 1 -w x",
    "-d -t 10.0.0.1:80 -r 10.1.0.1:80 -w 1 -m",
    "--set 1 x y",
    "--set x",
    "--set 1 2 3 -n",
    "--set -n 1 2 3",
    "--set 1 2 3 4 -n",
    "--set 1 2 --bogus",
    "--start-daemon",
    "--start-daemon -n",
    "--start-daemon master extra -n",
    "--stop-daemon both --bogus",
    "-Z -n -t 10.0.0.1:80",
    "-S -t 10.0.0.1:80 extra",
    "-R extra",
    "-R -n",
];

fn the_first_problem_is_told(site: &Site) {
    compare(site, GROUP, &small_table(), |cases| {
        SEVERAL.iter().for_each(|line| drop(cases.equal(*line)));
    });
}

/// What a number may look like, and what it may not.
fn numbers_end_where_they_end(site: &Site) {
    let numbers = [
        "+5",
        " 5",
        "5 ",
        "5x",
        "0x5",
        "05",
        "",
        "+",
        "5.0",
        "2147483647",
        "99999999999999999999",
    ];
    let add = ["-A", "-t", "10.0.0.9:80"];
    let dest = ["-a", "-t", "10.0.0.1:80", "-r", "10.1.0.9:80"];
    compare(site, GROUP, &small_table(), |cases| {
        for number in numbers {
            let glued = |option: &str| format!("{option}={number}");
            cases.equal(Typed::words(["-A", "-f", number]));
            cases.equal(Typed::words(
                add.iter()
                    .map(ToString::to_string)
                    .chain([glued("--persistent")]),
            ));
            cases.equal(Typed::words(
                dest.iter()
                    .map(ToString::to_string)
                    .chain([glued("--weight")]),
            ));
        }
        for number in ["+5", " 5", "0x5", "05", ""] {
            cases.equal(Typed::words(dest.iter().chain(&["-x", number])));
            cases.equal(Typed::words(["--set", number, "0", "0"]));
            let six = ["-A", "-t", "[2001:db8::9]:80", "-p", "-M", number];
            cases.equal(Typed::words(six));
        }
    });
}
