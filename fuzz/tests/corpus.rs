//! Replays the corpus of each target with the compiler at hand.

use std::collections::BTreeSet;
use std::fs;
use std::panic;
use std::path::{Path, PathBuf};

use ipvs_fuzz::TARGETS;

fn entries(folder: &Path) -> BTreeSet<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn every_file_keeps_the_promises() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let folders = TARGETS.iter().map(|(name, _)| corpus.join(name));
    assert_eq!(
        entries(&corpus),
        folders.collect(),
        "a folder for each target"
    );
    for (name, body) in TARGETS {
        let files = entries(&corpus.join(name));
        assert!(files.len() > 5, "the corpus of {name} is gone");
        for file in files {
            let data = fs::read(&file).unwrap();
            let kept = panic::catch_unwind(|| body(&data));
            assert!(kept.is_ok(), "{name} on {}", file.display());
        }
    }
}
