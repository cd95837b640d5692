//! What is done, step by step, in one or two new network namespaces.

mod text;

use ipvs_core::{Change, DestKey, ServiceKey};

use crate::message::Message;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    pub steps: Vec<Step>,
}

/// A namespace: `a` or `b`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At(pub usize);

/// A raw socket of a namespace: `a0`, `a1`, ….
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line {
    pub at: At,
    pub number: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A change through the typed API, judged by the kernel alone.
    Change(At, Change),
    /// Several of them in one batch.
    Batch(At, Vec<Change>),
    /// A reading through the typed API.
    Read(At, Read),
    /// A file of `/proc/net`, its bytes.
    File(At, String),
    /// A sysctl is written and read back.
    Sysctl(At, String, String),
    /// An interface appears, or becomes another.
    Interface(At, Interface),
    /// Raw requests in one send; what they are answered with waits.
    Send(Line, Vec<Message>),
    /// As many new services, or dests of the first service, acknowledged or not.
    Fill(Line, Fill),
    /// One datagram, with a buffer of so many bytes.
    Receive(Line, usize),
    /// Every datagram until none is left.
    Drain(Line, usize),
    /// The socket is closed, whatever it waits for, and a new one opened.
    Reopen(Line),
    /// The socket's receive buffer gets another size.
    ReceiveBuffer(Line, usize),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    Services,
    Service(ServiceKey),
    Dests(ServiceKey),
    Dest(ServiceKey, DestKey),
    Daemons,
    Timeouts,
    Info,
    Snapshot,
    List,
}

/// An interface as it is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    pub name: String,
    pub up: bool,
    pub mtu: u32,
    /// As in `10.0.2.1/24`.
    pub addresses: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    pub what: Filling,
    pub count: usize,
    /// Whether each request asks for its acknowledgement.
    pub acknowledged: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filling {
    Services,
    Dests,
}

impl Step {
    /// The namespace that it is about.
    pub fn at(&self) -> At {
        match self {
            Step::Change(at, _)
            | Step::Batch(at, _)
            | Step::Read(at, _)
            | Step::File(at, _)
            | Step::Sysctl(at, ..)
            | Step::Interface(at, _) => *at,
            Step::Send(line, _)
            | Step::Fill(line, _)
            | Step::Receive(line, _)
            | Step::Drain(line, _)
            | Step::Reopen(line)
            | Step::ReceiveBuffer(line, _) => line.at,
        }
    }

    /// Whether it may change the services of its namespace.
    pub fn may_change(&self) -> bool {
        self.changes() > 0
    }

    /// How many times it may change them, one behind the other. (A filling adds, and changes
    /// nothing that is there.)
    pub fn changes(&self) -> usize {
        match self {
            Step::Change(..) | Step::Fill(..) => 1,
            Step::Batch(_, changes) => changes.len(),
            Step::Send(_, messages) => messages.iter().filter(|one| one.may_change()).count(),
            _ => 0,
        }
    }

    /// How many operations of IPVS it stands for; many of a kind count once.
    pub fn operations(&self) -> usize {
        match self {
            Step::Change(..) | Step::Read(..) | Step::File(..) | Step::Fill(..) => 1,
            Step::Sysctl(..) => 2,
            Step::Batch(_, changes) => changes.len(),
            Step::Send(_, messages) => messages.len(),
            _ => 0,
        }
    }
}

impl History {
    /// How many namespaces it needs.
    pub fn namespaces(&self) -> usize {
        let last = self.steps.iter().map(|step| step.at().0).max();
        last.map_or(1, |last| last + 1)
    }

    pub fn operations(&self) -> usize {
        self.steps.iter().map(Step::operations).sum()
    }
}
