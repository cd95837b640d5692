//! The nannies as processes: started with pipes for their standard input and output, heard
//! by a thread each.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Write};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::Sender;
use std::thread;

use rustix::fs::{OFlags, fcntl_setfl};
use rustix::pipe::fcntl_setpipe_size;
use rustix::process::{Pid, Signal, kill_process};

use super::director::{Job, Staff};
use super::programs;
use crate::nanny::talk::{Order, SUPERVISED, Said, line};

/// What this program is called when it is to become another one's monitor, by
/// `applets::monitor`.
pub(crate) const MONITOR: &str = "lvs-monitor";

/// How much a nanny and lvsd may have said that the other has not read yet: one that shares
/// its check among thousands of services has much to say at once.
const PIPE: usize = 1 << 20;

/// What happens among the processes.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// One said something.
    Said(u64, Said),
    /// One has ended.
    Ended(u64),
}

/// The processes.
pub struct Processes<E> {
    /// This program, which is our own nannies' too.
    own: PathBuf,
    children: HashMap<u64, Process>,
    events: Sender<E>,
}

struct Process {
    child: Child,
    talks: bool,
}

impl<E: From<Heard> + Send + 'static> Processes<E> {
    /// None yet. Our own nannies are applets of the program `own`; what happens will be
    /// sent to `events`.
    #[must_use]
    pub fn new(own: PathBuf, events: Sender<E>) -> Self {
        Processes {
            own,
            children: HashMap::new(),
            events,
        }
    }

    /// What to run, but for the words.
    fn command(&self, job: &Job) -> io::Result<Command> {
        let mut command = Command::new(&self.own);
        if job.talks {
            // By this name the applet is known, and the process list has the document's.
            command.arg0(&job.program).env(SUPERVISED, "1");
        } else {
            let program = programs::find(&job.program)?;
            command.arg0(MONITOR).arg(std::process::id().to_string());
            command.arg(program);
        }
        Ok(command)
    }

    fn listen(&self, id: u64, stdout: ChildStdout) -> io::Result<()> {
        let events = self.events.clone();
        let thread = thread::Builder::new().name("nanny".into());
        let body = move || {
            let lines = BufReader::new(stdout).split(b'\n');
            for line in lines.map_while(Result::ok) {
                // What is no message is another program's talk.
                if let Ok(said) = serde_json::from_slice(&line) {
                    let _ = events.send(Heard::Said(id, said).into());
                }
            }
            let _ = events.send(Heard::Ended(id).into());
        };
        thread.spawn(body).map(drop)
    }
}

impl Drop for Process {
    /// None outlives its lvsd, and none stays unreaped.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl<E: From<Heard> + Send + 'static> Staff for Processes<E> {
    fn start(&mut self, id: u64, job: &Job) -> io::Result<u32> {
        let mut child = self
            .command(job)?
            .args(&job.words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // What a terminal interrupts is lvsd; it lets them go.
            .process_group(0)
            .spawn()?;
        if let Some(stdin) = &child.stdin {
            fcntl_setfl(stdin, OFlags::NONBLOCK)?;
        }
        let pipes = [
            child.stdin.as_ref().map(AsFd::as_fd),
            child.stdout.as_ref().map(AsFd::as_fd),
        ];
        for pipe in pipes.into_iter().flatten() {
            // Where so much is not allowed, what there is does for most.
            let _ = fcntl_setpipe_size(pipe, PIPE);
        }
        let (pid, stdout) = (child.id(), child.stdout.take());
        let talks = job.talks;
        self.children.insert(id, Process { child, talks });
        if let Some(stdout) = stdout {
            self.listen(id, stdout)?;
        }
        Ok(pid)
    }

    fn tell(&mut self, id: u64, order: &Order) {
        let Some(Process { child, .. }) = self.children.get_mut(&id) else {
            return;
        };
        let told = child.stdin.as_mut();
        let told = told.map(|stdin| stdin.write_all(line(order).as_bytes()));
        if let Some(Err(_)) = told {
            // It hangs, or is dead already: its end is heard, and another one started.
            let _ = child.kill();
        }
    }

    fn let_go(&mut self, id: u64) {
        let Some(Process { child, talks }) = self.children.get_mut(&id) else {
            return;
        };
        drop(child.stdin.take());
        if !*talks {
            // The original nanny removes its entry then.
            let _ = kill_process(Pid::from_child(child), Signal::TERM);
        }
    }

    fn ended(&mut self, id: u64) {
        // One that hung up and did not end with that is killed.
        drop(self.children.remove(&id));
    }
}

#[cfg(test)]
mod tests;
