//! Runs a history on two machines, step by step, and compares after each.

use std::collections::{BTreeMap, BTreeSet};

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
}

/// Whether a change in one namespace disturbs the listings that are being read in another: before
/// Linux 7.1 a listing goes on behind as many services as there were, of all namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crosstalk {
    None,
    /// Between the namespaces of a machine.
    Namespaces,
    /// Between the two machines, too, which are one.
    Machines,
}

impl Pair<'_> {
    /// Runs a history on both.
    pub fn run(&self, history: &History, tally: &mut Tally) -> Result<(), Difference> {
        let namespaces = history.namespaces();
        let mut run = Run {
            left: Side::new(self.left.1, namespaces),
            right: Side::new(self.right.1, namespaces),
            sequence: 1,
            listings: BTreeMap::new(),
            forgettable: BTreeSet::new(),
            crosstalk: self.crosstalk,
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
    /// Whose services are listed, and whether they changed meanwhile.
    listings: BTreeMap<u32, (Line, bool)>,
    /// The requests whose answer the kernel may forget.
    forgettable: BTreeSet<u32>,
    crosstalk: Crosstalk,
}

/// What differs, and what each side says.
type Outcome = Result<(), (String, String, String)>;

const BUFFER: usize = 32 * 1024;

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
        match step {
            Step::Change(at, change) => {
                self.touch(*at);
                self.both("the change", |side| side.change(*at, change))
            }
            Step::Batch(at, changes) => {
                self.touch(*at);
                self.both("the batch", |side| side.batch(*at, changes))
            }
            Step::Read(at, read) => self.both("the reading", |side| side.read(*at, read)),
            Step::File(at, name) => {
                self.both("the file", |side| files::read(side.place(*at), name))
            }
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

    /// What is being listed there may show any mixture from now on.
    fn touch(&mut self, at: At) {
        for (line, touched) in self.listings.values_mut() {
            *touched |= line.at == at;
            let disturbed = match self.crosstalk {
                Crosstalk::None => false,
                Crosstalk::Namespaces => line.at != at,
                Crosstalk::Machines => true,
            };
            if disturbed {
                self.left.line(*line).tear();
                self.right.line(*line).tear();
            }
        }
    }

    fn send(&mut self, line: Line, messages: &[Message]) -> Outcome {
        let first = self.sequence;
        for (message, sequence) in messages.iter().zip(first..) {
            if message.lists_services() {
                self.listings.insert(sequence, (line, false));
            }
            if message.may_be_forgotten() {
                self.forgettable.insert(sequence);
            }
            if message.may_change() {
                self.touch(line.at);
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
        self.compare_events(line)
    }

    fn drain(&mut self, line: Line, length: usize) -> Outcome {
        self.left.drain(line, length);
        self.right.drain(line, length);
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
        same("unfinished listings", unfinished(left), unfinished(right))
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

    /// Compares the listings that both have read to their ends.
    fn compare_listings(&mut self, line: Line) -> Outcome {
        let (left, right) = (self.left.line(line), self.right.line(line));
        let both: Vec<_> = left
            .listings
            .iter()
            .filter(|(_, one)| one.is_complete())
            .map(|(sequence, _)| *sequence)
            .collect();
        for sequence in both {
            if !right
                .listings
                .get(&sequence)
                .is_some_and(Listing::is_complete)
            {
                continue;
            }
            let (Some(one), Some(other)) = (
                left.listings.remove(&sequence),
                right.listings.remove(&sequence),
            ) else {
                continue;
            };
            let touched = self
                .listings
                .remove(&sequence)
                .is_none_or(|(_, touched)| touched);
            same(
                "the end of a listing",
                format!("{:?}", one.end()),
                format!("{:?}", other.end()),
            )?;
            if !touched {
                fits(&one, &other)?;
                same(
                    "a listing",
                    format!("{:#?}", one.sorted()),
                    format!("{:#?}", other.sorted()),
                )?;
            }
        }
        Ok(())
    }
}

/// Whether it is the acknowledgement of what need not be acknowledged.
fn is_forgotten(forgettable: &BTreeSet<u32>, event: &Event) -> bool {
    let Event::Datagram(messages) = event else {
        return false;
    };
    matches!(&messages[..], [only] if only.errno == Some(0) && forgettable.contains(&only.sequence))
}

/// Neither side's parts are longer or shorter than they have to be.
fn fits(left: &Listing, right: &Listing) -> Outcome {
    let (left, right) = (left.misfit(), right.misfit());
    if left.is_none() && right.is_none() {
        return Ok(());
    }
    Err((
        "the parts of a listing".to_owned(),
        format!("{left:?}"),
        format!("{right:?}"),
    ))
}

fn unfinished(listings: &BTreeMap<u32, Listing>) -> String {
    format!("{:?}", listings.keys().collect::<Vec<_>>())
}

fn same(what: &str, left: String, right: String) -> Outcome {
    if left == right {
        Ok(())
    } else {
        Err((what.to_owned(), left, right))
    }
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

impl Difference {
    /// What each side said: the lines that differ, where there are many.
    pub fn lines(&self) -> (String, String) {
        let (left, right): (Vec<_>, Vec<_>) =
            (self.left.lines().collect(), self.right.lines().collect());
        let same = left
            .iter()
            .zip(&right)
            .take_while(|(one, other)| one == other)
            .count();
        let start = same.saturating_sub(5);
        let shown = |lines: &[&str]| {
            lines
                .iter()
                .skip(start)
                .take(60)
                .copied()
                .collect::<Vec<_>>()
                .join("\n")
        };
        (shown(&left), shown(&right))
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
