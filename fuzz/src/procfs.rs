use std::fmt::Debug;
use std::io::{BufRead, BufReader};

use ipvs_core::procfs::{
    Applications, Connection, Connections, CpuStats, KernelTable, Status, SyncedConnections,
    total_stats,
};
use ipvs_core::{Error, Sysctl};

const HEADER: &[u8] =
    b"Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData\n";
const ROW: &[u8] = b"TCP 0A010001 E884 0A010001 0050 0A020002 1F90 ESTABLISHED     899\n";

/// Any bytes as each file of the kernel's.
pub fn procfs(data: &[u8]) {
    let lines = data.split(|byte| *byte == b'\n').count();
    let whole = all(data);
    let rows = whole
        .lines()
        .filter(|line| line.starts_with("row "))
        .count();
    assert!(rows <= 3 * lines + 3, "more rows than lines");

    // A reader that hands out a few bytes at a time changes nothing.
    let bytes = 1 + data.len() % 8;
    assert_eq!(whole, all(BufReaders { data, bytes }));
    goes_on_behind_a_bad_line(data);
    if let Ok(text) = std::str::from_utf8(data) {
        Sysctl::ALL
            .iter()
            .for_each(|sysctl| sysctl_value(*sysctl, text));
    }
}

/// Makes a reader of the same bytes anew for each file.
trait Bytes: Copy {
    fn open(self) -> impl BufRead;
}

impl Bytes for &[u8] {
    fn open(self) -> impl BufRead {
        self
    }
}

#[derive(Clone, Copy)]
struct BufReaders<'d> {
    data: &'d [u8],
    bytes: usize,
}

impl Bytes for BufReaders<'_> {
    fn open(self) -> impl BufRead {
        BufReader::with_capacity(self.bytes, self.data)
    }
}

/// What every reader says of the same bytes.
fn all(file: impl Bytes) -> String {
    let mut said = String::new();
    rows(&mut said, Connections::new(file.open()));
    rows(&mut said, SyncedConnections::new(file.open()));
    rows(&mut said, Applications::new(file.open()));
    say(&mut said, KernelTable::read(file.open()));
    say(&mut said, total_stats(file.open()));
    say(&mut said, CpuStats::read(file.open()));
    say(&mut said, Status::read(file.open()));
    said
}

fn rows<T: Debug>(said: &mut String, rows: impl Iterator<Item = Result<T, Error>>) {
    for row in rows {
        said.push_str("row ");
        say(said, row);
    }
}

fn say<T: Debug>(said: &mut String, result: Result<T, Error>) {
    let line = match result {
        Ok(value) => format!("{value:?}\n"),
        Err(error) => format!("{error}\n"),
    };
    assert_eq!(line.matches('\n').count(), 1, "an error of several lines");
    said.push_str(&line);
}

fn goes_on_behind_a_bad_line(data: &[u8]) {
    let file = [HEADER, data, b"\n", ROW].concat();
    let last = Connections::new(&file[..]).last();
    let last: Option<Connection> = last.and_then(Result::ok);
    let own = Connections::new(&[HEADER, ROW].concat()[..]).next();
    assert_eq!(last, own.and_then(Result::ok), "the row behind is lost");
    assert!(last.is_some());
}

fn sysctl_value(sysctl: Sysctl, text: &str) {
    let Ok(value) = sysctl.parse(text) else {
        return;
    };
    let again = sysctl.parse(&value.to_string());
    assert_eq!(again.as_ref().ok(), Some(&value), "{sysctl}");
    if let (Ok(()), Some(range)) = (sysctl.check(&value), sysctl.range()) {
        assert!(
            value
                .as_number()
                .is_some_and(|number| range.contains(&number))
        );
    }
}
