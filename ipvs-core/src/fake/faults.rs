//! Faults that a test plans: when each begins to lie in wait, and what it then meets.

use std::mem;

use crate::Change;

/// From when on a [`Fault`] lies in wait. It happens once, to the first thing that it fits
/// from then on, the one named here included.
///
/// Every client of the kernel counts, and the look-up of the family when one is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum When {
    /// At once.
    Now,
    /// From a send on, after so many others: 0 is the next one.
    Send(u64),
    /// From a receive on, after so many others: 0 is the next one.
    Receive(u64),
    /// From a request of this `IPVS_CMD_*` on, after so many others of it: 0 is the next one.
    Command(u8, u64),
    /// From the opening of a file on, `/proc/net/ip_vs…` or a sysctl's, after so many others:
    /// 0 is the next one.
    File(u64),
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// A datagram to a client gets lost, without a trace.
    Drop,
    /// A datagram comes twice.
    Duplicate,
    /// A datagram comes only after so many more receives, each of which ends with another
    /// datagram or with nothing.
    Delay(u32),
    /// A datagram is cut to so many bytes.
    Truncate(usize),
    /// A byte of a datagram is another one; nothing if the datagram is shorter.
    Corrupt {
        /// Which byte, from 0.
        offset: usize,
        /// What it is instead.
        with: u8,
    },
    /// A system call fails with this errno and does nothing: a send, a receive, or the opening
    /// of a file.
    Errno(i32),
    /// A request is not carried out, and answered with this errno.
    Refuse(i32),
    /// A datagram does not fit the receive buffer: it is lost, and the next receive says so.
    Overrun,
    /// Somebody who is not the kernel sends this datagram in front of the next one.
    Forge(Vec<u8>),
    /// Somebody else changes the table: before the system call, or the request, goes on.
    /// What the kernel refuses of it changes nothing.
    Change(Vec<Change>),
}

/// How many system calls there were, and requests in them: what [`When`] counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Calls {
    /// Sends.
    pub sends: u64,
    /// Receives, those included that found nothing.
    pub receives: u64,
    /// Files that were opened.
    pub files: u64,
    /// Requests of IPVS, of which a send may hold many.
    pub requests: u64,
}

/// The planned faults, oldest first.
#[derive(Debug, Default)]
pub(super) struct Faults {
    planned: Vec<Planned>,
    pub(super) calls: Calls,
}

#[derive(Debug)]
struct Planned {
    /// How many more of these must pass; `None` once it lies in wait.
    waiting: Option<(Moment, u64)>,
    fault: Fault,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    Send,
    Receive,
    Command(u8),
    File,
}

/// What becomes of a datagram that is queued for a socket.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Fate {
    /// What is queued in its place, in this order.
    pub(super) datagrams: Vec<Datagram>,
    /// Whether the socket lost one, which the next receive tells.
    pub(super) overrun: bool,
}

/// A datagram in a socket's queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Datagram {
    pub(super) bytes: Vec<u8>,
    /// Whether it comes from somebody who is not the kernel.
    pub(super) forged: bool,
    /// How many receives must pass before it is there.
    pub(super) delay: u32,
}

impl Datagram {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Datagram {
            bytes,
            forged: false,
            delay: 0,
        }
    }
}

impl Faults {
    pub(super) fn inject(&mut self, when: When, fault: Fault) {
        let waiting = match when {
            When::Now => None,
            When::Send(others) => Some((Moment::Send, others)),
            When::Receive(others) => Some((Moment::Receive, others)),
            When::Command(command, others) => Some((Moment::Command(command), others)),
            When::File(others) => Some((Moment::File, others)),
        };
        self.planned.push(Planned { waiting, fault });
    }

    pub(super) fn clear(&mut self) {
        self.planned.clear();
    }

    /// How many have not happened yet.
    pub(super) fn pending(&self) -> usize {
        self.planned.len()
    }

    /// A send begins: the errno that it fails with. [`changes`](Self::changes) come first.
    pub(super) fn on_send(&mut self) -> Option<i32> {
        self.reach(Moment::Send);
        self.errno()
    }

    /// A receive begins: the errno that it fails with. [`changes`](Self::changes) come first.
    pub(super) fn on_receive(&mut self) -> Option<i32> {
        self.reach(Moment::Receive);
        self.errno()
    }

    /// A file is opened: the errno that this fails with. [`changes`](Self::changes) come first.
    pub(super) fn on_file(&mut self) -> Option<i32> {
        self.reach(Moment::File);
        self.errno()
    }

    /// A request of IPVS begins: the errno that it is refused with. [`changes`](Self::changes)
    /// come first.
    pub(super) fn on_command(&mut self, command: u8) -> Option<i32> {
        self.reach(Moment::Command(command));
        self.happen(|fault| match fault {
            Fault::Refuse(errno) => Some(*errno),
            _ => None,
        })
    }

    /// What somebody else changes now. To be asked behind each of the `on_` above.
    pub(super) fn changes(&mut self) -> Vec<Change> {
        let mut changes = Vec::new();
        while let Some(more) = self.happen(|fault| match fault {
            Fault::Change(changes) => Some(mem::take(changes)),
            _ => None,
        }) {
            changes.extend(more);
        }
        changes
    }

    /// A datagram is put into a socket's queue, or (faults of [`When::Receive`]) is taken from
    /// its head: what becomes of it.
    pub(super) fn on_datagram(&mut self, datagram: Datagram) -> Fate {
        let mut fate = Fate {
            datagrams: vec![datagram],
            overrun: false,
        };
        while !fate.is_lost() {
            match self.happen(of_a_datagram) {
                Some(fault) => fate.suffer(fault),
                None => break,
            }
        }
        fate
    }

    /// Whether [`on_datagram`](Self::on_datagram) would do something.
    pub(super) fn await_a_datagram(&self) -> bool {
        self.planned
            .iter()
            .any(|planned| planned.waiting.is_none() && is_of_a_datagram(&planned.fault))
    }

    /// Counts, and lets those whose time has come lie in wait.
    fn reach(&mut self, moment: Moment) {
        let count = match moment {
            Moment::Send => &mut self.calls.sends,
            Moment::Receive => &mut self.calls.receives,
            Moment::File => &mut self.calls.files,
            Moment::Command(_) => &mut self.calls.requests,
        };
        *count += 1;
        for planned in &mut self.planned {
            match &mut planned.waiting {
                Some((awaited, 0)) if *awaited == moment => planned.waiting = None,
                Some((awaited, others)) if *awaited == moment => *others -= 1,
                _ => {}
            }
        }
    }

    fn errno(&mut self) -> Option<i32> {
        self.happen(|fault| match fault {
            Fault::Errno(errno) => Some(*errno),
            _ => None,
        })
    }

    /// Takes the oldest fault that lies in wait and fits.
    fn happen<T>(&mut self, mut fits: impl FnMut(&mut Fault) -> Option<T>) -> Option<T> {
        let mut waiting = self.planned.iter_mut().enumerate();
        let (index, met) = waiting.find_map(|(index, planned)| {
            let lies_in_wait = planned.waiting.is_none();
            lies_in_wait
                .then(|| fits(&mut planned.fault))
                .flatten()
                .map(|met| (index, met))
        })?;
        self.planned.remove(index);
        Some(met)
    }
}

fn of_a_datagram(fault: &mut Fault) -> Option<Fault> {
    is_of_a_datagram(fault).then(|| mem::replace(fault, Fault::Drop))
}

fn is_of_a_datagram(fault: &Fault) -> bool {
    !matches!(fault, Fault::Errno(_) | Fault::Refuse(_) | Fault::Change(_))
}

impl Fate {
    fn suffer(&mut self, fault: Fault) {
        match fault {
            Fault::Drop => self.lose(),
            Fault::Overrun => {
                self.lose();
                self.overrun = true;
            }
            Fault::Duplicate => self.datagrams.extend(self.datagrams.clone()),
            Fault::Forge(bytes) => self.datagrams.insert(
                0,
                Datagram {
                    forged: true,
                    ..Datagram::new(bytes)
                },
            ),
            Fault::Delay(receives) => self.genuine(|datagram| datagram.delay += receives),
            Fault::Truncate(length) => self.genuine(|datagram| datagram.bytes.truncate(length)),
            Fault::Corrupt { offset, with } => self.genuine(|datagram| {
                if let Some(byte) = datagram.bytes.get_mut(offset) {
                    *byte = with;
                }
            }),
            Fault::Errno(_) | Fault::Refuse(_) | Fault::Change(_) => {}
        }
    }

    /// Nothing more can happen to what is lost.
    fn is_lost(&self) -> bool {
        self.datagrams.iter().all(|datagram| datagram.forged)
    }

    fn lose(&mut self) {
        self.datagrams.retain(|datagram| datagram.forged);
    }

    fn genuine(&mut self, change: impl Fn(&mut Datagram)) {
        self.datagrams
            .iter_mut()
            .filter(|datagram| !datagram.forged)
            .for_each(change);
    }
}
