//! The README's table of differences against the tests that show them.

use std::collections::BTreeSet;

const README: &str = include_str!("../README.md");
const DIFFERENCES: &str = include_str!("differential/differences.rs");

/// The names in the last column of the table.
fn rows() -> BTreeSet<&'static str> {
    let (_, section) = README.split_once("\n## Differences\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|row| {
        let cells = row.trim_matches('|').rsplit(" | ");
        cells.into_iter().next().unwrap().trim().trim_matches('`')
    })
    .collect()
}

/// The names in the list of the suite's tests.
fn tests() -> BTreeSet<&'static str> {
    let (_, list) = DIFFERENCES.split_once("tests![").unwrap();
    let (list, _) = list.split_once(']').unwrap();
    let names = list.split(',').map(str::trim);
    names.filter(|name| !name.is_empty()).collect()
}

#[test]
fn every_difference_has_its_row_and_every_row_its_test() {
    assert!(tests().len() > 10);
    assert_eq!(rows(), tests());
}
