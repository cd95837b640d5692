//! What happens around lvsd, from threads that wait for it.

use std::io;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::control::{Socket, WORK};
use crate::lvsd::staff::Heard;

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

/// Starts what makes events.
pub(super) fn start(sender: Sender<Event>, socket: Socket) -> io::Result<()> {
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM])?;
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
        socket.answer(|word| {
            let (answer, answered) = channel();
            let asked = sender.send(Event::Asked(word.into(), answer));
            let answer = asked.ok().and_then(|()| answered.recv_timeout(WORK).ok());
            answer.unwrap_or_default()
        });
    }
}
