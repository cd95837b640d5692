//! Every value that a request writes is read back from a reply that holds it.

use proptest::prelude::*;

use super::dest::dest_in_order;
use super::stats::STATS;
use super::*;
use crate::strategies as any;
use crate::wire::attr::{Builder, build};
use crate::wire::request::Request;
use crate::{Rates, Stats, StatsWidth, TimeoutsEdit};

type Written = Result<(), WireError>;

fn written(body: impl FnOnce(&mut Builder<'_>) -> Written) -> Vec<u8> {
    let mut bytes = Vec::new();
    build(&mut bytes, body).unwrap();
    bytes
}

/// A request's attributes, with more of them in the nest of the kind `nest`:
/// what the kernel adds when it replies.
fn reply_to(request: &Request<'_>, nest: u16, more: impl FnOnce(&mut Builder<'_>)) -> Vec<u8> {
    let asked = written(|attrs| request.write(attrs));
    let mut more = Some(more);
    written(|attrs| {
        for attr in Attrs::new(&asked) {
            let attr = attr?;
            attrs.nest(attr.kind, |inner| {
                inner.raw(attr.payload);
                if let Some(more) = more.take_if(|_| attr.kind == nest) {
                    more(inner);
                }
            });
        }
        Ok(())
    })
}

const WIDE: u16 = IPVS_SVC_ATTR_STATS64;
const NARROW: u16 = IPVS_SVC_ATTR_STATS;

fn write_stats(attrs: &mut Builder<'_>, stats: &Stats) {
    let wide = stats.width == StatsWidth::Bits64;
    let rates = &stats.rates;
    let numbers = [
        stats.connections,
        stats.incoming_packets,
        stats.outgoing_packets,
        stats.incoming_bytes,
        stats.outgoing_bytes,
        rates.connections,
        rates.incoming_packets,
        rates.outgoing_packets,
        rates.incoming_bytes,
        rates.outgoing_bytes,
    ];
    attrs.nest(if wide { WIDE } else { NARROW }, |attrs| {
        for (kind, (number, field)) in (1..).zip(numbers.into_iter().zip(STATS)) {
            if wide || field.always_wide {
                attrs.u64(kind, number);
            } else {
                attrs.u32(kind, u32::try_from(number).unwrap());
            }
        }
    });
}

/// As every kernel since 5.2 writes a dest: see the recordings in tests/golden.
const IN_ORDER: [u16; 15] = [
    IPVS_DEST_ATTR_ADDR,
    IPVS_DEST_ATTR_PORT,
    IPVS_DEST_ATTR_FWD_METHOD,
    IPVS_DEST_ATTR_WEIGHT,
    IPVS_DEST_ATTR_TUN_TYPE,
    IPVS_DEST_ATTR_TUN_PORT,
    IPVS_DEST_ATTR_TUN_FLAGS,
    IPVS_DEST_ATTR_U_THRESH,
    IPVS_DEST_ATTR_L_THRESH,
    IPVS_DEST_ATTR_ACTIVE_CONNS,
    IPVS_DEST_ATTR_INACT_CONNS,
    IPVS_DEST_ATTR_PERSIST_CONNS,
    IPVS_DEST_ATTR_ADDR_FAMILY,
    IPVS_DEST_ATTR_STATS,
    IPVS_DEST_ATTR_STATS64,
];

fn stats() -> impl Strategy<Value = Stats> {
    let bytes = any::<[u64; 2]>();
    (bytes, any::<[u64; 8]>(), any::<bool>()).prop_map(|(bytes, rest, wide)| {
        let n = |index: usize| {
            if wide {
                rest[index]
            } else {
                rest[index] & 0xffff_ffff
            }
        };
        Stats {
            connections: n(0),
            incoming_packets: n(1),
            outgoing_packets: n(2),
            incoming_bytes: bytes[0],
            outgoing_bytes: bytes[1],
            rates: Rates {
                connections: n(3),
                incoming_packets: n(4),
                outgoing_packets: n(5),
                incoming_bytes: n(6),
                outgoing_bytes: n(7),
            },
            width: if wide {
                StatsWidth::Bits64
            } else {
                StatsWidth::Bits32
            },
        }
    })
}

proptest! {
    #[test]
    fn a_service_is_read_as_it_was_written(service in any::service(), stats in stats()) {
        let bytes = reply_to(&Request::NewService(&service), IPVS_CMD_ATTR_SERVICE, |attrs| {
            write_stats(attrs, &stats);
        });
        prop_assert_eq!(super::service(&bytes), Ok(ServiceEntry { service, stats }));
    }

    #[test]
    fn a_dest_is_read_as_it_was_written(
        dest in any::dest(),
        stats in stats(),
        connections in any::<[u32; 3]>(),
        key in any::service_key(),
    ) {
        let bytes = reply_to(&Request::NewDest(&key, &dest), IPVS_CMD_ATTR_DEST, |attrs| {
            attrs.u32(IPVS_DEST_ATTR_ACTIVE_CONNS, connections[0]);
            attrs.u32(IPVS_DEST_ATTR_INACT_CONNS, connections[1]);
            attrs.u32(IPVS_DEST_ATTR_PERSIST_CONNS, connections[2]);
            write_stats(attrs, &stats);
        });
        let [active_connections, inactive_connections, persistent_connections] = connections;
        let expected = DestEntry {
            dest, active_connections, inactive_connections, persistent_connections, stats,
        };
        prop_assert_eq!(super::dest(&bytes, key.family()), Ok(expected));
    }

    /// The kernel's order is read in another way than any other.
    #[test]
    fn the_order_of_a_dests_attributes_does_not_matter(
        dest in any::dest(),
        [wide, narrow] in [stats(), stats()],
        order in Just(IN_ORDER.to_vec()).prop_shuffle(),
        v4 in any::<bool>(),
    ) {
        let key = if v4 { "fwmark 1" } else { "fwmark 1 ipv6" }.parse().unwrap();
        let wide = Stats { width: StatsWidth::Bits64, ..wide };
        prop_assume!(narrow.width == StatsWidth::Bits32);
        let bytes = reply_to(&Request::NewDest(&key, &dest), IPVS_CMD_ATTR_DEST, |attrs| {
            attrs.u32(IPVS_DEST_ATTR_ACTIVE_CONNS, 1);
            attrs.u32(IPVS_DEST_ATTR_INACT_CONNS, 2);
            attrs.u32(IPVS_DEST_ATTR_PERSIST_CONNS, 3);
            write_stats(attrs, &narrow);
            write_stats(attrs, &wide);
        });
        let arranged = |order: &[u16]| {
            let nest = nest(&bytes, IPVS_CMD_ATTR_DEST).unwrap().unwrap();
            let attrs: Vec<_> = nest.map(Result::unwrap).collect();
            let find = |kind: &u16| attrs.iter().find(|attr| attr.kind == *kind).unwrap();
            written(|out| {
                order.iter().map(find).for_each(|attr| out.bytes(attr.kind, attr.payload));
                Ok(())
            })
        };
        let expected = DestEntry {
            dest,
            active_connections: 1,
            inactive_connections: 2,
            persistent_connections: 3,
            stats: wide,
        };
        let in_order = arranged(&IN_ORDER);
        prop_assert_eq!(dest_in_order(Attrs::new(&in_order)), Some(expected));
        // With what a later kernel may add, it is in no order that is known.
        let later = written(|attrs| {
            attrs.raw(&in_order);
            attrs.u32(0x3fff, 7);
            Ok(())
        });
        prop_assert_eq!(dest_in_order(Attrs::new(&later)), None);
        prop_assert_eq!(read_dest(Attrs::new(&later), key.family()), Ok(expected));
        let shuffled = arranged(&order);
        prop_assert_eq!(read_dest(Attrs::new(&shuffled), key.family()), Ok(expected));
    }

    #[test]
    fn a_daemon_is_read_as_it_was_written(daemon in any::daemon()) {
        let bytes = written(|attrs| Request::NewDaemon(&daemon).write(attrs));
        prop_assert_eq!(super::daemon(&bytes), Ok(daemon));
    }

    #[test]
    fn timeouts_are_read_as_they_were_written(timeouts in any::timeouts()) {
        let edit = TimeoutsEdit::from(timeouts);
        let bytes = written(|attrs| Request::SetConfig(&edit).write(attrs));
        prop_assert_eq!(super::timeouts(&bytes), Ok(timeouts));
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = super::service(&bytes);
        let _ = super::dest(&bytes, Family::V4);
        let _ = super::daemon(&bytes);
        let _ = super::timeouts(&bytes);
        let _ = super::info(&bytes);
    }

    /// Near to a good reply is where the readers look furthest.
    #[test]
    fn a_reply_with_wrong_bytes_never_panics(
        service in any::service(),
        wrong in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let stats = Stats::default();
        let mut bytes = reply_to(&Request::NewService(&service), IPVS_CMD_ATTR_SERVICE, |attrs| {
            write_stats(attrs, &stats);
        });
        for (place, byte) in wrong {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let _ = super::service(&bytes);
        bytes.truncate(cut.index(bytes.len()));
        let _ = super::service(&bytes);
    }
}

fn web() -> Service {
    Service::new("tcp 192.0.2.1:80".parse().unwrap())
}

/// A service's reply of which `change` rewrites each attribute.
fn service_reply(change: impl Fn(Attr<'_>, &mut Builder<'_>)) -> Vec<u8> {
    let service = web();
    let reply = reply_to(
        &Request::NewService(&service),
        IPVS_CMD_ATTR_SERVICE,
        |attrs| {
            write_stats(attrs, &Stats::default());
        },
    );
    let nest = nest(&reply, IPVS_CMD_ATTR_SERVICE).unwrap().unwrap();
    written(|attrs| {
        attrs.nest(IPVS_CMD_ATTR_SERVICE, |attrs| {
            nest.for_each(|attr| change(attr.unwrap(), attrs));
        });
        Ok(())
    })
}

fn keep(attr: Attr<'_>, attrs: &mut Builder<'_>) {
    attrs.bytes(attr.kind, attr.payload);
}

#[test]
fn what_is_missing_is_named() {
    for (kind, name) in [
        (IPVS_SVC_ATTR_AF, "IPVS_SVC_ATTR_AF"),
        (IPVS_SVC_ATTR_PROTOCOL, "IPVS_SVC_ATTR_PROTOCOL"),
        (IPVS_SVC_ATTR_ADDR, "IPVS_SVC_ATTR_ADDR"),
        (IPVS_SVC_ATTR_PORT, "IPVS_SVC_ATTR_PORT"),
        (IPVS_SVC_ATTR_SCHED_NAME, "IPVS_SVC_ATTR_SCHED_NAME"),
        (IPVS_SVC_ATTR_FLAGS, "IPVS_SVC_ATTR_FLAGS"),
        (IPVS_SVC_ATTR_TIMEOUT, "IPVS_SVC_ATTR_TIMEOUT"),
        (IPVS_SVC_ATTR_NETMASK, "IPVS_SVC_ATTR_NETMASK"),
        (IPVS_SVC_ATTR_STATS64, "IPVS_SVC_ATTR_STATS64"),
    ] {
        let bytes = service_reply(|attr, attrs| {
            if attr.kind != kind {
                keep(attr, attrs);
            }
        });
        assert_eq!(service(&bytes), Err(WireError::MissingAttribute { name }));
    }
    let name = "IPVS_CMD_ATTR_SERVICE";
    assert_eq!(service(&[]), Err(WireError::MissingAttribute { name }));
}

#[test]
fn what_is_short_is_named() {
    for (kind, name, needed) in [
        (IPVS_SVC_ATTR_AF, "IPVS_SVC_ATTR_AF", 2),
        (IPVS_SVC_ATTR_ADDR, "IPVS_SVC_ATTR_ADDR", 4),
        (IPVS_SVC_ATTR_PORT, "IPVS_SVC_ATTR_PORT", 2),
        (IPVS_SVC_ATTR_FLAGS, "IPVS_SVC_ATTR_FLAGS", 4),
        (IPVS_SVC_ATTR_TIMEOUT, "IPVS_SVC_ATTR_TIMEOUT", 4),
        (IPVS_SVC_ATTR_NETMASK, "IPVS_SVC_ATTR_NETMASK", 4),
    ] {
        let bytes = service_reply(|attr, attrs| match attr.kind {
            short if short == kind => attrs.bytes(kind, &attr.payload[..1]),
            _ => keep(attr, attrs),
        });
        let error = WireError::ShortAttribute {
            name,
            length: 1,
            needed,
        };
        assert_eq!(service(&bytes), Err(error));
    }
}

#[test]
fn long_integers_are_read_from_their_first_bytes_and_long_names_are_errors() {
    let longer = |kind: u16| {
        service_reply(move |attr, attrs| match attr.kind {
            long if long == kind => attrs.bytes(kind, &[attr.payload, &[0xff; 17]].concat()),
            _ => keep(attr, attrs),
        })
    };
    for kind in [
        IPVS_SVC_ATTR_AF,
        IPVS_SVC_ATTR_PORT,
        IPVS_SVC_ATTR_TIMEOUT,
        IPVS_SVC_ATTR_NETMASK,
    ] {
        assert_eq!(service(&longer(kind)).unwrap().service, web());
    }
    let name = "IPVS_SVC_ATTR_ADDR";
    let error = WireError::LongAttribute {
        name,
        length: 33,
        limit: 16,
    };
    assert_eq!(service(&longer(IPVS_SVC_ATTR_ADDR)), Err(error));
    let name = "IPVS_SVC_ATTR_SCHED_NAME";
    let bytes = service_reply(|attr, attrs| match attr.kind {
        IPVS_SVC_ATTR_SCHED_NAME => attrs.string(attr.kind, "a-name-of-16-chr"),
        _ => keep(attr, attrs),
    });
    let error = WireError::LongAttribute {
        name,
        length: 16,
        limit: 15,
    };
    assert_eq!(service(&bytes), Err(error));
}

#[test]
fn unknown_attributes_are_skipped_and_the_last_of_duplicates_counts() {
    let bytes = service_reply(|attr, attrs| {
        attrs.u32(4000, 7);
        if attr.kind == IPVS_SVC_ATTR_TIMEOUT {
            attrs.u32(attr.kind, 600);
            attrs.u32(attr.kind, 300);
        } else {
            keep(attr, attrs);
        }
    });
    let timeout = service(&bytes).unwrap().service.persistence_timeout;
    assert_eq!(timeout, Duration::from_secs(300));
}

#[test]
fn numbers_without_a_meaning_are_named() {
    let with = |kind: u16, value: u32| {
        service_reply(move |attr, attrs| match attr.kind {
            odd if odd == kind => attrs.u32(kind, value),
            _ => keep(attr, attrs),
        })
    };
    let odd = if cfg!(target_endian = "little") {
        7
    } else {
        7 << 16
    };
    let error = WireError::InvalidAttribute {
        name: "IPVS_SVC_ATTR_AF",
        value: 7,
    };
    assert_eq!(service(&with(IPVS_SVC_ATTR_AF, odd)), Err(error));
    let daemon = written(|attrs| {
        attrs.nest(IPVS_CMD_ATTR_DAEMON, |attrs| {
            attrs.u32(IPVS_DAEMON_ATTR_STATE, 3)
        });
        Ok(())
    });
    let error = WireError::InvalidAttribute {
        name: "IPVS_DAEMON_ATTR_STATE",
        value: 3,
    };
    assert_eq!(super::daemon(&daemon), Err(error));
}

#[test]
fn the_32_bit_counters_serve_where_there_are_no_others_and_say_so() {
    let service = web();
    let reply = |widths: &[StatsWidth]| {
        reply_to(
            &Request::NewService(&service),
            IPVS_CMD_ATTR_SERVICE,
            |attrs| {
                for (connections, width) in (1..).zip(widths) {
                    write_stats(
                        attrs,
                        &Stats {
                            connections,
                            width: *width,
                            ..Stats::default()
                        },
                    );
                }
            },
        )
    };
    let narrow = super::service(&reply(&[StatsWidth::Bits32])).unwrap().stats;
    assert_eq!((narrow.connections, narrow.width), (1, StatsWidth::Bits32));
    let both = super::service(&reply(&[StatsWidth::Bits32, StatsWidth::Bits64]))
        .unwrap()
        .stats;
    assert_eq!((both.connections, both.width), (2, StatsWidth::Bits64));
}

#[test]
fn what_no_attribute_can_hold_is_not_written() {
    let mut exchange = crate::wire::exchange::Exchange::new(1, Duration::from_secs(1));
    for timeout in [Duration::from_millis(1500), Duration::from_secs(1 << 32)] {
        let service = web().with_persistence(timeout);
        let refused = Request::NewService(&service)
            .push(&mut exchange, 0x1c)
            .unwrap_err();
        assert!(
            refused
                .to_string()
                .starts_with("IPVS_SVC_ATTR_TIMEOUT cannot hold"),
            "{refused}"
        );
        let edit = TimeoutsEdit::new().with_udp(timeout);
        assert!(Request::SetConfig(&edit).push(&mut exchange, 0x1c).is_err());
    }
    assert!(exchange.is_empty() && exchange.bytes().is_empty());
}
