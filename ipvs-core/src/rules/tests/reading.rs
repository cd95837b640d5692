use super::*;
use crate::{DaemonRole, SyncDaemon};

/// What each line asks for, in the words of `Change`'s own text.
#[test]
fn lines_read_as_ipvsadm_reads_them() {
    for (line, expected) in [
        // Every command, long and short.
        (
            "-A -t 192.0.2.1:80",
            "add service tcp 192.0.2.1:80 scheduler wlc",
        ),
        (
            "--add-service --tcp-service 192.0.2.1:80",
            "add service tcp 192.0.2.1:80 scheduler wlc",
        ),
        (
            "-E -u 192.0.2.1:53 -s rr",
            "update service udp 192.0.2.1:53 scheduler rr",
        ),
        (
            "-D --sctp-service 192.0.2.1:80",
            "remove service sctp 192.0.2.1:80",
        ),
        ("-C", "flush"),
        ("--clear", "flush"),
        ("-Z", "zero"),
        ("-Z -f 7 -6", "zero service fwmark 7 ipv6"),
        (
            "-d -t 192.0.2.1:80 -r 10.0.0.1",
            "remove dest 10.0.0.1:80 of tcp 192.0.2.1:80",
        ),
        (
            "-d -t 192.0.2.1:80 -r 10.0.0.1:8",
            "remove dest 10.0.0.1:8 of tcp 192.0.2.1:80",
        ),
        ("--set 900 0 300", "set timeouts tcp 900 udp 300"),
        ("--set 0 0 0", "set timeouts"),
        ("1 --set 2 3", "set timeouts tcp 1 tcp-fin 2 udp 3"),
        ("--set -- 1 2 3", "set timeouts tcp 1 tcp-fin 2 udp 3"),
        (
            "--set 1 +2 2678400",
            "set timeouts tcp 1 tcp-fin 2 udp 2678400",
        ),
        (
            "--start-daemon master",
            "start daemon master eth0 sync-id 0",
        ),
        (
            "--start-daemon=backup --syncid 255",
            "start daemon backup eth0 sync-id 255",
        ),
        (
            "--start-daemon master --mcast-interface eth1 --sync-maxlen 65507 --mcast-group ff02::81 \
             --mcast-port 65535 --mcast-ttl 255",
            "start daemon master eth1 sync-id 0 max-length 65507 group ff02::81 port 65535 ttl 255",
        ),
        (
            "--start-daemon master --mcast-interface=",
            "start daemon master eth0 sync-id 0",
        ),
        ("--stop-daemon backup --syncid 3", "stop daemon backup"),
        // Bundles, attached values, the value that may be missing.
        (
            "-At192.0.2.1:80",
            "add service tcp 192.0.2.1:80 scheduler wlc",
        ),
        (
            "-A -t=192.0.2.1:80 -s=rr",
            "add service tcp 192.0.2.1:80 scheduler rr",
        ),
        (
            "-A -u 192.0.2.1:80 -srr",
            "add service udp 192.0.2.1:80 scheduler rr",
        ),
        (
            "-A --udp-service=192.0.2.1:80 --scheduler=rr",
            "add service udp 192.0.2.1:80 scheduler rr",
        ),
        (
            "-A -t 192.0.2.1:80 -s==rr",
            "add service tcp 192.0.2.1:80 scheduler =rr",
        ),
        (
            "-A -t 192.0.2.1:80 -s -o",
            "add service tcp 192.0.2.1:80 scheduler -o",
        ),
        (
            "-A -t 192.0.2.1:80 --scheduler=",
            "add service tcp 192.0.2.1:80 scheduler wlc",
        ),
        (
            "-A -t 192.0.2.1:80 -p",
            "add service tcp 192.0.2.1:80 scheduler wlc flags persistent timeout 360",
        ),
        (
            "-A -t 192.0.2.1:80 -p -s rr",
            "add service tcp 192.0.2.1:80 scheduler rr flags persistent timeout 360",
        ),
        (
            "-A -t 192.0.2.1:80 -p300",
            "add service tcp 192.0.2.1:80 scheduler wlc flags persistent timeout 300",
        ),
        (
            "-A -t 192.0.2.1:80 --persistent=+7",
            "add service tcp 192.0.2.1:80 scheduler wlc flags persistent timeout 7",
        ),
        (
            "-A -f1 -6p",
            "add service fwmark 1 ipv6 scheduler wlc flags persistent timeout 360",
        ),
        (
            "-A -f1 -p6",
            "add service fwmark 1 scheduler wlc flags persistent timeout 6",
        ),
        (
            "-A -u 192.0.2.1:80 -op 300",
            "add service udp 192.0.2.1:80 scheduler wlc flags persistent,one-packet timeout 300",
        ),
        (
            "-A -t 192.0.2.1:80 --sort --sort",
            "add service tcp 192.0.2.1:80 scheduler wlc",
        ),
        // Services.
        (
            "-A -f +4294967295",
            "add service fwmark 4294967295 scheduler wlc",
        ),
        (
            "-A -f 1 -6 -6 -o",
            "add service fwmark 1 ipv6 scheduler wlc flags one-packet",
        ),
        (
            "-A -u 192.0.2.1:80 --pe sip",
            "add service udp 192.0.2.1:80 scheduler wlc engine sip",
        ),
        (
            "-A -t 192.0.2.1:80 -M 255.255.0.0",
            "add service tcp 192.0.2.1:80 scheduler wlc netmask 255.255.0.0",
        ),
        (
            "-A -M 24 -t 192.0.2.1:80",
            "add service tcp 192.0.2.1:80 scheduler wlc netmask 0.0.0.24",
        ),
        (
            "-A -M vip -t 192.0.2.1:80",
            "add service tcp 192.0.2.1:80 scheduler wlc netmask 192.0.2.1",
        ),
        (
            "-A -t [2001:db8::1]:80 -M 64",
            "add service tcp [2001:db8::1]:80 scheduler wlc netmask 64",
        ),
        (
            "-A -t 192.0.2.1:80 -b flag-1,,flag-3,flag-1",
            "add service tcp 192.0.2.1:80 scheduler wlc flags scheduler-1,scheduler-3",
        ),
        (
            "-A -b sh-port,flag-1 -t 192.0.2.1:80 -s sh",
            "add service tcp 192.0.2.1:80 scheduler sh flags scheduler-1,scheduler-2",
        ),
        // Dests.
        (
            "-a -t 192.0.2.1:80 -r 10.0.0.1:81",
            "add dest 10.0.0.1:80 direct-route weight 1 of tcp 192.0.2.1:80",
        ),
        (
            "-e -t 192.0.2.1:80 -r 10.0.0.1:81 -m -w 0",
            "update dest 10.0.0.1:81 masquerade weight 0 of tcp 192.0.2.1:80",
        ),
        (
            "-a -t 192.0.2.1:80 -r 10.0.0.1 -m",
            "add dest 10.0.0.1:80 masquerade weight 1 of tcp 192.0.2.1:80",
        ),
        (
            "-a -f 1 -r 10.0.0.1:81 -g",
            "add dest 10.0.0.1:81 direct-route weight 1 of fwmark 1",
        ),
        (
            "-a -f 1 -r 10.0.0.1:http -m",
            "add dest 10.0.0.1:80 masquerade weight 1 of fwmark 1",
        ),
        (
            "-a -f 1 -6 -r 10.0.0.1 -i",
            "add dest 10.0.0.1:0 tunnel weight 1 of fwmark 1 ipv6",
        ),
        (
            "-a -t 192.0.2.1:80 -r [2001:db8::2]:80 -i",
            "add dest [2001:db8::2]:80 tunnel weight 1 of tcp 192.0.2.1:80",
        ),
        (
            "-d -t 192.0.2.1:80 -r [2001:db8::2]:80",
            "remove dest [2001:db8::2]:80 of tcp 192.0.2.1:80",
        ),
        (
            "-a -t 192.0.2.1:80 -r 10.0.0.1 -w 2147483647 -x 2147483647 -y 2",
            "add dest 10.0.0.1:80 direct-route weight 2147483647 upper 2147483647 lower 2 of tcp 192.0.2.1:80",
        ),
        (
            "-a -t 192.0.2.1:80 -r 10.0.0.1 -i --tun-type gue --tun-port 6080 --tun-remcsum",
            "add dest 10.0.0.1:80 tunnel weight 1 tunnel gue:6080:remcsum of tcp 192.0.2.1:80",
        ),
        (
            "-a -t 192.0.2.1:80 -r 10.0.0.1 -i --tun-type gre --tun-nocsum",
            "add dest 10.0.0.1:80 tunnel weight 1 tunnel gre of tcp 192.0.2.1:80",
        ),
        (
            "-a -t 192.0.2.1:80 -r 10.0.0.1 -i --tun-type ipip",
            "add dest 10.0.0.1:80 tunnel weight 1 of tcp 192.0.2.1:80",
        ),
        // Addresses and names.
        (
            "-A -t vip:http",
            "add service tcp 192.0.2.1:80 scheduler wlc",
        ),
        (
            "-A -u vip6:domain",
            "add service udp [2001:db8::1]:53 scheduler wlc",
        ),
        ("-A -t [::1]:http", "add service tcp [::1]:80 scheduler wlc"),
        ("-D -t ::1", "remove service tcp [::1]:0"),
        (
            "-D -t 2001:db8::1:80",
            "remove service tcp [2001:db8::1:80]:0",
        ),
        ("-D -t 10.1:80", "remove service tcp 10.0.0.1:80"),
        ("-D -t 0x7f.1:+80", "remove service tcp 127.0.0.1:80"),
        // Words that are skipped.
        (
            "ipvsadm -A ipvsadm -t ipvsadm 192.0.2.1:80",
            "add service tcp 192.0.2.1:80 scheduler wlc",
        ),
        (
            "\t-A  -t\t192.0.2.1:80 \r",
            "add service tcp 192.0.2.1:80 scheduler wlc",
        ),
    ] {
        assert_eq!(change(line).to_string(), expected, "{line}");
    }
}

/// Where the original is plainly broken: the port behind brackets lost, a
/// netmask or a server misread because its service comes behind it, `-b ,` a crash.
#[test]
fn what_the_original_gets_wrong_is_right_here() {
    for (line, expected) in [
        (
            "-A -t [192.0.2.1]:80",
            "add service tcp 192.0.2.1:80 scheduler wlc",
        ),
        (
            "-A -t [vip]:http",
            "add service tcp 192.0.2.1:80 scheduler wlc",
        ),
        (
            "-A -M 64 -t [2001:db8::1]:80",
            "add service tcp [2001:db8::1]:80 scheduler wlc netmask 64",
        ),
        (
            "-A -f 1 -M 64 -6",
            "add service fwmark 1 ipv6 scheduler wlc netmask 64",
        ),
        (
            "-a -r 10.0.0.1 -t 192.0.2.1:80 -m",
            "add dest 10.0.0.1:80 masquerade weight 1 of tcp 192.0.2.1:80",
        ),
        (
            "-d -r 10.0.0.1:domain -u 192.0.2.1:80",
            "remove dest 10.0.0.1:53 of udp 192.0.2.1:80",
        ),
        (
            "-A -t 192.0.2.1:80 -b ,",
            "add service tcp 192.0.2.1:80 scheduler wlc",
        ),
        (
            "-A -t 192.0.2.1:80 -s !#:+ -p 7",
            "add service tcp 192.0.2.1:80 scheduler !#:+ flags persistent timeout 7",
        ),
    ] {
        assert_eq!(change(line).to_string(), expected, "{line}");
    }
    for (line, expected) in [
        ("-A -t [192.0.2.1:8]:80", Value::Service),
        ("-A -t [2001:db8::1]:80 -M 64abc", Value::PrefixLength),
        (
            "-A -M 255.255.255.0 -t [2001:db8::1]:80",
            Value::PrefixLength,
        ),
        ("-A -f 1 -M 255.255.255.0 -6", Value::PrefixLength),
    ] {
        let mistake = mistake(line);
        let Fault::Invalid {
            expected: found, ..
        } = mistake.fault()
        else {
            panic!("{mistake}")
        };
        assert_eq!(*found, expected, "{line}");
    }
}

#[test]
fn other_commands_are_told_apart() {
    let command = |line| parse_line(line, &NoNames).unwrap().unwrap();
    assert_eq!(command("-R"), Command::Restore);
    assert_eq!(command("-S"), Command::Save { numeric: false });
    assert_eq!(command("--save -n"), Command::Save { numeric: true });
    // Whatever stands behind them.
    assert_eq!(command("-hq --bogus"), Command::Help);
    assert_eq!(command("--version -L"), Command::Version);
    for line in ["", "  \t", "ipvsadm", "# -A", "  #", "ipvsadm # x", "\r"] {
        assert_eq!(parse_line(line, &NoNames), Ok(None), "{line:?}");
    }
}

#[test]
fn a_listing_has_what_was_asked_for() {
    let list = |line| match parse_line(line, &NoNames) {
        Ok(Some(Command::List(list))) => list,
        other => panic!("{line}: {other:?}"),
    };
    assert_eq!(list("-l").what, Listing::Table);
    let what = list("--list -t 192.0.2.1:80 --stats --exact").what;
    assert_eq!(what, Listing::Service("tcp 192.0.2.1:80".parse().unwrap()));
    let connections = list("-Lnc --persistent-conn --nosort --tun-info");
    assert_eq!(connections.what, Listing::Connections);
    assert!(connections.numeric && connections.persistent_connections);
    assert!(connections.nosort && connections.tunnels && !connections.exact);
    assert_eq!(list("-L --timeout -X").what, Listing::Timeouts);
    assert_eq!(list("-L --daemon").what, Listing::Daemons);
    // Of no use, and no mistake.
    assert_eq!(list("-L --syncid 3 --sort").what, Listing::Table);
    let all = list("-L --stats --rate --thresholds");
    assert!(all.stats && all.rate && all.thresholds && !all.numeric);
}

/// An argv may hold what no line can.
#[test]
fn the_words_of_an_argv_may_hold_blanks() {
    let parse = |words: &[&str]| Command::parse(words, &NoNames);
    let weight = ["-a", "-f", " 1", "-r", "10.0.0.1 x", "-w", " \t+3"];
    let Ok(Command::Change(Change::AddDest(_, dest))) = parse(&weight) else {
        panic!()
    };
    assert_eq!((dest.weight, dest.key.address), (3, [10, 0, 0, 1].into()));
    assert!(parse(&["-a", "-f", "1", "-r", "10.0.0.1", "-w", "3 "]).is_err());
    let empty = ["--start-daemon", "master", "--mcast-interface", ""];
    let eth0 = SyncDaemon::new(DaemonRole::Master, "eth0".parse().unwrap());
    let change = Command::Change(Change::StartDaemon(eth0));
    assert_eq!(parse(&empty), Ok(change));
    let mistake = parse(&["-A", "-t", "", "-w", "x"]).unwrap_err();
    assert_eq!(
        (mistake.word(), mistake.column(), mistake.line()),
        ("", 7, None)
    );
    let none: [&str; 0] = [];
    assert_eq!(parse(&none).unwrap_err().fault(), &Fault::NoCommand);
}
