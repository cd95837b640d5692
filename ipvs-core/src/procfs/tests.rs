//! What the readers make of what kernels printed, and of what none would print.

mod print;
mod properties;
mod samples;

use std::io::{self, BufReader, Read};
use std::time::Duration;

use super::*;
use crate::{Error, ErrorKind, Op};

const HEADER: &str =
    "Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData\n";
const ROW: &str = "TCP 0A010001 9846 0A010001 0050 0A020002 1F90 ESTABLISHED     899\n";

fn read(rows: &str) -> Vec<Result<Connection, Error>> {
    let file = format!("{HEADER}{rows}");
    Connections::new(file.as_bytes()).collect()
}

fn row(row: &str) -> Connection {
    let [connection] = <[_; 1]>::try_from(read(row)).unwrap();
    connection.unwrap()
}

#[test]
fn a_bad_row_is_named_and_the_next_one_read() {
    for (word, bad, sentence) in [
        (
            "TCP ",
            "tcp ",
            "protocol: line 2: \"tcp\" is not one: expected TCP, UDP",
        ),
        ("TCP ", "IP_65536 ", "protocol: line 2: \"IP_65536\""),
        ("TCP ", "IP_ ", "protocol: line 2: \"IP_\""),
        (
            "0A010001 9846",
            "0A01000 9846",
            "client: line 2: \"0A01000\"",
        ),
        (
            "0A010001 9846",
            "0A01000g 9846",
            "client: line 2: \"0A01000g\"",
        ),
        (
            "0A010001 9846",
            "+A010001 9846",
            "client: line 2: \"+A010001\"",
        ),
        ("9846", "98460", "client_port: line 2: \"98460\""),
        (
            "0050",
            "050",
            "service: line 2: \"050\" is not one: expected 4 hexadecimal digits",
        ),
        (
            "0A020002",
            "fd00:0000:0000:0000:0000:0000:0000:000",
            "dest: line 2: \"fd00:",
        ),
        (
            "0A020002",
            "fd00:0000:0000:0000:0000:0000:0000.0001",
            "dest: line 2: \"fd00:",
        ),
        (
            "0A020002",
            "fd00:0000:0000:00000000:0000:0000:00:01",
            "dest: line 2: \"fd00:",
        ),
        (
            "ESTABLISHED",
            "ESTABLISHED-LONG",
            "state: line 2: \"ESTABLISHED-LONG\"",
        ),
        ("899", "-1", "expires: line 2: \"-1\""),
        ("899", "99999999999999999999", "expires: line 2: \"9999"),
        (" 899", "", "expires: line 2: \"\""),
        (
            "899",
            "899 abcdefghijklmnopq",
            "persistence: line 2: \"abcdefghijklmnopq\"",
        ),
    ] {
        assert!(ROW.contains(word));
        let rows = ROW.replacen(word, bad, 1) + ROW;
        let [error, good] = <[_; 2]>::try_from(read(&rows)).unwrap();
        assert_eq!(good.unwrap(), row(ROW));
        let error = error.unwrap_err();
        assert_eq!(
            (error.kind(), error.op()),
            (ErrorKind::InvalidInput, Op::Parse)
        );
        let text = error.to_string();
        assert!(text.starts_with(&format!("parse: {sentence}")), "{text}");
    }
}

#[test]
fn another_file_is_refused_at_its_header() {
    let refused = |file: &str| {
        let mut connections = Connections::new(file.as_bytes());
        let error = connections.next().unwrap().unwrap_err();
        assert!(connections.next().is_none());
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert_eq!(error.field(), Some("header"));
        error.cause().to_owned()
    };
    assert_eq!(refused(""), "the file is empty: the kernel's has a header");
    assert!(refused(ROW).starts_with("line 1: \"TCP 0A010001"));
    assert!(refused(&HEADER.replace("Expires", "Origin Expires")).contains("expected Pro FromIP"));
    assert!(refused(&HEADER.replace(" PEData", "")).starts_with("line 1: "));
    assert!(refused(&HEADER.replace("PEData", "PEData More")).starts_with("line 1: "));

    let error = SyncedConnections::new(HEADER.as_bytes()).next().unwrap();
    assert_eq!(error.unwrap_err().field(), Some("header"));
    assert!(Connections::new(HEADER.as_bytes()).next().is_none());
}

/// Text, and then the failure of a disk.
struct Failing<'t>(&'t [u8]);

impl Read for Failing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::Error::from_raw_os_error(ipvs_sys::errno::EIO)),
            length => Ok(length),
        }
    }
}

#[test]
fn a_failure_to_read_ends_the_rows() {
    let half = &ROW[..20];
    let file = format!("{HEADER}{ROW}{half}");
    let mut connections = Connections::new(BufReader::new(Failing(file.as_bytes())));
    assert_eq!(connections.next().unwrap().unwrap(), row(ROW));
    let error = connections.next().unwrap().unwrap_err();
    assert_eq!(
        (error.kind(), error.errno()),
        (ErrorKind::Io, Some(ipvs_sys::errno::EIO))
    );
    assert!(
        error
            .to_string()
            .starts_with("parse: line 3 could not be read: "),
        "{error}"
    );
    assert!(connections.next().is_none());
    let error = total_stats(BufReader::new(Failing(b"")));
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Io);
}

#[test]
fn the_last_row_may_lack_its_newline_and_any_blanks_separate() {
    assert_eq!(row(ROW.trim_end()), row(ROW));
    let words: Vec<&str> = ROW.split_whitespace().collect();
    assert_eq!(row(&words.join("   ")), row(ROW));
    assert_eq!(row(&ROW.replace('\n', "  \n")), row(ROW));
}

#[test]
fn files_read_whole_name_what_is_wrong() {
    let stats = samples::STATS;
    for (file, sentence) in [
        (stats.replace("8C", "G"), "incoming_bytes: line 3: \"G\""),
        (stats.replace("\n\n", "\n"), "header: line 4: "),
        (stats.replace(" A ", " "), "outgoing_bytes: line 6: \"\""),
        (format!("{stats}1\n"), "end: line 7: \"1\""),
        (
            stats.lines().take(3).collect::<Vec<_>>().join("\n"),
            "header: the file ends behind line 3",
        ),
        (String::new(), "header: the file is empty"),
    ] {
        let error = total_stats(file.as_bytes()).unwrap_err().to_string();
        assert!(error.starts_with(&format!("parse: {sentence}")), "{error}");
    }
}
