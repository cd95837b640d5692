use std::io::{self, BufRead, BufReader, Read};

use super::*;
use crate::{Error, ErrorKind};

#[test]
fn lines_are_numbered_and_mistakes_passed_over() {
    let text = "# web\n\n-C\nbogus\n  -Z\r\n-S\n-D -f 7";
    let found: Vec<String> = Reader::new(text.as_bytes())
        .map(|rule| match rule {
            Ok(rule) => format!("{}: {}", rule.line, rule.change),
            Err(error) => error.cause().to_owned(),
        })
        .collect();
    assert_eq!(
        found,
        [
            "3: flush",
            "line 4, column 1: expected a command such as -A or -a first, found \"bogus\"",
            "5: zero",
            "line 6: expected a command that changes the table",
            "7: remove service fwmark 7",
        ]
    );
    let commands: Vec<_> = Commands::with_names("-L -t vip:http\n\n-R".as_bytes(), &Lab)
        .map(|line| line.map(|line| line.number).unwrap())
        .collect();
    assert_eq!(commands, [1, 3]);
    assert_eq!(Commands::new(&b""[..]).count(), 0);
}

#[test]
fn a_line_is_bounded_and_text() {
    let fits = format!("-C{}", " ".repeat(MAX_LINE - 2));
    let long = format!("{fits} ");
    let text = format!("{fits}\n{long}\n-Z\n");
    let mut bytes = text.into_bytes();
    bytes.extend(b"-A -f 1 -s \xff\n-C\n");
    // However the reader hands it over.
    for capacity in [1, 7, 65_535, 65_536, 200_000] {
        let reader = BufReader::with_capacity(capacity, &bytes[..]);
        let found: Vec<String> = Commands::new(reader)
            .map(|line| match line {
                Ok(line) => line.number.to_string(),
                Err(failure) => failure.to_string(),
            })
            .collect();
        assert_eq!(
            found,
            [
                "1",
                "line 2, column 1: the line is longer than 65535 bytes",
                "3",
                "line 4, column 1: the line is no UTF-8",
                "5",
            ]
        );
    }
}

/// Gives a line, is interrupted, then fails for good.
struct Failing(usize);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        unreachable!("lines are read by fill_buf")
    }
}

impl BufRead for Failing {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.0 += 1;
        match self.0 {
            1 => Ok(b"-C\n-Z"),
            2 => Ok(b"-Z"),
            3 => Err(io::ErrorKind::Interrupted.into()),
            _ => Err(io::Error::from_raw_os_error(5)),
        }
    }

    fn consume(&mut self, _: usize) {}
}

#[test]
fn a_reader_that_fails_ends_the_lines() {
    let mut rules = Reader::new(Failing(0));
    assert_eq!(rules.next().unwrap().unwrap().line, 1);
    let error = rules.next().unwrap().unwrap_err();
    assert_eq!((error.kind(), error.errno()), (ErrorKind::Io, Some(5)));
    assert!(rules.next().is_none());
    let failure = Commands::new(Failing(3)).next().unwrap().unwrap_err();
    assert!(matches!(failure, Failure::Io(_)));
    assert_eq!(Error::from(failure).kind(), ErrorKind::Io);
    assert!(parse_table(Failing(3), NoNames).is_err());
}

#[test]
fn a_table_is_made_of_its_lines_alone() {
    let table = parse_table(
        "-A -t vip:http\n--set 1 2 3\n-A -f 7\n-a -t vip:http -r 10.0.0.1\n\
         --start-daemon master\n-a -f 7 -r 10.0.0.1\n--start-daemon backup\n"
            .as_bytes(),
        Lab,
    )
    .unwrap();
    let dests: Vec<usize> = table.services.iter().map(|held| held.dests.len()).collect();
    assert_eq!(dests, [1, 1]);
    assert_eq!(table.timeouts.unwrap().to_string(), "tcp 1 tcp-fin 2 udp 3");
    assert_eq!(table.daemons.unwrap().len(), 2);

    for (second, cause) in [
        ("-A -f 7 -s rr", "line 2: service fwmark 7 is there already"),
        (
            "-a -f 8 -r 10.0.0.1",
            "line 2: service fwmark 8 is not there yet",
        ),
        (
            "-a -f 7 -r 10.0.0.1\n-a -f 7 -r 10.0.0.1 -w 3",
            "line 3: dest 10.0.0.1:0 of fwmark 7 is there already",
        ),
        (
            "-E -f 7",
            "line 2: a table has no command to update service",
        ),
        ("-C", "line 2: a table has no command to flush"),
        ("-L", "line 2: expected a command that changes the table"),
        (
            "-A -f x",
            "line 2, column 7: service-address \"x\": expected a mark from 1 to 4294967295",
        ),
        (
            "--set 1 0 3",
            "line 2: a table needs all three time-outs, from 1 second",
        ),
        (
            "--set 1 2 3\n--set 1 2 3",
            "line 3: the time-outs are there already",
        ),
        (
            "--start-daemon master\n--start-daemon master",
            "line 3: the master daemon is there already",
        ),
    ] {
        let error = parse(&format!("-A -f 7\n{second}\n")).unwrap_err();
        assert_eq!(error.cause(), cause);
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
}
