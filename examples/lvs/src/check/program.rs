//! An external program as a checker: it must end well, and in time, and may have to
//! print something.

use std::io::{self, ErrorKind, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::fs::{OFlags, fcntl_setfl};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open};

use super::deadline::Deadline;
use super::expect::LONGEST;
use super::{Expect, Failure};

/// A program and what it should print.
#[derive(Clone, Debug)]
pub struct Program {
    path: String,
    arguments: Vec<String>,
    expect: Expect,
    timeout: Duration,
    leash: Leash,
}

impl Program {
    /// The program of a `send_program` line: words between blanks, in which `%h` stands for
    /// the server's address and `%p` for its port. Its output, without the last newline,
    /// must be what is expected. Nothing if the line is blank.
    pub fn new(
        line: &str,
        host: &str,
        port: u16,
        expect: Expect,
        timeout: Duration,
    ) -> Option<Self> {
        let port = port.to_string();
        let mut words = line
            .split_ascii_whitespace()
            .map(|word| word.replace("%h", host).replace("%p", &port));
        Some(Program {
            path: words.next()?,
            arguments: words.collect(),
            expect,
            timeout,
            leash: Leash::default(),
        })
    }

    /// The same on a leash that others are on too.
    #[must_use]
    pub fn on(self, leash: &Leash) -> Self {
        let leash = leash.clone();
        Program { leash, ..self }
    }

    /// Runs it once. Whatever it started in its process group is killed when this returns.
    ///
    /// # Errors
    /// The [`Failure`] that the server is down for: a program that could not be run, hangs,
    /// ends with another status than 0, or prints something else.
    pub fn run(&self) -> Result<(), Failure> {
        let output = self.output()?;
        let line = output.strip_suffix(b"\n").unwrap_or(&output);
        if !self.expect.is_met_by(line) {
            return Err(Failure::Output(self.path.clone()));
        }
        Ok(())
    }

    /// Runs it once, and gives what it printed, the first 64 KiB of it.
    ///
    /// # Errors
    /// As [`run`](Self::run), whatever it prints.
    pub fn output(&self) -> Result<Vec<u8>, Failure> {
        let (status, output) = self.watch()?;
        if !status.success() {
            return Err(Failure::Exit(self.path.clone(), status));
        }
        Ok(output)
    }

    fn watch(&self) -> Result<(ExitStatus, Vec<u8>), Failure> {
        let deadline = Deadline::after(self.timeout);
        let failed = |error| Failure::Watch(self.path.clone(), error);
        let mut group = Group::start(&self.path, &self.arguments, &self.leash)
            .map_err(|error| Failure::Start(self.path.clone(), error))?;
        let mut output = Output::of(&mut group.leader).map_err(failed)?;
        let end = group.end().map_err(failed)?;
        loop {
            let files = [Some(end.as_fd()), output.pipe.as_ref().map(AsFd::as_fd)];
            let files: Vec<_> = files.into_iter().flatten().collect();
            if !deadline.wait(&files).map_err(failed)? {
                return Err(Failure::Hung(self.path.clone(), self.timeout));
            }
            let over = is_ready(&end).map_err(failed)?;
            output.read().map_err(failed)?;
            if over {
                let status = group.finish().map_err(failed)?;
                return Ok((status, output.bytes));
            }
        }
    }
}

/// What a program printed so far.
struct Output {
    pipe: Option<ChildStdout>,
    bytes: Vec<u8>,
}

impl Output {
    fn of(child: &mut Child) -> io::Result<Self> {
        let pipe = child.stdout.take();
        if let Some(pipe) = &pipe {
            fcntl_setfl(pipe, OFlags::NONBLOCK)?;
        }
        let bytes = Vec::new();
        Ok(Output { pipe, bytes })
    }

    /// Takes what is there, and keeps the first 64 KiB. A program that prints on and on
    /// gets its turns between looks at the clock.
    fn read(&mut self) -> io::Result<()> {
        let mut part = [0; LONGEST];
        let Some(pipe) = &mut self.pipe else {
            return Ok(());
        };
        match pipe.read(&mut part) {
            Ok(0) => self.pipe = None,
            Ok(count) => {
                let room = LONGEST.saturating_sub(self.bytes.len()).min(count);
                self.bytes.extend(part.iter().take(room));
            }
            Err(error)
                if [ErrorKind::WouldBlock, ErrorKind::Interrupted].contains(&error.kind()) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

/// Holds programs that run, so that whoever is to end can end them first: their checks
/// are threads, which end with a process and say nothing.
#[derive(Clone, Debug, Default)]
pub struct Leash(Arc<Mutex<Held>>);

#[derive(Debug, Default)]
struct Held {
    leaders: Vec<Pid>,
    is_cut: bool,
}

impl Leash {
    /// Kills what runs, with its children, and whatever is started later at once.
    pub fn cut(&self) {
        let mut held = self.held();
        held.is_cut = true;
        for leader in &held.leaders {
            // Nothing to kill is as good.
            let _ = kill_process_group(*leader, Signal::KILL);
        }
    }

    fn take(&self, leader: Pid) {
        let mut held = self.held();
        held.leaders.push(leader);
        if held.is_cut {
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }

    /// Kills one, and lets it go. It must not be reaped before: until then nobody else can
    /// get its number.
    fn kill(&self, leader: Pid) {
        let mut held = self.held();
        held.leaders.retain(|held| *held != leader);
        let _ = kill_process_group(leader, Signal::KILL);
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A program and its children, until they are killed.
struct Group {
    leader: Child,
    leash: Leash,
    is_finished: bool,
}

impl Group {
    fn start(path: &str, arguments: &[String], leash: &Leash) -> io::Result<Self> {
        let leader = Command::new(path)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        leash.take(Pid::from_child(&leader));
        let leash = leash.clone();
        Ok(Group {
            leader,
            leash,
            is_finished: false,
        })
    }

    /// A file that can be read once the leader has ended.
    fn end(&self) -> io::Result<OwnedFd> {
        Ok(pidfd_open(
            Pid::from_child(&self.leader),
            PidfdFlags::empty(),
        )?)
    }

    /// Kills what is left, and reaps the leader.
    fn finish(&mut self) -> io::Result<ExitStatus> {
        if !self.is_finished {
            self.is_finished = true;
            self.leash.kill(Pid::from_child(&self.leader));
        }
        self.leader.wait()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let _ = self.finish();
    }
}

/// Whether a file can be read without waiting.
fn is_ready(file: &OwnedFd) -> io::Result<bool> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let now = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    let mut polled = [PollFd::new(file, PollFlags::IN)];
    Ok(poll(&mut polled, Some(&now))? > 0)
}

#[cfg(test)]
mod tests;
