//! Requests by hand, for the mistakes that the typed API cannot make.

use std::time::Duration;

use ipvs_core::wire::WireError;
use ipvs_core::wire::attr::Builder;
use ipvs_core::wire::exchange::{Event, Exchange, Expect};
use ipvs_core::wire::family::{self, Family};
use ipvs_sys::socket::Socket;

/// A socket that sends any attributes under any command.
pub struct Raw {
    socket: Socket,
    exchange: Exchange,
    family: u16,
}

/// The messages that came back, each one's attributes; or the errno.
pub type Answer = Result<Vec<Vec<u8>>, i32>;

impl Raw {
    pub fn new(socket: Socket) -> Self {
        let exchange = Exchange::new(1, Duration::from_secs(20));
        let mut raw = Raw {
            socket,
            exchange,
            family: 0,
        };
        family::ask(&mut raw.exchange, "IPVS").unwrap();
        let answer = raw.finish().unwrap();
        raw.family = Family::decode(&answer[0]).unwrap().id;
        raw
    }

    /// Sends a command that is acknowledged.
    pub fn write(
        &mut self,
        command: u8,
        attributes: impl FnOnce(&mut Builder<'_>),
    ) -> Result<(), i32> {
        self.ask(command, Expect::Ack, attributes).map(|_| ())
    }

    /// Sends a command and collects what comes back.
    pub fn ask(
        &mut self,
        command: u8,
        expect: Expect,
        attributes: impl FnOnce(&mut Builder<'_>),
    ) -> Answer {
        self.exchange.restart();
        let push = self.exchange.push(self.family, command, expect, |attrs| {
            attributes(attrs);
            Ok::<_, WireError>(())
        });
        push.unwrap();
        self.finish()
    }

    fn finish(&mut self) -> Answer {
        self.socket.send(self.exchange.bytes()).unwrap();
        let mut buffer = vec![0; Socket::RECEIVE_BUFFER];
        let (mut messages, mut outcome) = (Vec::new(), Ok(()));
        while !self.exchange.is_finished() {
            let length = self
                .socket
                .receive(&mut buffer, self.exchange.silence())
                .unwrap();
            for event in self.exchange.receive(&buffer[..length]) {
                match event.unwrap() {
                    Event::Message { attributes, .. } => messages.push(attributes.to_vec()),
                    Event::Finished { result, .. } => {
                        outcome = result.map(|_| ()).map_err(|failure| failure.errno);
                    }
                    _ => {}
                }
            }
        }
        outcome.map(|()| messages)
    }
}
