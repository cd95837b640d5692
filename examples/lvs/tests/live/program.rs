//! A program that runs, and what it says.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, ExitStatus};
use std::sync::{Arc, Mutex};
use std::thread;

use rustix::process::{Pid, Signal, kill_process};

use crate::site::until;

/// A program whose log is read; it is killed with its owner.
pub struct Program {
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
}

impl Program {
    /// Takes the lines of a child's standard error.
    pub fn watch(mut child: Child) -> Self {
        let stderr = child.stderr.take().unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&log);
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                println!("| {line}");
                kept.lock().unwrap().push(line);
            }
        });
        Program { child, log }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// All that it has said so far, and what its children did.
    pub fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    /// Whether a line that ends so was said.
    pub fn said(&self, line: &str) -> bool {
        self.count(line) > 0
    }

    /// How many lines that end so were said.
    pub fn count(&self, line: &str) -> usize {
        let log = self.log.lock().unwrap();
        log.iter().filter(|said| said.ends_with(line)).count()
    }

    /// Waits until a line that ends so is said.
    pub fn says(&self, line: &str) {
        until(line, || self.said(line));
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits until it ends.
    pub fn end(&mut self) -> ExitStatus {
        let mut status = None;
        until("the end", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A process with these words in a row.
pub fn find(words: &str) -> Option<Pid> {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let process = processes.map(|entry| entry.path()).find(|path| {
        let line = fs::read(path.join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        line.contains(words)
    });
    Pid::from_raw(process?.file_name()?.to_str()?.parse().ok()?)
}
