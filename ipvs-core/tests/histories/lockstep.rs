//! Runs a history on two machines, step by step, and compares after each.

use std::collections::{BTreeMap, BTreeSet};

use ipvs_sys::netlink::{NLM_F_DUMP, NLM_F_REQUEST};
use ipvs_sys::uapi::IPVS_CMD_GET_SERVICE;

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
            watches: BTreeMap::new(),
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
    /// The listings of services, by their requests' numbers.
    watches: BTreeMap<u32, Watch>,
    /// The requests whose answer the kernel may forget.
    forgettable: BTreeSet<u32>,
    crosstalk: Crosstalk,
}

/// What differs, and what each side says.
type Outcome = Result<(), (String, String, String)>;

/// A listing of services while it is read.
struct Watch {
    line: Line,
    seen: Seen,
}

/// What it may list.
enum Seen {
    /// What is there: nothing changes meanwhile.
    OneState,
    /// Services as they were at one time or another.
    States(BTreeSet<Vec<u8>>),
    /// Whatever it likes.
    Anything,
}

/// The socket that asks what is there; no step knows it.
const PROBE: usize = 9;

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
        self.take(step)?;
        self.census(at)
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
        let mut left = files::read(self.left.place(at), name);
        let mut right = files::read(self.right.place(at), name);
        if name == "ip_vs" && self.crosstalk != Crosstalk::None {
            files::shorten(&mut left, &mut right, self.crosstalk == Crosstalk::Machines);
        }
        same("the file", left, right)
    }

    /// What is being listed there may show this state of the services, too.
    fn census(&mut self, at: At) -> Outcome {
        let probe = Line { at, number: PROBE };
        let request = Message::new(IPVS_CMD_GET_SERVICE, NLM_F_REQUEST | NLM_F_DUMP, Vec::new());
        let sequence = self.sequence;
        self.sequence += 1;
        let mut states = Vec::new();
        for side in [&mut self.left, &mut self.right] {
            side.line(probe)
                .send(std::slice::from_ref(&request), sequence);
            side.drain(probe, BUFFER);
            let listing = side.line(probe).listings.remove(&sequence);
            let listing = listing.expect("what nothing else uses is not busy");
            let mut services: Vec<_> = listing.services().map(<[u8]>::to_vec).collect();
            services.sort();
            states.push(services);
        }
        same(
            "the services",
            format!("{:02x?}", states[0]),
            format!("{:02x?}", states[1]),
        )?;
        for watch in self
            .watches
            .values_mut()
            .filter(|watch| watch.line.at == at)
        {
            if let Seen::OneState = watch.seen {
                watch.seen = Seen::States(BTreeSet::new());
            }
            if let Seen::States(seen) = &mut watch.seen {
                seen.extend(states.iter().flatten().cloned());
            }
        }
        Ok(())
    }

    /// Whether services are being listed there.
    fn is_listing(&mut self, at: At) -> bool {
        let (left, right) = (&self.left, &self.right);
        self.watches.retain(|sequence, watch| {
            left.is_reading(watch.line, *sequence) || right.is_reading(watch.line, *sequence)
        });
        self.watches.values().any(|watch| watch.line.at == at)
    }

    /// Several changes at once leave states between them that nobody saw.
    fn lose_track(&mut self, at: At) {
        for watch in self
            .watches
            .values_mut()
            .filter(|watch| watch.line.at == at)
        {
            watch.seen = Seen::Anything;
        }
    }

    /// What changes there may disturb what is being listed elsewhere.
    fn disturb(&mut self, at: At) {
        for watch in self.watches.values() {
            let disturbed = match self.crosstalk {
                Crosstalk::None => false,
                Crosstalk::Namespaces => watch.line.at != at,
                Crosstalk::Machines => true,
            };
            if disturbed {
                self.left.line(watch.line).tear();
                self.right.line(watch.line).tear();
            }
        }
    }

    fn send(&mut self, line: Line, messages: &[Message]) -> Outcome {
        let first = self.sequence;
        for (message, sequence) in messages.iter().zip(first..) {
            if message.lists_services() {
                let seen = Seen::OneState;
                self.watches.insert(sequence, Watch { line, seen });
            }
            if message.may_be_forgotten() {
                self.forgettable.insert(sequence);
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
            let seen = self.watches.remove(&sequence).map(|watch| watch.seen);
            let (left, right) = (format!("{:?}", one.end()), format!("{:?}", other.end()));
            same("the end of a listing", left, right)?;
            match seen {
                Some(Seen::OneState) => {
                    fits(&one, &other)?;
                    let (left, right) = (one.sorted(), other.sorted());
                    same("a listing", format!("{left:#?}"), format!("{right:#?}"))?;
                }
                Some(Seen::States(states)) => {
                    let (left, right) = (strangers(&one, &states), strangers(&other, &states));
                    nothing("what was never there is listed", left, right)?;
                }
                Some(Seen::Anything) | None => {}
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
    let text = |misfit: Option<String>| misfit.unwrap_or_default();
    let (left, right) = (text(left.misfit()), text(right.misfit()));
    nothing("the parts of a listing", left, right)
}

/// What a listing says of services that were in none of these states.
fn strangers(listing: &Listing, states: &BTreeSet<Vec<u8>>) -> String {
    let strange = listing
        .services()
        .filter(|service| !states.contains(*service));
    strange.map(|service| format!("{service:02x?}\n")).collect()
}

fn nothing(what: &str, left: String, right: String) -> Outcome {
    if left.is_empty() && right.is_empty() {
        return Ok(());
    }
    Err((what.to_owned(), left, right))
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
