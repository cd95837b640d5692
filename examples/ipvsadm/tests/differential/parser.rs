//! How the words of a command line are taken apart.

use crate::cases::{compare, compare_lines};
use crate::harness::{Test, tests};
use crate::program::Typed;
use crate::site::{Site, small_table};

pub fn tests() -> Vec<Test> {
    tests![
        long_and_short_are_the_same,
        words_are_taken_apart,
        the_first_word_is_the_command,
        the_program_has_a_name,
        words_may_be_anything
    ]
}

const GROUP: &str = "parser";

fn long_and_short_are_the_same(site: &Site) {
    let lines = [
        "--add-service --tcp-service 10.0.0.9:80 --scheduler rr --persistent --netmask 255.255.255.0",
        "--add-service --udp-service 10.0.0.9:53 --scheduler=rr --ops",
        "--add-service --sctp-service=10.0.0.9:80",
        "--add-service --fwmark-service 9 --ipv6 --sched-flags flag-1",
        "--edit-service --tcp-service 10.0.0.1:80 --scheduler=sh --sched-flags=sh-port",
        "--delete-service --tcp-service 10.0.0.1:80",
        "--clear",
        "--list --numeric",
        "--list --numeric --exact",
        "-l -n",
        "-ln",
        "--list --numeric --connection",
        "--add-server --tcp-service 10.0.0.1:80 --real-server 10.1.0.9 --masquerading --weight 9",
        "--add-server --tcp-service 10.0.0.1:80 --real-server 10.1.0.9 --gatewaying",
        "--add-server --tcp-service 10.0.0.1:80 --real-server 10.1.0.9 --ipip",
        "--edit-server --tcp-service 10.0.0.1:80 --real-server 10.1.0.1 --u-threshold 9 --l-threshold 3",
        "--delete-server --tcp-service 10.0.0.1:80 --real-server 10.1.0.1",
        "--zero",
        "--zero --tcp-service 10.0.0.1:80",
        "--save --numeric",
        "--restore",
        "--version",
    ];
    compare_lines(site, GROUP, &small_table(), &lines);
}

fn words_are_taken_apart(site: &Site) {
    let lines = [
        "-t10.0.0.9:80",
        "-At 10.0.0.9:80",
        "-At10.0.0.9:80",
        "-A -t10.0.0.9:80 -srr",
        "-A -t=10.0.0.9:80",
        "-A --tcp-service=10.0.0.9:80 --scheduler=",
        "-A --tcp-service=",
        "-A -t 10.0.0.9:80 -p300",
        "-A -t 10.0.0.9:80 -p 300",
        "-A -t 10.0.0.9:80 -p=300",
        "-A -t 10.0.0.9:80 --persistent=400",
        "-A -t 10.0.0.9:80 --persistent 400",
        "-A -t 10.0.0.9:80 -p -s rr",
        "-A -p -t 10.0.0.9:80",
        "-A -t 10.0.0.9:80 -p ''",
        "-A -t 10.0.0.9:80 -p -300",
        "-A -t 10.0.0.9:80 -p --",
        "-A -t 10.0.0.9:80 -ps rr",
        "-A -pt 10.0.0.9:80",
        "-A -t 10.0.0.9:80 -p - ",
        "-A -u 10.0.0.9:80 -op",
        "-A -u 10.0.0.9:80 -po",
        "-Ln",
        "-LnX",
        "-Lnc",
        "-L -n -- ",
        "-L -n -- extra",
        "-L -n -",
        "-L -n --",
        "-L -- -n",
        "-L --nume",
        "-L --numericc",
        "-L --numeric=yes",
        "-L --numeric=",
        "-L -numeric",
        "-L -n=1",
        "-L ---n",
        "-L -n ''",
        "-A --sched rr",
        "-A -t -s rr",
        "-A -t 10.0.0.9:80 -s -p",
        "-A -t 10.0.0.9:80 -s ''",
        "-A -s averyverylongschedulername -t 10.0.0.9:80",
        "-A -t 10.0.0.9:80 -p --pe averyverylongenginename",
        "-A -b flag-1 -t 10.0.0.9:80",
        "-A -t 10.0.0.9:80 -b flag-1,flag-2,flag-3",
        "-A -t 10.0.0.9:80 -b flag-1,,flag-3",
        "-A -t 10.0.0.9:80 -b flag-1,",
        "-A -t 10.0.0.9:80 -b FLAG-1",
        "-A -t 10.0.0.9:80 -b sh-port,sh-fallback -s sh",
        "-A -t 10.0.0.9:80 -s sh -b sh-port,sh-fallback,flag-3",
        "-A -t 10.0.0.9:80 -s mh -b mh-port,mh-fallback",
        "-A -t 10.0.0.9:80 -s sh -b mh-port",
        "-A -t 10.0.0.9:80 -s mh -b flag-1",
        "-A -f 9 -6 -6",
        "-A -6",
        "-A -t 10.0.0.9:80 -6",
        "-A -t 10.0.0.9:80 -f 9 -6",
        "-L -6",
        "-L -n --nosort --nosort",
        "-L -n --sort --sort",
        "-L -n --sort --nosort",
        "-L -n -n",
        "-L --stats --stats",
        "--start-daemon=master",
        "--start-daemon=both",
        "--stop-daemon=backup",
        "--start-daemon Master",
        "--start-daemon masterx",
        "--set 0 0 0",
        "--set 1 2 3",
        "--set 2678400 2678400 2678400",
        "--set=1 2 3",
        "--set 1 -- 2 3",
        "--set 1 ' 2 3",
        "--set +1 2 3",
        "-Z -t 10.0.0.1:80",
        "-Z -f 8 -6",
        "-Z -f 7 -6",
        "-ZC",
        "-C -Z",
        "-hL",
        "-hv",
        "-v extra",
        "-vq",
        "-h --bogus",
        "--help=yes",
        "--version=1",
        "-Sn",
        "-Snn",
        "-R -",
    ];
    compare_lines(site, GROUP, &small_table(), &lines);
}

fn the_first_word_is_the_command(site: &Site) {
    let lines = [
        "",
        "''",
        "-",
        "--",
        "-- -L",
        "extra -L",
        "-n -L",
        "-nL",
        "-q",
        "--bogus -L",
        "-t 10.0.0.1:80 -A",
        "-6",
        "--sort",
        "---",
        "-=",
    ];
    compare_lines(site, GROUP, &small_table(), &lines);
}

/// It is told by the name that it was called by.
fn the_program_has_a_name(site: &Site) {
    compare(site, GROUP, &small_table(), |cases| {
        for name in ["/sbin/ipvsadm", "x y", "", "-"] {
            for line in ["--bogus", "-L --bogus", "-v"] {
                cases.equal(Typed::from(line).called(name));
            }
        }
    });
}

fn words_may_be_anything(site: &Site) {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;
    let words =
        |words: &[&[u8]]| Typed::words(words.iter().map(|word| OsString::from_vec(word.to_vec())));
    // Of a longer flag the original shows the beginning.
    let long = vec![b'x'; 120];
    compare(site, GROUP, &small_table(), |cases| {
        let odd = [
            b"\xff\xfe",
            "\u{e9}".as_bytes(),
            b"a b",
            b"a\nb",
            b"%s%n",
            &long,
        ];
        for odd in odd {
            cases.equal(words(&[odd]));
            cases.equal(words(&[b"-L", odd]));
            cases.equal(words(&[b"-A", b"-t", odd]));
            cases.equal(words(&[b"-A", b"-f", odd]));
            cases.equal(words(&[b"-A", b"-t", b"10.0.0.9:80", b"-b", odd]));
            cases.equal(words(&[b"-L", &[b"--", odd].concat()]));
        }
    });
}
