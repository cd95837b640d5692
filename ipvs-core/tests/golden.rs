//! Golden bytes: what the real ipvsadm sends and what real kernels answer.
//!
//! Our requests are ipvsadm's, attribute by attribute, order aside; and each
//! kernel's answers decode to what the commands before them had made of its table.
//! `tests/golden/record` makes the recordings, which are little-endian.
#![cfg(target_endian = "little")]

#[path = "golden/ipvsadm.rs"]
mod ipvsadm;
#[path = "golden/recording.rs"]
mod recording;

use std::collections::BTreeMap;
use std::time::Duration;

use ipvs_core::wire::WireError;
use ipvs_core::wire::attr::{Attrs, build};
use ipvs_core::wire::reply;
use ipvs_core::{DaemonRole, Dest, DestKey, Service, ServiceKey, Stats, SyncDaemon, Timeouts};
use ipvs_sys::uapi::*;
use ipvsadm::Change;
use recording::Command;

const KERNELS: [(&str, &str); 4] = [
    ("5.10", include_str!("golden/5.10.txt")),
    ("6.1", include_str!("golden/6.1.txt")),
    ("6.12", include_str!("golden/6.12.txt")),
    ("newest", include_str!("golden/newest.txt")),
];

/// Attributes by kind; those of IPVS's nests by the kinds of both.
type Flat = BTreeMap<(u16, u16), Vec<u8>>;

fn flat(attributes: &[u8]) -> Flat {
    let nested = [
        IPVS_CMD_ATTR_SERVICE,
        IPVS_CMD_ATTR_DEST,
        IPVS_CMD_ATTR_DAEMON,
    ];
    let mut flat = Flat::new();
    for attr in Attrs::new(attributes).map(Result::unwrap) {
        if nested.contains(&attr.kind) {
            let inner = attr.nested().map(Result::unwrap);
            flat.extend(inner.map(|inner| ((attr.kind, inner.kind), inner.payload.to_vec())));
        } else {
            flat.insert((attr.kind, 0), attr.payload.to_vec());
        }
    }
    flat
}

/// What of ipvsadm's attributes counts to the kernel.
fn that_count(mut asked: Flat, command: u8, ours: &Flat) -> Flat {
    let timeouts = [
        IPVS_CMD_ATTR_TIMEOUT_TCP,
        IPVS_CMD_ATTR_TIMEOUT_TCP_FIN,
        IPVS_CMD_ATTR_TIMEOUT_UDP,
    ];
    let keys_alone = !matches!(command, IPVS_CMD_NEW_SERVICE | IPVS_CMD_SET_SERVICE);
    let dest_key_alone = command == IPVS_CMD_DEL_DEST;
    asked.retain(|(nest, kind), payload| match (*nest, *kind) {
        // A service or a dest that is only named is sent whole all the same, with defaults.
        (
            IPVS_CMD_ATTR_SERVICE,
            IPVS_SVC_ATTR_SCHED_NAME
            | IPVS_SVC_ATTR_FLAGS
            | IPVS_SVC_ATTR_TIMEOUT
            | IPVS_SVC_ATTR_NETMASK,
        ) => !keys_alone,
        (IPVS_CMD_ATTR_DEST, kind) => {
            !dest_key_alone || ours.contains_key(&(IPVS_CMD_ATTR_DEST, kind))
        }
        // A daemon to stop is sent with an empty interface and an id.
        (IPVS_CMD_ATTR_DAEMON, kind) => {
            command != IPVS_CMD_DEL_DAEMON || kind == IPVS_DAEMON_ATTR_STATE
        }
        // 0 means to keep it, as does leaving it out.
        (kind, 0) if timeouts.contains(&kind) => payload.iter().any(|byte| *byte != 0),
        _ => true,
    });
    // Behind an IPv4 address ipvsadm leaves what an earlier word put there.
    for (nest, address, family) in [
        (IPVS_CMD_ATTR_SERVICE, IPVS_SVC_ATTR_ADDR, IPVS_SVC_ATTR_AF),
        (
            IPVS_CMD_ATTR_DEST,
            IPVS_DEST_ATTR_ADDR,
            IPVS_DEST_ATTR_ADDR_FAMILY,
        ),
    ] {
        let is_ipv4 = asked
            .get(&(nest, family))
            .is_some_and(|family| family[0] == 2);
        if let Some(address) = asked.get_mut(&(nest, address)).filter(|_| is_ipv4) {
            address[4..].fill(0);
        }
    }
    asked
}

#[test]
fn our_requests_are_ipvsadms() {
    for (kernel, text) in KERNELS {
        let mut compared = 0;
        for command in recording::read(text) {
            let Some(change) = ipvsadm::change(&command.words) else {
                continue;
            };
            let request = change.request();
            let Some((_, asked)) = command
                .asked()
                .find(|(_, asked)| asked.command == request.command())
            else {
                // ipvsadm itself refuses some lines; the recordings leave out what repeats.
                continue;
            };
            let mut bytes = Vec::new();
            build::<WireError>(&mut bytes, |attrs| request.write(attrs)).unwrap();
            let ours = flat(&bytes);
            let theirs = that_count(flat(asked.attributes), asked.command, &ours);
            assert_eq!(ours, theirs, "{kernel}: {}", command.line());
            compared += 1;
        }
        assert!(compared >= 85, "{kernel}: only {compared} were compared");
    }
}

/// The table that the successful commands make.
#[derive(Default)]
struct Model {
    services: BTreeMap<ServiceKey, (Service, BTreeMap<DestKey, Dest>)>,
    timeouts: Timeouts,
    daemons: BTreeMap<DaemonRole, SyncDaemon>,
}

impl Model {
    fn make(&mut self, change: Change) {
        match change {
            Change::Add(service) => {
                self.services
                    .insert(service.key, (service, BTreeMap::new()));
            }
            Change::Set(service) => self.services.get_mut(&service.key).unwrap().0 = service,
            Change::Remove(key) => drop(self.services.remove(&key).unwrap()),
            Change::AddDest(key, dest) | Change::SetDest(key, dest) => {
                self.services
                    .get_mut(&key)
                    .unwrap()
                    .1
                    .insert(dest.key, dest);
            }
            Change::RemoveDest(key, dest) => {
                self.services
                    .get_mut(&key)
                    .unwrap()
                    .1
                    .remove(&dest)
                    .unwrap();
            }
            Change::Start(daemon) => drop(self.daemons.insert(daemon.role, daemon)),
            Change::Stop(role) => drop(self.daemons.remove(&role).unwrap()),
            Change::Timeouts(edit) => {
                let timeouts = &mut self.timeouts;
                timeouts.tcp = edit.tcp.unwrap_or(timeouts.tcp);
                timeouts.tcp_fin = edit.tcp_fin.unwrap_or(timeouts.tcp_fin);
                timeouts.udp = edit.udp.unwrap_or(timeouts.udp);
            }
            Change::Zero | Change::ZeroService(_) => {}
            Change::Flush => self.services.clear(),
        }
    }
}

/// A daemon as it is read back: what was left to the kernel has its defaults.
fn in_force(daemon: &SyncDaemon, seen: &SyncDaemon) -> SyncDaemon {
    let group = daemon.group.unwrap_or([224, 0, 0, 81].into());
    let expected = daemon
        .with_group(group)
        .with_port(daemon.port.unwrap_or(8848))
        .with_ttl(daemon.ttl.unwrap_or(1));
    // The default of the longest message follows the interface's MTU.
    let length = daemon
        .max_length
        .or(seen.max_length)
        .expect("a longest message is always read back");
    expected.with_max_length(length)
}

/// Follows a recording and compares each listing with the model.
fn follow(kernel: &str, commands: &[Command]) -> Seen {
    let (mut model, mut seen) = (Model::default(), Seen::default());
    for command in commands {
        let context = format!("{kernel}: {}", command.line());
        if let Some(change) = ipvsadm::change(&command.words).filter(|_| command.succeeded()) {
            model.make(change);
        }
        compare_services(&model, command, &context, &mut seen);
        compare_dests(&model, command, &context, &mut seen);
        for answer in command.answers(IPVS_CMD_GET_CONFIG) {
            assert_eq!(
                reply::timeouts(answer.attributes),
                Ok(model.timeouts),
                "{context}"
            );
            seen.timeouts += 1;
        }
        let daemons = command.answers(IPVS_CMD_GET_DAEMON);
        for answer in &daemons {
            let daemon = reply::daemon(answer.attributes).unwrap();
            let started = model
                .daemons
                .get(&daemon.role)
                .unwrap_or_else(|| panic!("{context}: {daemon:?}"));
            assert_eq!(daemon, in_force(started, &daemon), "{context}");
            seen.daemons += 1;
        }
        for answer in command.answers(IPVS_CMD_GET_INFO) {
            let info = reply::info(answer.attributes).unwrap();
            assert_eq!(info.version.to_string(), "1.2.1", "{context}");
            seen.infos += 1;
        }
    }
    seen
}

/// How many answers were compared.
#[derive(Debug, Default)]
struct Seen {
    services: usize,
    dests: usize,
    counted: usize,
    timeouts: usize,
    daemons: usize,
    infos: usize,
}

fn compare_services(model: &Model, command: &Command, context: &str, seen: &mut Seen) {
    let answers = command.answers(IPVS_CMD_GET_SERVICE);
    let whole = command.asked().any(|(request, asked)| {
        asked.command == IPVS_CMD_GET_SERVICE && request.header.flags & 0x300 == 0x300
    });
    if whole {
        assert_eq!(answers.len(), model.services.len(), "{context}");
    }
    for answer in answers {
        let entry = reply::service(answer.attributes).unwrap();
        let (service, _) = model
            .services
            .get(&entry.service.key)
            .unwrap_or_else(|| panic!("{context}: {entry:?}"));
        assert_eq!(entry.service, *service, "{context}");
        compare_counters(&entry.stats, command, context, seen);
        seen.services += 1;
    }
}

fn compare_dests(model: &Model, command: &Command, context: &str, seen: &mut Seen) {
    for (request, asked) in command
        .asked()
        .filter(|(_, asked)| asked.command == IPVS_CMD_GET_DEST)
    {
        let only = Command {
            requests: command
                .requests
                .iter()
                .filter(|bytes| {
                    bytes[8..12] == request.header.sequence.to_ne_bytes()
                        && bytes[12..16] == request.header.port.to_ne_bytes()
                })
                .cloned()
                .collect(),
            replies: command.replies.clone(),
            ..Command::default()
        };
        let key = key_of(asked.attributes);
        let answers = only.answers(IPVS_CMD_GET_DEST);
        let Some((_, dests)) = model.services.get(&key) else {
            assert!(answers.is_empty(), "{context}: {key}");
            continue;
        };
        assert_eq!(answers.len(), dests.len(), "{context}: {key}");
        for answer in answers {
            let entry = reply::dest(answer.attributes, key.family()).unwrap();
            assert_eq!(
                Some(&entry.dest),
                dests.get(&entry.dest.key),
                "{context}: {key}"
            );
            compare_counters(&entry.stats, command, context, seen);
            seen.dests += 1;
        }
    }
}

/// The key in a request's service nest: read as a reply, with the rest supplied.
fn key_of(attributes: &[u8]) -> ServiceKey {
    let mut bytes = Vec::new();
    build::<WireError>(&mut bytes, |attrs| {
        for attr in Attrs::new(attributes) {
            let attr = attr?;
            attrs.nest(attr.kind, |inner| {
                inner.string(IPVS_SVC_ATTR_SCHED_NAME, "rr");
                inner.bytes(IPVS_SVC_ATTR_FLAGS, &[0; 8]);
                inner.u32(IPVS_SVC_ATTR_TIMEOUT, 0);
                inner.u32(IPVS_SVC_ATTR_NETMASK, 128);
                inner.nest(IPVS_SVC_ATTR_STATS64, |stats| {
                    (1..=10).for_each(|kind| stats.u64(kind, 0));
                });
                inner.raw(attr.payload);
            });
        }
        Ok(())
    })
    .unwrap();
    reply::service(&bytes).unwrap().service.key
}

/// `ipvsadm --stats --exact` printed the same numbers from the same bytes.
fn compare_counters(stats: &Stats, command: &Command, context: &str, seen: &mut Seen) {
    if !command.words.iter().any(|word| word == "--stats") {
        return;
    }
    let numbers = [
        stats.connections,
        stats.incoming_packets,
        stats.outgoing_packets,
        stats.incoming_bytes,
        stats.outgoing_bytes,
    ];
    let printed = command.printed.iter().any(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let tail = words
            .iter()
            .rev()
            .take(5)
            .rev()
            .map(|word| word.parse().ok());
        tail.collect::<Option<Vec<u64>>>()
            .is_some_and(|tail| tail == numbers)
    });
    assert!(
        printed,
        "{context}: {numbers:?} is not among {:#?}",
        command.printed
    );
    seen.counted += usize::from(stats.connections > 0);
}

#[test]
fn each_kernels_answers_are_the_table_that_the_commands_made() {
    for (kernel, text) in KERNELS {
        let seen = follow(kernel, &recording::read(text));
        assert!(seen.services >= 25, "{kernel}: {seen:?}");
        assert!(seen.dests >= 25, "{kernel}: {seen:?}");
        assert!(
            seen.counted >= 2,
            "no counter was more than zero on {kernel}: {seen:?}"
        );
        assert!(
            seen.timeouts >= 2 && seen.daemons >= 3 && seen.infos >= 1,
            "{kernel}: {seen:?}"
        );
    }
}

#[test]
fn a_recorded_answer_that_is_cut_short_is_an_error_and_never_a_shorter_list() {
    let (_, text) = KERNELS[3];
    for command in recording::read(text) {
        for answer in command.answers(IPVS_CMD_GET_SERVICE) {
            let whole = reply::service(answer.attributes).unwrap();
            assert!(whole.service.persistence_timeout < Duration::from_secs(1 << 20));
            for length in 0..answer.attributes.len() {
                let cut = reply::service(&answer.attributes[..length]);
                // The last bytes may be padding.
                assert!(cut.is_err() || cut == Ok(whole), "{}", command.line());
            }
        }
    }
}
