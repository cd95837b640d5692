//! The programs that run on a host.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;

use lab::{Host, Result};
use rustix::process::{Pid, Signal, kill_process};

/// A program of the cluster that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Process {
    /// Its number.
    pub(crate) pid: u32,
    /// Its command line, from the name of the applet on.
    pub(crate) words: Vec<String>,
}

impl Process {
    /// `pulse`, `lvsd`, `nanny`.
    pub(crate) fn program(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    /// Sends it a signal.
    ///
    /// # Errors
    /// When it has ended.
    pub(crate) fn signal(&self, signal: Signal) -> Result<()> {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
        let pid = pid.ok_or("no process number")?;
        kill_process(pid, signal)
            .map_err(|error| format!("{} {}: {error}", self.program(), self.pid).into())
    }
}

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Line breaks stay as they were typed.
        let words = self.words.join(" ");
        f.write_str(&words.replace('\r', "\\r").replace('\n', "\\n"))
    }
}

/// A program that we started, which ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The programs on a host, in the order of their numbers.
///
/// # Errors
/// When its namespace can't be entered.
pub(crate) fn on(host: &Host) -> Result<Vec<Process>> {
    let there = host.run(|| namespace(Path::new("/proc/thread-self")))?;
    let mut found: Vec<Process> = fs::read_dir("/proc")?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|folder| namespace(folder) == there)
        .filter_map(|folder| read(&folder))
        .collect();
    found.sort_by_key(|process| process.pid);
    Ok(found)
}

/// The network namespace of a process, by its folder.
fn namespace(folder: &Path) -> Option<PathBuf> {
    fs::read_link(folder.join("ns/net")).ok()
}

fn read(folder: &Path) -> Option<Process> {
    let pid = folder.file_name()?.to_str()?.parse().ok()?;
    let line = fs::read(folder.join("cmdline")).ok()?;
    let words = line.split(|byte| *byte == 0);
    let mut words: Vec<String> = words
        .map(|word| String::from_utf8_lossy(word).into_owned())
        .collect();
    // Behind each word is a zero, behind the last one, too.
    words.pop()?;
    let program = Path::new(words.first()?).file_name()?.to_str()?.to_owned();
    match program.as_str() {
        "lvs" => drop(words.remove(0)),
        _ => words[0] = program,
    }
    Some(Process { pid, words })
}
