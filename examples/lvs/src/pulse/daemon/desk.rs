//! Who answers questions about this pulse: a thread of its own, so that a slow asker
//! keeps no heartbeat waiting.

use std::io;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rustix::event::{PollFd, PollFlags, poll};

use crate::control::Socket;
use crate::status;

pub(super) struct Desk {
    status: Arc<Mutex<status::Pulse>>,
    /// Its end ends the thread.
    end: UnixStream,
    clerk: Option<JoinHandle<()>>,
}

impl Desk {
    /// Answers at `path` from now on.
    pub(super) fn open(path: &Path, status: status::Pulse) -> io::Result<Desk> {
        let socket = Socket::bind(path)?;
        let status = Arc::new(Mutex::new(status));
        let (end, ended) = UnixStream::pair()?;
        let board = Arc::clone(&status);
        let clerk = std::thread::Builder::new()
            .name("status".into())
            .spawn(move || serve(&socket, &ended, &board))?;
        Ok(Desk {
            status,
            end,
            clerk: Some(clerk),
        })
    }

    /// Changes what is answered.
    pub(super) fn write(&self, change: impl FnOnce(&mut status::Pulse)) {
        change(&mut self.status.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.end.shutdown(Shutdown::Both);
        let _ = self.clerk.take().map(JoinHandle::join);
    }
}

fn serve(socket: &Socket, ended: &UnixStream, board: &Mutex<status::Pulse>) {
    loop {
        let mut fds = [
            PollFd::new(socket, PollFlags::IN),
            PollFd::new(ended, PollFlags::IN),
        ];
        let polled = poll(&mut fds, None);
        let [_, end] = &fds;
        if !end.revents().is_empty() || polled.is_err_and(|error| error != rustix::io::Errno::INTR)
        {
            return;
        }
        socket.answer(|question| answer(question, board));
    }
}

fn answer(question: &str, board: &Mutex<status::Pulse>) -> String {
    if question != "status" {
        return format!("unknown question: {question:?}");
    }
    let status = board.lock().unwrap_or_else(PoisonError::into_inner).clone();
    serde_json::to_string(&status).unwrap_or_else(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::ask;

    #[test]
    fn it_tells_what_was_written_last_and_takes_its_socket_along() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("pulse.sock");
        let status = status::Pulse {
            pid: 1,
            role: "MASTER".into(),
            active: false,
            since: 2,
            heard: None,
            lvsd: None,
            refused: None,
        };
        let desk = Desk::open(&path, status.clone()).unwrap();
        assert!(Desk::open(&path, status).is_err(), "one pulse a host");
        desk.write(|status| status.active = true);
        let answer: status::Pulse = serde_json::from_str(&ask(&path, "status").unwrap()).unwrap();
        assert!(answer.active);
        assert!(ask(&path, "stop").unwrap().contains("unknown"));
        drop(desk);
        assert!(!path.exists());
    }
}
