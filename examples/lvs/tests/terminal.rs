//! What takes a terminal over gives it back as it was, whatever ends it.

use std::fs::File;
use std::io::Read;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags, open};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

/// A terminal, and what was shown on it.
struct Terminal {
    master: File,
    slave: OwnedFd,
    shown: Arc<Mutex<String>>,
}

impl Terminal {
    fn open() -> Terminal {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let slave = open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
        let size = Winsize {
            ws_row: 24,
            ws_col: 80,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&slave, size).unwrap();
        let master = File::from(master);
        let shown = Arc::new(Mutex::new(String::new()));
        let (mut seen, kept) = (master.try_clone().unwrap(), Arc::clone(&shown));
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count) = seen.read(&mut bytes) {
                let text = String::from_utf8_lossy(&bytes[..count]);
                kept.lock().unwrap().push_str(&text);
            }
        });
        Terminal {
            master,
            slave,
            shown,
        }
    }

    /// `lvs` with these words, at this terminal.
    fn run(&self, words: &[&str], folder: &Path) -> Running {
        let end = || Stdio::from(self.slave.try_clone().unwrap());
        let child = Command::new(env!("CARGO_BIN_EXE_lvs"))
            .args(words)
            .env("LVS_RUN_DIR", folder)
            .env("TERM", "xterm")
            .stdin(end())
            .stdout(end())
            .stderr(end())
            .spawn()
            .unwrap();
        Running(child)
    }

    fn modes(&self) -> LocalModes {
        tcgetattr(self.slave.as_fd()).unwrap().local_modes
    }

    fn shows(&self, text: &str) -> bool {
        self.shown.lock().unwrap().contains(text)
    }
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// A program that a failing test does not leave behind.
struct Running(Child);

impl Running {
    fn end(&mut self, signal: Signal) -> ExitStatus {
        kill_process(Pid::from_child(&self.0), signal).unwrap();
        let mut ended = None;
        until("the end", || {
            ended = self.0.try_wait().unwrap();
            ended.is_some()
        });
        ended.unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

const SIGNALS: [Signal; 4] = [Signal::INT, Signal::QUIT, Signal::TERM, Signal::HUP];

#[test]
fn a_prompt_that_is_interrupted_leaves_the_terminal_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("passwd");
    let words = ["passwd", file.to_str().unwrap()];
    for signal in SIGNALS {
        let terminal = Terminal::open();
        let before = terminal.modes();
        assert!(before.contains(LocalModes::ECHO));
        let mut passwd = terminal.run(&words, folder.path());
        until("the prompt", || terminal.shows("Password: "));
        assert!(!terminal.modes().contains(LocalModes::ECHO));
        let ended = passwd.end(signal);
        assert_eq!(ended.code(), Some(1), "{signal:?}");
        assert_eq!(terminal.modes(), before, "{signal:?}");
        until("the reason", || terminal.shows("nothing was set"));
        assert!(!file.exists());
    }
}

#[test]
fn a_password_is_typed_twice_unseen() {
    use std::io::Write;

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("passwd");
    let terminal = Terminal::open();
    let before = terminal.modes();
    let mut passwd = terminal.run(&["passwd", file.to_str().unwrap()], folder.path());
    for prompt in ["Password: ", "Again: "] {
        until(prompt, || terminal.shows(prompt));
        (&terminal.master).write_all(b"seven swans\n").unwrap();
    }
    assert!(passwd.0.wait().unwrap().success());
    assert_eq!(terminal.modes(), before);
    assert!(!terminal.shows("swans"));
    let stored = lvs::password::Stored::read(&file).unwrap();
    assert!(stored.is_of("seven swans"));
}

#[test]
fn top_gives_the_terminal_back_and_names_a_file_that_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("typo.cf");
    let words = ["top", "-c", missing.to_str().unwrap()];
    for signal in SIGNALS {
        let terminal = Terminal::open();
        let before = terminal.modes();
        let mut top = terminal.run(&words, folder.path());
        until("the screen", || terminal.shows("typo.cf:"));
        assert!(!terminal.modes().contains(LocalModes::ICANON));
        let ended = top.end(signal);
        assert_eq!(ended.code(), Some(0), "{signal:?}");
        assert_eq!(terminal.modes(), before, "{signal:?}");
        // The other screen is left, the cursor is there again.
        until("the old screen", || terminal.shows("\u{1b}[?1049l"));
        until("the cursor", || terminal.shows("\u{1b}[?25h"));
    }
    let once = Command::new(env!("CARGO_BIN_EXE_lvs"))
        .args(words)
        .env("LVS_RUN_DIR", folder.path())
        .output()
        .unwrap();
    let text = String::from_utf8(once.stdout).unwrap();
    let told = format!("\nfile   {}: No such file", missing.display());
    assert!(text.contains(&told), "{text}");
}
