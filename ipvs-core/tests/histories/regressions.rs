//! Histories that once found a difference: run again, before any new one.

use std::fs;
use std::path::PathBuf;

use libtest_mimic::Failed;

use crate::campaign::Failure;
use crate::history::History;
use crate::lockstep::{Pair, Tally};

/// Each file's name and its history.
pub fn all() -> Vec<(String, History)> {
    let files = fs::read_dir(folder()).unwrap();
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    let read = |path: &PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(path).unwrap();
        let history = text
            .parse()
            .unwrap_or_else(|mistake| panic!("{name}: {mistake}"));
        (name, history)
    };
    paths.iter().map(read).collect()
}

/// Runs them all.
pub fn run(pair: &Pair<'_>) -> Result<(), Failed> {
    let failed = all().into_iter().filter_map(|(name, history)| {
        let difference = pair.run(&history, &mut Tally::default()).err()?;
        Some(Failure::again(&name, history, difference).report(pair))
    });
    let reports: Vec<_> = failed.collect();
    if reports.is_empty() {
        Ok(())
    } else {
        Err(reports.join("\n").into())
    }
}

/// Keeps a history that found a difference; where it is kept.
pub fn keep(name: &str, text: &str) -> std::io::Result<PathBuf> {
    let path = folder().join(format!("{name}.txt"));
    fs::write(&path, text)?;
    Ok(path)
}

fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests/histories/regressions"]
        .iter()
        .collect()
}
