//! Rules of the house that no lint knows: what the sources may not even name.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let below = |path: PathBuf| {
        if path.is_dir() {
            sources(&path)
        } else {
            vec![path]
        }
    };
    entries.flat_map(below).collect()
}

/// Fails for each line of the library's own code that has one of the words.
fn nowhere(folders: &[&str], words: &[&str]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let files = folders
        .iter()
        .flat_map(|folder| sources(&root.join(folder)));
    let is_test = |path: &Path| path.to_str().unwrap().contains("tests");
    let own: Vec<_> = files
        .filter(|file| !is_test(file.strip_prefix(root).unwrap()))
        .collect();
    assert!(own.len() > 10, "where are the sources?");
    for file in own {
        for (line, text) in (1..).zip(fs::read_to_string(&file).unwrap().lines()) {
            let code = text.split("//").next().unwrap();
            for word in words {
                assert!(!code.contains(word), "{}:{line}: {word}", file.display());
            }
        }
    }
}

#[test]
fn the_library_execs_nothing() {
    nowhere(
        &["ipvs-core/src", "ipvs-sys/src"],
        &["Command::new", "process::Command", "execv"],
    );
}

#[test]
fn unsafe_code_is_in_ipvs_sys_alone() {
    nowhere(
        &["ipvs-core/src", "ipvs-py/src", "examples"],
        &["unsafe{", "unsafe "],
    );
}

#[test]
fn a_binding_reaches_for_the_core_alone() {
    nowhere(
        &["ipvs-py/src"],
        &["ipvs_sys", "libc::", "std::fs", "std::env", "thread::"],
    );
}

#[test]
fn the_core_has_no_thread_and_no_global_state() {
    nowhere(
        &["ipvs-core/src"],
        &[
            "thread::",
            "static mut",
            "OnceLock",
            "LazyLock",
            "thread_local",
        ],
    );
}
