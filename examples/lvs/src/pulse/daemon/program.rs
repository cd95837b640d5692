//! The program that runs the services while this node is active: lvsd.

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use crate::{control, status};

/// How long an answer may take: the partner is not heard meanwhile. Whoever was too busy is
/// asked again.
const ANSWER: Duration = Duration::from_millis(100);

/// How long it may take to end before it is killed.
const PATIENCE: Duration = Duration::from_secs(10);

/// How to start it, and the one that runs.
pub(super) struct Program {
    path: PathBuf,
    /// The name that it is called under.
    name: OsString,
    config: PathBuf,
    /// Where one that runs answers.
    socket: PathBuf,
    running: Option<Running>,
}

struct Running {
    pid: u32,
    /// Readable when it has ended; no other process can take its place.
    process: OwnedFd,
    /// Unless another pulse started it.
    child: Option<Child>,
    /// When it will be killed, for it was told to end.
    kill: Option<Duration>,
}

/// A program that has ended.
#[derive(Debug)]
pub(super) struct Ended {
    /// Not for a child of another pulse.
    pub(super) status: Option<ExitStatus>,
    /// Whether it was told to.
    pub(super) asked: bool,
}

/// What was done to have it running.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Begun {
    /// It ran.
    Already,
    /// It ran, from before this pulse.
    Found(u32),
    Started,
}

impl Program {
    /// `path` called as `name`, with the configuration that is at `config`.
    pub(super) fn new(path: PathBuf, name: OsString, config: PathBuf, socket: PathBuf) -> Program {
        Program {
            path,
            name,
            config,
            socket,
            running: None,
        }
    }

    /// Takes over one that runs from before; `None` when there is none.
    pub(super) fn find(&mut self) -> io::Result<Option<u32>> {
        self.find_within(ANSWER)
    }

    /// The same at the start, from where it may be long until it is asked again: a busy one is
    /// waited for, and what the partner says meanwhile is heard later.
    pub(super) fn find_patiently(&mut self) -> io::Result<Option<u32>> {
        self.find_within(control::PATIENCE)
    }

    fn find_within(&mut self, patience: Duration) -> io::Result<Option<u32>> {
        if self.running.is_some() {
            return Ok(None);
        }
        let answer = match self.ask(patience) {
            Ok(answer) => answer,
            Err(error) => {
                let nobody = [io::ErrorKind::NotFound, io::ErrorKind::ConnectionRefused];
                return nobody.contains(&error.kind()).then_some(None).ok_or(error);
            }
        };
        let status: status::Lvsd = serde_json::from_str(&answer).map_err(io::Error::from)?;
        self.running = Some(Running::open(status.pid, None)?);
        Ok(Some(status.pid))
    }

    /// Has it running. One that is about to end is waited for: that is an error.
    pub(super) fn begin(&mut self) -> io::Result<Begun> {
        match &self.running {
            Some(running) if running.kill.is_some() => {
                return Err(io::Error::other("the one before has not ended yet"));
            }
            Some(_) => return Ok(Begun::Already),
            None => {}
        }
        if let Some(pid) = self.find()? {
            return Ok(Begun::Found(pid));
        }
        let child = Command::new(&self.path)
            .arg0(&self.name)
            .arg("--nofork")
            .arg("-c")
            .arg(&self.config)
            .stdin(Stdio::null())
            // A key pressed in our terminal is for us alone.
            .process_group(0)
            .spawn()?;
        self.running = Some(Running::open(child.id(), Some(child))?);
        Ok(Begun::Started)
    }

    /// Whether it has come so far as to answer, and is not about to end.
    pub(super) fn answers(&self) -> bool {
        let stays = |running: &Running| running.kill.is_none();
        self.running.as_ref().is_some_and(stays) && self.ask(ANSWER).is_ok_and(|it| !it.is_empty())
    }

    fn ask(&self, patience: Duration) -> io::Result<String> {
        control::ask_within(&self.socket, "status", patience)
    }

    /// Tells it to end, once.
    pub(super) fn end(&mut self, now: Duration) -> io::Result<()> {
        let Some(running) = self
            .running
            .as_mut()
            .filter(|running| running.kill.is_none())
        else {
            return Ok(());
        };
        running.kill = Some(now + PATIENCE);
        running.tell(Signal::TERM)
    }

    /// Tells it to read its configuration again.
    pub(super) fn hang_up(&self) -> io::Result<()> {
        match &self.running {
            Some(running) => running.tell(Signal::HUP),
            None => Ok(()),
        }
    }

    /// Kills it when it was told to end long ago.
    pub(super) fn tick(&mut self, now: Duration) -> io::Result<()> {
        match &mut self.running {
            Some(running) if running.kill.is_some_and(|kill| now >= kill) => {
                running.kill = Some(now + PATIENCE);
                running.tell(Signal::KILL)
            }
            _ => Ok(()),
        }
    }

    pub(super) fn deadline(&self) -> Option<Duration> {
        self.running.as_ref()?.kill
    }

    /// Whether it has ended since the last time that it ran.
    pub(super) fn reap(&mut self) -> Option<Ended> {
        let running = self.running.as_ref()?;
        let mut fds = [PollFd::new(&running.process, PollFlags::IN)];
        let ended = poll(&mut fds, Some(&Timespec::default())).is_ok_and(|ready| ready > 0);
        if !ended {
            return None;
        }
        let mut running = self.running.take()?;
        let status = running.child.as_mut().and_then(|child| child.wait().ok());
        let asked = running.kill.is_some();
        Some(Ended { status, asked })
    }

    pub(super) fn pid(&self) -> Option<u32> {
        self.running.as_ref().map(|running| running.pid)
    }

    /// Readable when it ends.
    pub(super) fn fd(&self) -> Option<BorrowedFd<'_>> {
        self.running.as_ref().map(|running| running.process.as_fd())
    }
}

impl Running {
    fn open(pid: u32, child: Option<Child>) -> io::Result<Running> {
        let number = i32::try_from(pid).ok().and_then(Pid::from_raw);
        let number = number.ok_or(io::ErrorKind::InvalidData)?;
        let process = pidfd_open(number, PidfdFlags::empty())?;
        Ok(Running {
            pid,
            process,
            child,
            kill: None,
        })
    }

    /// One that has just ended needs no signal any more.
    fn tell(&self, signal: Signal) -> io::Result<()> {
        match pidfd_send_signal(&self.process, signal) {
            Err(rustix::io::Errno::SRCH) => Ok(()),
            sent => Ok(sent?),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::control::Socket;

    /// One that runs, and a socket where nobody answers yet.
    fn running() -> (Program, Socket, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lvsd.sock");
        let socket = Socket::bind(&path).unwrap();
        let mut program = Program::new("lvsd".into(), "lvsd".into(), "lvs.cf".into(), path);
        let child = Command::new("sleep").arg("600").spawn().unwrap();
        program.running = Some(Running::open(child.id(), Some(child)).unwrap());
        (program, socket, folder)
    }

    /// Has somebody answer until `body` has ended.
    fn answered<T>(socket: &Socket, body: impl FnOnce() -> T) -> T {
        let over = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !over.load(std::sync::atomic::Ordering::Relaxed) {
                    socket.answer(|_| "well".into());
                }
            });
            let done = body();
            over.store(true, std::sync::atomic::Ordering::Relaxed);
            done
        })
    }

    #[test]
    fn one_that_is_busy_is_waited_for_at_the_start_alone() {
        let (mut program, _socket, _folder) = running();
        let start = Instant::now();
        assert!(!program.answers());
        let running = program.running.take();
        let failure = program.find().unwrap_err();
        assert_eq!(failure.kind(), io::ErrorKind::WouldBlock);
        assert!(start.elapsed() < control::WORK / 2);
        let start = Instant::now();
        let failure = program.find_patiently().unwrap_err();
        assert_eq!(failure.kind(), io::ErrorKind::WouldBlock);
        assert!(start.elapsed() >= control::PATIENCE / 2);
        program.running = running;
        program.end(Duration::ZERO).unwrap();
    }

    #[test]
    fn one_that_was_told_to_end_has_no_services() {
        let (mut program, socket, _folder) = running();
        // An answer may be late on a busy machine.
        let answers = || answered(&socket, || (0..50).any(|_| program.answers()));
        assert!(answers());
        program.end(Duration::ZERO).unwrap();
        assert!(!answered(&socket, || program.answers()));
        while program.reap().is_none() {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}
