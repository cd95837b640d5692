//! Requests by hand, for the mistakes that the typed API cannot make.

use std::time::Duration;

use crate::nest::Nest;
use crate::site::Socket;
use ipvs_core::wire::WireError;
use ipvs_core::wire::attr::Builder;
use ipvs_core::wire::exchange::{Event, Exchange, Expect};
use ipvs_core::wire::family::{self, Family};

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

    /// The family's number since the module was loaded.
    pub fn family(&self) -> u16 {
        self.family
    }

    /// Sends a command that is acknowledged.
    pub fn write(
        &mut self,
        command: u8,
        attributes: impl FnOnce(&mut Builder<'_>),
    ) -> Result<(), i32> {
        self.ask(command, Expect::Ack, attributes).map(|_| ())
    }

    /// Sends a command of nests that is acknowledged.
    pub fn send(&mut self, command: u8, nests: &[&Nest]) -> Result<(), i32> {
        self.write(command, |attrs| {
            nests.iter().for_each(|nest| nest.write(attrs))
        })
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

    /// Sends commands without attributes in one piece.
    pub fn batch(&mut self, commands: &[(u8, Expect)]) -> Vec<Answer> {
        self.exchange.restart();
        for (command, expect) in commands {
            let nothing = |_: &mut Builder<'_>| Ok::<_, WireError>(());
            let push = self.exchange.push(self.family, *command, *expect, nothing);
            push.unwrap();
        }
        self.finish_all()
    }

    fn finish(&mut self) -> Answer {
        self.finish_all().remove(0)
    }

    fn finish_all(&mut self) -> Vec<Answer> {
        self.socket.send(self.exchange.bytes()).unwrap();
        let mut buffer = vec![0; Socket::RECEIVE_BUFFER];
        let mut answers = vec![Ok(Vec::new()); self.exchange.len()];
        while !self.exchange.is_finished() {
            let silence = self.exchange.silence();
            let length = self.socket.receive(&mut buffer, silence).unwrap();
            for event in self.exchange.receive(&buffer[..length]) {
                match event.unwrap() {
                    Event::Message {
                        index, attributes, ..
                    } => answers[index].as_mut().unwrap().push(attributes.to_vec()),
                    Event::Finished {
                        index,
                        result: Err(failure),
                    } => answers[index] = Err(failure.errno),
                    _ => {}
                }
            }
        }
        answers
    }
}
