//! What happens around lvsd, from threads that wait for it.

use std::io;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::control::{Socket, WORK};
use crate::lvsd::staff::Heard;
use crate::lvsd::{BUSY, ENDING};

pub(super) enum Event {
    /// A signal came.
    Signal(i32),
    /// Something about a nanny.
    Nanny(Heard),
    /// Somebody asks over the control socket, and is answered there.
    Asked(String, Sender<String>),
}

impl From<Heard> for Event {
    fn from(heard: Heard) -> Self {
        Event::Nanny(heard)
    }
}

/// The signals that are events; those that come from now on are kept until [`start`].
pub(super) fn signals() -> io::Result<Signals> {
    Signals::new([SIGHUP, SIGINT, SIGTERM])
}

/// Starts what makes events.
pub(super) fn start(mut signals: Signals, sender: Sender<Event>, socket: Socket) -> io::Result<()> {
    let signalled = sender.clone();
    thread::Builder::new()
        .name("signals".into())
        .spawn(move || {
            for signal in signals.forever() {
                if signalled.send(Event::Signal(signal)).is_err() {
                    return;
                }
            }
        })?;
    thread::Builder::new()
        .name("control".into())
        .spawn(move || serve(&socket, &sender))
        .map(drop)
}

fn serve(socket: &Socket, sender: &Sender<Event>) {
    loop {
        let mut polled = [PollFd::new(socket, PollFlags::IN)];
        if !matches!(poll(&mut polled, None), Ok(_) | Err(Errno::INTR)) {
            return;
        }
        socket.answer(|word| match answer(sender, word) {
            Ok(answer) => answer,
            // A status is one, or nothing.
            Err(_) if word == "status" => String::new(),
            Err(RecvTimeoutError::Timeout) => BUSY.into(),
            Err(RecvTimeoutError::Disconnected) => ENDING.into(),
        });
    }
}

fn answer(sender: &Sender<Event>, word: &str) -> Result<String, RecvTimeoutError> {
    let (answer, answered) = channel();
    let asked = sender.send(Event::Asked(word.into(), answer));
    asked.map_err(|_| RecvTimeoutError::Disconnected)?;
    answered.recv_timeout(WORK)
}
