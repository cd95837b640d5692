//! Runs a history on two machines, step by step, and compares after each.

mod compare;
mod listings;

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::{Duration, Instant};

use compare::{Outcome, same};
use listings::{Seen, Watch};

use crate::history::{At, History, Line, Read, Step};
use crate::listing::Listing;
use crate::machine::Machine;
use crate::message::Message;
use crate::side::{Event, Side};
use crate::{files, fill};

/// Where the two machines part.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The step, from 0; that behind the last is the closing look at everything.
    pub step: usize,
    pub what: String,
    pub left: String,
    pub right: String,
}

/// What was compared.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub histories: usize,
    pub operations: usize,
    pub datagrams: usize,
}

/// The machines that are compared, by what they are called.
pub struct Pair<'m> {
    pub left: (&'m str, &'m dyn Machine),
    pub right: (&'m str, &'m dyn Machine),
    pub crosstalk: Crosstalk,
    /// How long services may take to move to a table of another size: a kernel since Linux 7.1
    /// does that some time after they were added.
    pub patience: Duration,
}

/// Whether a change in one namespace disturbs the listings that are being read in another: before
/// Linux 7.1 a listing goes on behind as many services as there were, of all namespaces. Since
/// then each namespace has a table of its own, which grows by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crosstalk {
    None,
    /// Between the namespaces of a machine.
    Namespaces,
    /// Between the two machines, too, which are one.
    Machines,
}

/// Long enough for any machine, however busy.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// For what may differ for good.
const LITTLE_PATIENCE: Duration = Duration::from_secs(1);

impl Pair<'_> {
    /// The same where a difference is expected, again and again.
    pub fn impatient(&self) -> Self {
        Pair {
            patience: self.patience.min(LITTLE_PATIENCE),
            ..*self
        }
    }

    /// Runs a history on both.
    pub fn run(&self, history: &History, tally: &mut Tally) -> Result<(), Difference> {
        let namespaces = history.namespaces();
        let mut run = Run {
            left: Side::new(self.left.1, namespaces),
            right: Side::new(self.right.1, namespaces),
            sequence: 1,
            watches: BTreeMap::new(),
            forgettable: BTreeSet::new(),
            uncertain: BTreeSet::new(),
            crosstalk: self.crosstalk,
            patience: self.patience,
        };
        let outcome = run.all(history);
        tally.histories += 1;
        tally.operations += history.operations();
        tally.datagrams += run.left.datagrams;
        outcome
    }
}

struct Run {
    left: Side,
    right: Side,
    /// The next request's number.
    sequence: u32,
    /// The listings of services, by their requests' numbers.
    watches: BTreeMap<u32, Watch>,
    /// The requests whose answer the kernel may forget.
    forgettable: BTreeSet<u32>,
    /// The sockets that wait for such an answer.
    uncertain: BTreeSet<Line>,
    crosstalk: Crosstalk,
    patience: Duration,
}

const BUFFER: usize = 32 * 1024;

/// Looks again, once at least, until it is as it should be, or for so long.
fn patiently(patience: Duration, mut look: impl FnMut() -> Outcome) -> Outcome {
    let (mut outcome, until) = (look(), Instant::now() + patience);
    let mut late = false;
    while outcome.is_err() && !late {
        thread::sleep(Duration::from_millis(10));
        late = Instant::now() >= until;
        outcome = look();
    }
    outcome
}

impl Run {
    fn all(&mut self, history: &History) -> Result<(), Difference> {
        for (index, step) in history.steps.iter().enumerate() {
            self.step(step)
                .map_err(|what| Difference::at(index, what))?;
        }
        let end = history.steps.len();
        for line in self.left.opened() {
            self.drain(line, BUFFER)
                .map_err(|what| Difference::at(end, what))?;
        }
        for at in (0..history.namespaces()).map(At) {
            self.look(at).map_err(|what| Difference::at(end, what))?;
        }
        Ok(())
    }

    /// Everything that there is to see of a namespace.
    fn look(&mut self, at: At) -> Outcome {
        for read in [Read::List, Read::Info] {
            self.step(&Step::Read(at, read))?;
        }
        self.step(&Step::File(at, "ip_vs".to_owned()))
    }

    fn step(&mut self, step: &Step) -> Outcome {
        let at = step.at();
        if !step.may_change() {
            return self.take(step);
        }
        self.disturb(at);
        if !self.is_listing(at) {
            return self.take(step);
        }
        self.census(at)?;
        if step.changes() > 1 {
            self.lose_track(at);
        }
        self.take(step)
    }

    fn take(&mut self, step: &Step) -> Outcome {
        match step {
            Step::Change(at, change) => self.both("the change", |side| side.change(*at, change)),
            Step::Batch(at, changes) => self.both("the batch", |side| side.batch(*at, changes)),
            Step::Read(at, read) => self.both("the reading", |side| side.read(*at, read)),
            Step::File(at, name) => self.file(*at, name),
            Step::Sysctl(at, name, value) => self.both("the sysctl", |side| {
                files::set_sysctl(side.place(*at), name, value)
            }),
            Step::Interface(at, interface) => {
                self.left.place(*at).set_interface(interface);
                self.right.place(*at).set_interface(interface);
                Ok(())
            }
            Step::Send(line, messages) => self.send(*line, messages),
            Step::Fill(line, fill) => self.send(*line, &fill::messages(*fill)),
            Step::Receive(line, length) => self.receive(*line, *length),
            Step::Drain(line, length) => self.drain(*line, *length),
            Step::Reopen(line) => {
                self.left.close(*line);
                self.right.close(*line);
                Ok(())
            }
            Step::ReceiveBuffer(line, size) => self.both("the size", |side| {
                side.line(*line).set_receive_buffer(*size)
            }),
        }
    }

    fn both(&mut self, what: &str, act: impl Fn(&mut Side) -> String) -> Outcome {
        let (left, right) = (act(&mut self.left), act(&mut self.right));
        same(what, left, right)
    }

    fn file(&mut self, at: At, name: &str) -> Outcome {
        match name {
            "ip_vs" if self.services_move() => patiently(self.patience, || self.file_now(at, name)),
            "ip_vs_status" => {
                let patience = self.patience.min(LITTLE_PATIENCE);
                patiently(patience, || self.file_now(at, name)).or_else(|differs| {
                    let (what, left, right) = differs;
                    let [left, right] = [left, right].map(|text| files::without_growth(&text));
                    same(&what, left, right)
                })
            }
            _ => self.file_now(at, name),
        }
    }

    /// Whether services may change their places in the table although nobody changes them.
    fn services_move(&self) -> bool {
        self.crosstalk == Crosstalk::None
    }

    fn file_now(&self, at: At, name: &str) -> Outcome {
        let mut left = files::read(self.left.place(at), name);
        let mut right = files::read(self.right.place(at), name);
        if name == "ip_vs" && self.crosstalk != Crosstalk::None {
            files::shorten(&mut left, &mut right, self.crosstalk == Crosstalk::Machines);
        }
        same("the file", left, right)
    }

    fn send(&mut self, line: Line, messages: &[Message]) -> Outcome {
        let first = self.sequence;
        // A machine that is compared with itself makes the change a second time meanwhile.
        let disturbed =
            self.crosstalk == Crosstalk::Machines && messages.iter().any(Message::may_change);
        for (message, sequence) in messages.iter().zip(first..) {
            if message.lists_services() {
                let seen = match disturbed {
                    true => Seen::Anything,
                    false => Seen::OneState,
                };
                self.watches.insert(sequence, Watch { line, seen });
            }
            if message.may_be_forgotten() {
                self.forgettable.insert(sequence);
                self.uncertain.insert(line);
            }
            if message.may_change() && messages.len() > 1 {
                self.lose_track(line.at);
            }
        }
        self.sequence += u32::try_from(messages.len()).unwrap();
        self.both("what send returned", |side| {
            format!("{:?}", side.line(line).send(messages, first))
        })
    }

    fn receive(&mut self, line: Line, length: usize) -> Outcome {
        self.left.receive(line, length);
        self.right.receive(line, length);
        self.expect_losses(line);
        self.compare_events(line)
    }

    fn drain(&mut self, line: Line, length: usize) -> Outcome {
        self.left.drain(line, length);
        self.right.drain(line, length);
        self.expect_losses(line);
        self.compare_events(line)?;
        let (left, right) = (self.left.line(line), self.right.line(line));
        if left.torn || right.torn {
            left.forget();
            right.forget();
        }
        left.events
            .retain(|event| !is_forgotten(&self.forgettable, event));
        right
            .events
            .retain(|event| !is_forgotten(&self.forgettable, event));
        let (left, right) = (
            format!("{:#?}", left.events),
            format!("{:#?}", right.events),
        );
        same("what else came", left, right)?;
        let (left, right) = (
            &self.left.line(line).listings,
            &self.right.line(line).listings,
        );
        let outcome = same("unfinished listings", unfinished(left), unfinished(right));
        self.uncertain.remove(&line);
        outcome
    }

    /// An answer that is forgotten leaves room for others: what a full buffer then has room for
    /// is chance. And it may be the one that a short buffer would have cut.
    fn expect_losses(&mut self, line: Line) {
        let lost = |side: &mut Side| side.line(line).has_lost();
        let lost = lost(&mut self.left) || lost(&mut self.right);
        if lost && self.uncertain.contains(&line) {
            self.left.line(line).torn = true;
            self.right.line(line).torn = true;
        }
    }

    /// Compares what both have received.
    fn compare_events(&mut self, line: Line) -> Outcome {
        let (left, right) = (self.left.line(line), self.right.line(line));
        if left.torn || right.torn {
            return Ok(());
        }
        while let (Some(one), Some(other)) = (left.events.front(), right.events.front()) {
            if one == other {
                left.events.pop_front();
                right.events.pop_front();
            } else if is_forgotten(&self.forgettable, one) {
                left.events.pop_front();
            } else if is_forgotten(&self.forgettable, other) {
                right.events.pop_front();
            } else {
                return same("the answer", format!("{one:?}"), format!("{other:?}"));
            }
        }
        self.compare_listings(line)
    }
}

/// Whether it is the acknowledgement of what need not be acknowledged.
fn is_forgotten(forgettable: &BTreeSet<u32>, event: &Event) -> bool {
    let Event::Datagram(messages) = event else {
        return false;
    };
    matches!(&messages[..], [only] if only.errno == Some(0) && forgettable.contains(&only.sequence))
}

fn unfinished(listings: &BTreeMap<u32, Listing>) -> String {
    format!("{:?}", listings.keys().collect::<Vec<_>>())
}

impl Difference {
    fn at(step: usize, (what, left, right): (String, String, String)) -> Self {
        Difference {
            step,
            what,
            left,
            right,
        }
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Tally {
            histories,
            operations,
            datagrams,
        } = self;
        write!(
            f,
            "{operations} operations in {histories} histories, {datagrams} datagrams"
        )
    }
}
