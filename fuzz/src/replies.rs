use std::fmt::Debug;

use ipvs_core::wire::WireError;
use ipvs_core::wire::attr::{Attrs, Builder, build};
use ipvs_core::wire::family;
use ipvs_core::wire::reply;
use ipvs_core::wire::request::Request;
use ipvs_core::{
    DestEntry, Family, Info, ServiceEntry, ServiceKey, Stats, StatsWidth, SyncDaemon, Timeouts,
};
use ipvs_sys::uapi::*;

use crate::source::{Source, attributes};

/// The attributes of a reply to each command: any bytes, attributes made of them, and
/// values made of them. What is written of a value is read as the same.
pub fn replies(data: &[u8]) {
    read_as_each(data);
    from_values(&mut Source::new(data));
    let mut source = Source::new(data);
    for kind in [
        IPVS_CMD_ATTR_SERVICE,
        IPVS_CMD_ATTR_DEST,
        IPVS_CMD_ATTR_DAEMON,
    ] {
        read_as_each(&written(|out| {
            out.nest(kind, |out| attributes(&mut source, out, true))
        }));
    }
    read_as_each(&written(|out| attributes(&mut source, out, false)));
}

fn read_as_each(bytes: &[u8]) {
    same_again(reply::service(bytes), write_service, reply::service);
    for family in [Family::V4, Family::V6] {
        let read = |bytes: &[u8]| reply::dest(bytes, family);
        same_again(read(bytes), write_dest, read);
    }
    same_again(reply::daemon(bytes), write_daemon, reply::daemon);
    same_again(reply::timeouts(bytes), write_timeouts, reply::timeouts);
    same_again(reply::info(bytes), write_info, reply::info);
    if let Ok(family) = family::Family::decode(bytes) {
        assert!(family.id >= 16);
    }
}

fn from_values(source: &mut Source<'_>) {
    let entry = ServiceEntry::new(source.service(), source.stats());
    assert_eq!(reply::service(&write_service(&entry)), Ok(entry));
    let mut entry = DestEntry::new(source.dest());
    entry.active_connections = source.any();
    entry.inactive_connections = source.any();
    entry.persistent_connections = source.any();
    entry.stats = source.stats();
    let family = source.family();
    assert_eq!(reply::dest(&write_dest(&entry), family), Ok(entry));
    let daemon = source.daemon();
    assert_eq!(reply::daemon(&write_daemon(&daemon)), Ok(daemon));
    let timeouts = source.timeouts();
    assert_eq!(reply::timeouts(&write_timeouts(&timeouts)), Ok(timeouts));
}

fn same_again<T: PartialEq + Debug>(
    read: Result<T, WireError>,
    write: impl Fn(&T) -> Vec<u8>,
    reread: impl Fn(&[u8]) -> Result<T, WireError>,
) {
    match read {
        Ok(value) => assert_eq!(reread(&write(&value)), Ok(value)),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

fn written(body: impl FnOnce(&mut Builder<'_>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    let result = build(&mut bytes, |out| {
        body(out);
        Ok::<_, WireError>(())
    });
    assert_eq!(result, Ok(()));
    bytes
}

fn of_request(request: &Request<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    build(&mut bytes, |out| request.write(out)).expect("what was read can be asked for");
    bytes
}

/// The last nest of a request, and what only a reply has behind it.
fn reply_to(request: &Request<'_>, more: impl FnOnce(&mut Builder<'_>)) -> Vec<u8> {
    let bytes = of_request(request);
    let nest = Attrs::new(&bytes).last().expect("a nest").expect("whole");
    written(|out| {
        out.nest(nest.kind, |out| {
            out.raw(nest.payload);
            more(out);
        });
    })
}

fn write_service(entry: &ServiceEntry) -> Vec<u8> {
    let kinds = (IPVS_SVC_ATTR_STATS, IPVS_SVC_ATTR_STATS64);
    reply_to(&Request::NewService(&entry.service), |out| {
        write_stats(out, kinds, &entry.stats)
    })
}

fn write_dest(entry: &DestEntry) -> Vec<u8> {
    let service = ServiceKey::tcp([192, 0, 2, 1], 80);
    reply_to(&Request::NewDest(&service, &entry.dest), |out| {
        out.u32(IPVS_DEST_ATTR_ACTIVE_CONNS, entry.active_connections);
        out.u32(IPVS_DEST_ATTR_INACT_CONNS, entry.inactive_connections);
        out.u32(IPVS_DEST_ATTR_PERSIST_CONNS, entry.persistent_connections);
        write_stats(
            out,
            (IPVS_DEST_ATTR_STATS, IPVS_DEST_ATTR_STATS64),
            &entry.stats,
        );
    })
}

fn write_stats(out: &mut Builder<'_>, (narrow, wide): (u16, u16), stats: &Stats) {
    let rates = stats.rates;
    let counts = [
        stats.connections,
        stats.incoming_packets,
        stats.outgoing_packets,
    ];
    let bytes = [stats.incoming_bytes, stats.outgoing_bytes];
    let rates = [
        rates.connections,
        rates.incoming_packets,
        rates.outgoing_packets,
        rates.incoming_bytes,
        rates.outgoing_bytes,
    ];
    // A kernel's 32-bit statistics count bytes in 64 bits all the same.
    let narrowed = |number: u64| u32::try_from(number).expect("it was read from 32 bits");
    match stats.width {
        StatsWidth::Bits64 => out.nest(wide, |out| {
            let numbers = [&counts[..], &bytes, &rates].concat();
            (1..)
                .zip(numbers)
                .for_each(|(kind, number)| out.u64(kind, number));
        }),
        StatsWidth::Bits32 => out.nest(narrow, |out| {
            (1..)
                .zip(counts)
                .for_each(|(kind, number)| out.u32(kind, narrowed(number)));
            (4..)
                .zip(bytes)
                .for_each(|(kind, number)| out.u64(kind, number));
            (6..)
                .zip(rates)
                .for_each(|(kind, number)| out.u32(kind, narrowed(number)));
        }),
    }
}

fn write_daemon(daemon: &SyncDaemon) -> Vec<u8> {
    of_request(&Request::NewDaemon(daemon))
}

fn write_timeouts(timeouts: &Timeouts) -> Vec<u8> {
    of_request(&Request::SetConfig(&(*timeouts).into()))
}

fn write_info(info: &Info) -> Vec<u8> {
    let version = info.version;
    let code = u32::from_be_bytes([0, version.major, version.minor, version.patch]);
    written(|out| {
        out.u32(IPVS_INFO_ATTR_VERSION, code);
        out.u32(IPVS_INFO_ATTR_CONN_TAB_SIZE, info.connection_table_size);
    })
}
