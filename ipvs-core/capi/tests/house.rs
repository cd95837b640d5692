//! Rules of the house for this crate, apart from the old library's API in `compat`.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let below = |path: PathBuf| match path.file_name().unwrap().to_str().unwrap() {
        "tests" | "compat" | "compat.rs" => Vec::new(),
        _ if path.is_dir() => sources(&path),
        _ => vec![path],
    };
    paths.flat_map(below).collect()
}

/// The lines with one of the words, in the files of other names than this one.
fn lines_with(words: &[&str], but_not_in: &str) -> Vec<String> {
    let files = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert!(files.len() > 20, "where are the sources?");
    let mut found = Vec::new();
    for file in files.iter().filter(|file| !file.ends_with(but_not_in)) {
        for (line, text) in (1..).zip(fs::read_to_string(file).unwrap().lines()) {
            let code = text.split("//").next().unwrap();
            if words.iter().any(|word| code.contains(word)) {
                found.push(format!("{}:{line}: {text}", file.display()));
            }
        }
    }
    found
}

#[test]
fn unsafe_blocks_are_at_the_border_alone() {
    let words = ["unsafe {", "unsafe{", "unsafe impl", "unsafe trait"];
    assert_eq!(lines_with(&words, "ffi.rs"), [""; 0]);
    assert_ne!(lines_with(&words, "nothing"), [""; 0]);
}

#[test]
fn a_binding_judges_no_errno_and_sees_the_public_api_only() {
    let words = ["ipvs_sys", "libc::", "EINVAL", "ENOENT", "ErrorKind::"];
    assert_eq!(lines_with(&words, "status.rs"), [""; 0]);
}

#[test]
fn the_library_has_no_thread_and_no_global_state() {
    let words = [
        "thread::",
        "static mut",
        "OnceLock",
        "LazyLock",
        "thread_local",
        "Mutex",
        "process::",
    ];
    assert_eq!(lines_with(&words, "nothing"), [""; 0]);
}
