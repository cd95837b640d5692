//! The processes of the cluster, as `/proc` shows them to anybody.

use std::fs;
use std::path::Path;

/// A process, as `ps` would show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// Its command line, or the name of a kernel thread in brackets.
    pub command: String,
}

/// The programs whose processes are of the cluster.
const PROGRAMS: &[&str] = &["lvs", "pulse", "lvsd", "nanny"];

/// The processes below `proc` (`/proc`, but for tests) that are programs of the cluster, or the
/// kernel's sync daemons, by their numbers.
#[must_use]
pub fn processes(proc: &Path) -> Vec<Process> {
    let entries = fs::read_dir(proc).into_iter().flatten().flatten();
    let mut found: Vec<Process> = entries
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let command = command(&entry.path())?;
            Some(Process { pid, command })
        })
        .collect();
    found.sort_by_key(|process| process.pid);
    found
}

/// The command line of one of ours. A process that ends meanwhile is none.
fn command(process: &Path) -> Option<String> {
    let line = fs::read(process.join("cmdline")).ok()?;
    if line.is_empty() {
        let name = fs::read_to_string(process.join("comm")).ok()?;
        let name = name.trim_end();
        return name.starts_with("ipvs-").then(|| format!("[{name}]"));
    }
    let text = String::from_utf8_lossy(&line);
    let words: Vec<&str> = text.trim_end_matches('\0').split('\0').collect();
    let program = words.first()?.rsplit('/').next()?;
    PROGRAMS.contains(&program).then(|| {
        let shown: Vec<String> = words.iter().map(|word| visible(word)).collect();
        shown.join(" ")
    })
}

/// Text on one line.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_control() {
            shown.extend(letter.escape_default());
        } else {
            shown.push(letter);
        }
    }
    shown
}
