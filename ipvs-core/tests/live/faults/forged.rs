//! Strangers answer in the kernel's place: acknowledgements, refusals, parts of listings and
//! their ends, with the numbers that the client waits for and with others. Nobody listens.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use ipvs_core::wire::WireError;
use ipvs_core::wire::attr::Builder;
use ipvs_core::wire::message::{self, Header, Messages};
use ipvs_core::wire::request::Request;
use ipvs_core::{Client, Dest, ForwardMethod, Service, ServiceKey};
use ipvs_sys::errno::{EEXIST, ENOMEM, EPERM, ESRCH};
use ipvs_sys::faults::{self, Call, Site as Place};
use ipvs_sys::hostile::forge;
use ipvs_sys::netlink::{NLM_F_MULTI, NLMSG_DONE, NLMSG_ERROR};
use ipvs_sys::socket::Socket;

use super::operations::{self, operations};
use super::stage::{Operation, PATIENCE, Stage, Verdict};
use crate::site::Site;

/// How many operations, and how many messages reach their client meanwhile.
const OPERATIONS: usize = 1000;
const MESSAGES: usize = 10_000;

/// How many there are before a request, while its answer is looked for (one at a time), and at
/// any moment of an operation.
const BEFORE_A_REQUEST: usize = 4;
const MEANWHILE: usize = 8;
const ANY_TIME: usize = 4;

pub fn nobody_answers_for_the_kernel(site: &Site) {
    operations::connect(site);
    let stranger = Arc::new(Stranger::new(site));
    let began = Instant::now();
    let (mut done, mut taken) = (0, 0);
    let operations = operations(site);
    // Those that only read are many, and take longer.
    let turns = |one: &Operation| match (one.slow, one.reads) {
        (true, _) => 1,
        (_, true) => 4,
        _ => 40,
    };
    thread::scope(|scope| {
        let _over = stranger.harass(scope);
        for operation in &operations {
            let stage = Stage::new(site, operation);
            let victim = Victim::new(site, &stranger);
            for _ in 0..turns(operation) {
                stranger.next.store(victim.next_number(), Relaxed);
                stranger.moments.store(ANY_TIME, Relaxed);
                let script = stranger.script();
                let outcome = stage.run(
                    &victim.client,
                    PATIENCE,
                    |client, call| faults::with(script, || call(client)),
                    |_| false,
                );
                assert_eq!(outcome, Ok(Verdict::Right), "{}", operation.name);
                done += 1;
            }
            taken += victim.taken(&stranger);
        }
    });
    println!(
        "{taken} forged messages during {done} operations, none accepted, in {:.1} s",
        began.elapsed().as_secs_f64()
    );
    assert!(done >= OPERATIONS && taken >= MESSAGES);
}

/// A client whose socket somebody else holds too.
struct Victim {
    client: Client,
    shared: Socket,
}

impl Victim {
    fn new(site: &Site, stranger: &Stranger) -> Self {
        let socket = OwnedFd::from(site.namespace.socket().unwrap());
        let shared = Socket::from_fd(socket.try_clone().unwrap()).unwrap();
        stranger.victim.store(shared.port(), Relaxed);
        stranger.delivered.store(0, Relaxed);
        let client = Client::from_socket(socket).unwrap();
        Victim { client, shared }
    }

    /// The number that its next request will have: one more than that of an answer which it
    /// is kept from reading.
    fn next_number(&self) -> u32 {
        let deaf = |place: Place| (place.call == Call::Recvmsg).then_some(ENOMEM);
        let error = faults::with(deaf, || self.client.info()).unwrap_err();
        assert_eq!(error.errno(), Some(ENOMEM), "{error}");
        let mut buffer = [0; Socket::RECEIVE_BUFFER];
        let length = self.shared.receive(&mut buffer, PATIENCE).unwrap();
        let answer = Messages::new(&buffer[..length]).next().unwrap().unwrap();
        answer.header.sequence.wrapping_add(1)
    }

    /// How many forged messages it took from its queue.
    fn taken(&self, stranger: &Stranger) -> usize {
        stranger.victim.store(0, Relaxed);
        let left = self.shared.drain().unwrap();
        stranger.delivered.load(Relaxed) - left
    }
}

/// Root of the same namespace, who sends to its sockets what the kernel might.
struct Stranger {
    socket: Socket,
    family: u16,
    /// Answers about another table: the command and the attributes.
    lies: Vec<(u8, Vec<u8>)>,
    /// The sockets of the namespace, and those that are left alone.
    sockets: Mutex<File>,
    bystanders: BTreeSet<u32>,
    /// The port of the client's socket, and the number of its next request.
    victim: AtomicU32,
    next: AtomicU32,
    /// How many messages were put into that socket's queue.
    delivered: AtomicUsize,
    turn: AtomicUsize,
    /// How many messages may still come at any moment.
    moments: AtomicUsize,
}

impl Stranger {
    fn new(site: &Site) -> Self {
        let mut stranger = Stranger {
            socket: site.namespace.socket().unwrap(),
            family: site.raw().family(),
            lies: lies(site),
            sockets: Mutex::new(site.namespace.file("netlink").unwrap().into()),
            bystanders: BTreeSet::new(),
            victim: AtomicU32::new(0),
            next: AtomicU32::new(0),
            delivered: AtomicUsize::new(0),
            turn: AtomicUsize::new(0),
            moments: AtomicUsize::new(0),
        };
        stranger.bystanders = stranger.ports();
        stranger
    }

    /// The ports of every generic netlink socket of the namespace.
    fn ports(&self) -> BTreeSet<u32> {
        let mut text = String::new();
        let mut sockets = self.sockets.lock().unwrap();
        sockets.rewind().unwrap();
        sockets.read_to_string(&mut text).unwrap();
        let fields = text.lines().map(|line| line.split_whitespace().skip(1));
        let generic =
            fields.filter_map(|mut fields| (fields.next() == Some("16")).then_some(fields));
        let ports = generic.filter_map(|mut fields| fields.next()?.parse().ok());
        ports.filter(|port| *port != 0).collect()
    }

    /// Forges before each request and before each look for an answer; also to the sockets that
    /// an operation opens.
    fn script(self: &Arc<Self>) -> impl FnMut(Place) -> Option<i32> + Send + 'static {
        let stranger = Arc::clone(self);
        let mut victims = vec![stranger.victim.load(Relaxed)];
        let (mut bound, mut meanwhile) = (false, 0);
        move |place| {
            match place.call {
                Call::Bind => bound = true,
                Call::Sendto => {
                    if std::mem::take(&mut bound) {
                        let others = stranger.ports();
                        victims.extend(others.difference(&stranger.bystanders));
                        victims.dedup();
                    }
                    for victim in &victims {
                        (0..BEFORE_A_REQUEST).for_each(|_| stranger.forge(*victim));
                    }
                    stranger.next.fetch_add(1, Relaxed);
                    meanwhile = MEANWHILE;
                }
                Call::Recvmsg if meanwhile > 0 => {
                    victims.iter().for_each(|victim| stranger.forge(*victim));
                    meanwhile -= 1;
                }
                _ => {}
            }
            None
        }
    }

    /// Forges at any moment, some for each operation.
    fn harass<'s>(self: &'s Arc<Self>, scope: &'s thread::Scope<'s, '_>) -> Over {
        let over = Arc::new(AtomicBool::new(false));
        let until = Arc::clone(&over);
        scope.spawn(move || {
            while !until.load(Relaxed) {
                let some = |left: usize| left.checked_sub(1);
                if self.moments.fetch_update(Relaxed, Relaxed, some).is_ok() {
                    self.forge(self.victim.load(Relaxed));
                }
                thread::sleep(Duration::from_micros(100));
            }
        });
        Over(over)
    }

    /// Sends the next kind of message to a port.
    fn forge(&self, port: u32) {
        if port == 0 {
            return;
        }
        let turn = self.turn.fetch_add(1, Relaxed);
        // Two of three have the number of a request that is about to be sent, or just was.
        let number = self
            .next
            .load(Relaxed)
            .wrapping_add([0, 0xffff_ffff, 7777][turn % 3]);
        let message = self.message(turn / 3, number, [port, 0, port ^ 1][turn / 2 % 3]);
        if forge(&self.socket, port, &message).is_ok() && port == self.victim.load(Relaxed) {
            self.delivered.fetch_add(1, Relaxed);
        }
    }

    fn message(&self, turn: usize, sequence: u32, port: u32) -> Vec<u8> {
        let header = |kind, flags| Header {
            kind,
            flags,
            sequence,
            port,
        };
        let mut bytes = Vec::new();
        let written = match turn % 3 {
            // An acknowledgement, or a refusal.
            0 => {
                let errno = [0, EPERM, EEXIST, ESRCH][turn / 3 % 4];
                message::write(&mut bytes, header(NLMSG_ERROR, 0), |payload| {
                    payload.raw(&(-errno).to_ne_bytes());
                    payload.raw(&[0; 16]);
                    Ok::<_, WireError>(())
                })
            }
            // The end of a listing.
            1 => message::write(&mut bytes, header(NLMSG_DONE, NLM_F_MULTI), |payload| {
                payload.raw(&0_i32.to_ne_bytes());
                Ok::<_, WireError>(())
            }),
            _ => {
                let (command, attributes) = &self.lies[turn / 3 % self.lies.len()];
                let header = header(self.family, NLM_F_MULTI);
                message::write_generic(&mut bytes, header, *command, |attrs| {
                    attrs.raw(attributes);
                    Ok::<_, WireError>(())
                })
            }
        };
        written.unwrap();
        bytes
    }
}

/// What ends the harassment when it goes.
struct Over(Arc<AtomicBool>);

impl Drop for Over {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

/// Answers that could be true: those of another namespace.
fn lies(site: &Site) -> Vec<(u8, Vec<u8>)> {
    let elsewhere = Site::new(site.kernel.clone());
    let key = ServiceKey::tcp([203, 0, 113, 66], 6666);
    let dest = Dest::new([203, 0, 113, 67], 6667, ForwardMethod::TUNNEL);
    elsewhere.client.add_service(&Service::new(key)).unwrap();
    elsewhere.client.add_dest(&key, &dest).unwrap();
    let questions = [
        Request::GetServices,
        Request::GetService(&key),
        Request::GetDests(&key),
        Request::GetConfig,
        Request::GetInfo,
    ];
    let mut raw = elsewhere.raw();
    let mut answers = |question: Request<'_>| {
        let attributes = |attrs: &mut Builder<'_>| question.write(attrs).unwrap();
        let answers = raw.ask(question.command(), question.expect(), attributes);
        let answers = answers.unwrap().into_iter();
        answers
            .map(|answer| (question.command(), answer))
            .collect::<Vec<_>>()
    };
    let lies: Vec<_> = questions.into_iter().flat_map(&mut answers).collect();
    assert_eq!(lies.len(), questions.len());
    lies
}
