//! A kernel that answers as it is told.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ipvs_sys::errno::ENOENT;
use ipvs_sys::netlink::*;
use ipvs_sys::netns::Namespace;
use ipvs_sys::socket::ReceiveError;
use ipvs_sys::uapi::*;

use crate::client::{Checks, Client, Opener};
use crate::door::Transport;
use crate::wire::WireError;
use crate::wire::attr::{Attrs, Builder, build};
use crate::wire::message::{self, Content, Header, Messages};
use crate::wire::request::Request;
use crate::{Dest, Error, Service, SyncDaemon, Timeouts, TimeoutsEdit};

/// The id that a script's family has unless it is told otherwise.
pub(super) const FAMILY: u16 = 0x1c;

/// A request that reached the script.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub(super) family: u16,
    pub(super) command: u8,
    sequence: u32,
    pub(super) dump: bool,
    /// Whether success is to be answered.
    pub(super) acknowledged: bool,
}

/// One datagram of an answer, or why there is none.
pub(super) enum Answer {
    Ack,
    Errno(i32),
    /// An errno with the kernel's words about it.
    Words(i32, &'static str),
    Done(i32),
    /// The end of a dump that the kernel marked.
    Interrupted,
    Service(Service),
    Dest(Dest),
    Daemon(SyncDaemon),
    Attributes(u8, Vec<u8>),
    /// `NLMSG_OVERRUN`.
    Overrun,
    /// An answer to an earlier request.
    Stale(Box<Answer>),
    Fails(ReceiveError),
    /// More than one in a datagram.
    Several(Vec<Answer>),
}

type Answers = Box<dyn FnMut(Asked) -> Vec<Answer> + Send>;

/// Builds a client over scripted answers.
pub(super) struct Script {
    kernel: Arc<Mutex<Kernel>>,
}

struct Kernel {
    family: Box<dyn FnMut() -> Option<u16> + Send>,
    answers: Answers,
    send_error: Option<i32>,
    /// What a socket holds before anything was sent on it.
    unread: Option<Vec<u8>>,
    commands: Vec<u8>,
    /// How many commands each send held.
    sends: Vec<usize>,
    /// How many requests a send may hold.
    capacity: usize,
}

/// The commands that arrived, those of the family look-up apart.
pub(super) struct Log(Arc<Mutex<Kernel>>);

impl Log {
    pub(super) fn commands(&self) -> Vec<u8> {
        self.0.lock().unwrap().commands.clone()
    }

    /// How many of a command arrived.
    pub(super) fn count(&self, command: u8) -> usize {
        let commands = self.commands();
        commands.iter().filter(|other| **other == command).count()
    }

    /// How many commands each send held, look-ups of the family included.
    pub(super) fn sends(&self) -> Vec<usize> {
        self.0.lock().unwrap().sends.clone()
    }
}

impl Script {
    /// Every request is answered by `answers`.
    pub(super) fn new(answers: impl FnMut(Asked) -> Vec<Answer> + Send + 'static) -> Self {
        Self::with_families(|| FAMILY, answers)
    }

    /// As [`new`](Self::new), with the family's id at each look-up; 0 for none.
    pub(super) fn with_families(
        mut family: impl FnMut() -> u16 + Send + 'static,
        answers: impl FnMut(Asked) -> Vec<Answer> + Send + 'static,
    ) -> Self {
        let family = Box::new(move || Some(family()).filter(|id| *id != 0));
        let answers = Box::new(answers);
        let kernel = Kernel {
            family,
            answers,
            send_error: None,
            unread: None,
            commands: Vec::new(),
            sends: Vec::new(),
            capacity: 4,
        };
        Script {
            kernel: Arc::new(Mutex::new(kernel)),
        }
    }

    /// Sending fails from the first request on (the family is still found).
    pub(super) fn failing_to_send(self, errno: i32) -> Self {
        self.kernel.lock().unwrap().send_error = Some(errno);
        self
    }

    /// A listing that somebody else began is still unread.
    pub(super) fn left_unread(self) -> Self {
        self.kernel.lock().unwrap().unread = Some(vec![0xff; 7]);
        self
    }

    pub(super) fn log(&self) -> Log {
        Log(Arc::clone(&self.kernel))
    }

    fn line(&self) -> Line {
        let unread = self.kernel.lock().unwrap().unread.clone();
        Line {
            kernel: Arc::clone(&self.kernel),
            queue: unread.map(Ok).into_iter().collect(),
        }
    }

    /// A client whose sends are as long as they may be, however slow the machine is.
    pub(super) fn open(self) -> Result<Client, Error> {
        let line = self.line();
        let silence = Duration::from_secs(5);
        let mut client = Client::over(Box::new(line), Arc::new(self), silence, Checks::Full)?;
        client.busy = Duration::MAX;
        Ok(client)
    }
}

impl Opener for Script {
    fn open(&self) -> io::Result<Box<dyn Transport>> {
        Ok(Box::new(self.line()))
    }

    fn namespace(&self) -> io::Result<Namespace> {
        Namespace::current()
    }
}

/// One socket to the script.
struct Line {
    kernel: Arc<Mutex<Kernel>>,
    queue: VecDeque<Result<Vec<u8>, ReceiveError>>,
}

impl Transport for Line {
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut kernel = self.kernel.lock().unwrap();
        kernel.sends.push(Messages::new(bytes).count());
        for message in Messages::new(bytes) {
            let message = message.unwrap();
            let Content::Generic(generic) = message.content().unwrap() else {
                panic!()
            };
            let Header {
                kind: family,
                sequence,
                flags,
                ..
            } = message.header;
            let dump = flags & NLM_F_DUMP == NLM_F_DUMP;
            let asked = Asked {
                family,
                command: generic.command,
                sequence,
                dump,
                acknowledged: flags & NLM_F_ACK != 0,
            };
            if family == GENL_ID_CTRL {
                let answer = (kernel.family)().map_or(Answer::Errno(ENOENT), family_reply);
                self.queue.push_back(answer.datagram(asked));
                continue;
            }
            if let Some(errno) = kernel.send_error {
                return Err(io::Error::from_raw_os_error(errno));
            }
            kernel.commands.push(asked.command);
            let answers = (kernel.answers)(asked);
            self.queue
                .extend(answers.into_iter().map(|answer| answer.datagram(asked)));
        }
        Ok(())
    }

    fn receive(&mut self, buffer: &mut [u8], _: Duration) -> Result<usize, ReceiveError> {
        let datagram = self
            .queue
            .pop_front()
            .unwrap_or(Err(ReceiveError::TimedOut))?;
        buffer[..datagram.len()].copy_from_slice(&datagram);
        Ok(datagram.len())
    }

    fn drain(&mut self) -> io::Result<()> {
        self.queue.clear();
        Ok(())
    }

    fn capacity(&self) -> io::Result<usize> {
        Ok(self.kernel.lock().unwrap().capacity)
    }
}

fn family_reply(id: u16) -> Answer {
    let attributes = attributes(|attrs| {
        attrs.u16(CTRL_ATTR_FAMILY_ID, id);
        attrs.u32(CTRL_ATTR_VERSION, 1);
    });
    Answer::Attributes(CTRL_CMD_NEWFAMILY, attributes)
}

/// What a kernel without services, dests and daemons answers to a snapshot.
pub(super) fn idle(asked: Asked) -> Vec<Answer> {
    match asked.command {
        IPVS_CMD_GET_INFO => vec![Answer::Attributes(
            IPVS_CMD_SET_INFO,
            attributes(|attrs| {
                attrs.u32(IPVS_INFO_ATTR_VERSION, IP_VS_VERSION_CODE);
                attrs.u32(IPVS_INFO_ATTR_CONN_TAB_SIZE, 4096);
            }),
        )],
        IPVS_CMD_GET_CONFIG => {
            let edit = TimeoutsEdit::from(Timeouts::default());
            vec![Answer::Attributes(
                IPVS_CMD_SET_CONFIG,
                written(&Request::SetConfig(&edit)),
            )]
        }
        _ => vec![Answer::Done(0)],
    }
}

fn attributes(body: impl FnOnce(&mut Builder<'_>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    build(&mut bytes, |attrs| {
        body(attrs);
        Ok::<_, WireError>(())
    })
    .unwrap();
    bytes
}

fn written(request: &Request<'_>) -> Vec<u8> {
    attributes(|attrs| request.write(attrs).unwrap())
}

/// A request's attributes with what a listing adds: connections and counters.
fn listed(request: &Request<'_>, nest: u16) -> Vec<u8> {
    let asked = written(request);
    let inner = Attrs::new(&asked)
        .find_map(|attr| attr.ok().filter(|attr| attr.kind == nest))
        .unwrap();
    attributes(|attrs| {
        attrs.nest(nest, |attrs| {
            attrs.raw(inner.payload);
            for kind in [
                IPVS_DEST_ATTR_ACTIVE_CONNS,
                IPVS_DEST_ATTR_INACT_CONNS,
                IPVS_DEST_ATTR_PERSIST_CONNS,
            ] {
                if nest == IPVS_CMD_ATTR_DEST {
                    attrs.u32(kind, 0);
                }
            }
            attrs.nest(IPVS_SVC_ATTR_STATS64, |attrs| {
                (IPVS_STATS_ATTR_CONNS..=IPVS_STATS_ATTR_OUTBPS)
                    .for_each(|kind| attrs.u64(kind, 0));
            });
        });
    })
}

impl Answer {
    fn datagram(self, asked: Asked) -> Result<Vec<u8>, ReceiveError> {
        let Asked {
            family, sequence, ..
        } = asked;
        let header = |kind, flags| Header {
            kind,
            flags,
            sequence,
            port: 0,
        };
        let generic = |command, flags, attributes: Vec<u8>| {
            let mut bytes = Vec::new();
            let header = header(family, flags);
            message::write_generic(&mut bytes, header, command, |attrs| {
                attrs.raw(&attributes);
                Ok::<_, WireError>(())
            })
            .unwrap();
            Ok(bytes)
        };
        let code = |kind, flags, errno: i32, rest: &[u8]| {
            let mut bytes = Vec::new();
            message::write(&mut bytes, header(kind, flags), |payload| {
                payload.raw(&(-errno).to_ne_bytes());
                payload.raw(rest);
                Ok::<_, WireError>(())
            })
            .unwrap();
            Ok(bytes)
        };
        let key = "tcp 192.0.2.1:80".parse().unwrap();
        match self {
            Answer::Ack => code(NLMSG_ERROR, NLM_F_CAPPED, 0, &[0; 16]),
            Answer::Errno(errno) => code(NLMSG_ERROR, NLM_F_CAPPED, errno, &[0; 16]),
            Answer::Words(errno, words) => {
                let words = attributes(|attrs| attrs.string(NLMSGERR_ATTR_MSG, words));
                let flags = NLM_F_CAPPED | NLM_F_ACK_TLVS;
                code(NLMSG_ERROR, flags, errno, &[&[0; 16][..], &words].concat())
            }
            Answer::Done(errno) => code(NLMSG_DONE, NLM_F_MULTI, errno, &[]),
            Answer::Interrupted => code(NLMSG_DONE, NLM_F_MULTI | NLM_F_DUMP_INTR, 0, &[]),
            Answer::Overrun => code(NLMSG_OVERRUN, 0, 0, &[]),
            Answer::Service(service) => {
                let attributes = listed(&Request::NewService(&service), IPVS_CMD_ATTR_SERVICE);
                let flags = if asked.dump { NLM_F_MULTI } else { 0 };
                generic(IPVS_CMD_NEW_SERVICE, flags, attributes)
            }
            Answer::Dest(dest) => {
                let attributes = listed(&Request::NewDest(&key, &dest), IPVS_CMD_ATTR_DEST);
                generic(IPVS_CMD_NEW_DEST, NLM_F_MULTI, attributes)
            }
            Answer::Daemon(daemon) => generic(
                IPVS_CMD_NEW_DAEMON,
                NLM_F_MULTI,
                written(&Request::NewDaemon(&daemon)),
            ),
            Answer::Attributes(command, attributes) => generic(command, 0, attributes),
            Answer::Stale(answer) => {
                let sequence = asked.sequence.wrapping_sub(1);
                answer.datagram(Asked { sequence, ..asked })
            }
            Answer::Fails(error) => Err(error),
            Answer::Several(answers) => {
                let datagrams = answers.into_iter().map(|answer| answer.datagram(asked));
                datagrams
                    .collect::<Result<Vec<_>, _>>()
                    .map(|all| all.concat())
            }
        }
    }
}
