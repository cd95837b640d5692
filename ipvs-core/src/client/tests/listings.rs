//! Listings that end badly, change meanwhile, or are somebody else's.

use ipvs_sys::errno as e;
use ipvs_sys::uapi::*;

use super::script::{self, Answer, Script};
use super::{server, web};
use crate::{ErrorKind, Op, Service, ServiceKey};

#[test]
fn the_empty_listing_of_an_unknown_service_is_not_found() {
    let script = Script::new(|asked| match asked.command {
        IPVS_CMD_GET_DEST => vec![Answer::Done(0)],
        _ => vec![Answer::Errno(e::ESRCH)],
    });
    let client = script.open().unwrap();
    let error = client.dests(&web().key).unwrap_err();
    assert_eq!(
        (error.kind(), error.op()),
        (ErrorKind::ServiceNotFound, Op::Dests)
    );
    let error = client.stream_dests(&web().key).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ServiceNotFound);
    let error = client.dest(&web().key, &server().key).unwrap_err();
    assert_eq!(
        (error.kind(), error.op()),
        (ErrorKind::ServiceNotFound, Op::Dest)
    );
}

#[test]
fn a_service_without_the_dest_is_another_matter() {
    let script = Script::new(|asked| match asked.command {
        IPVS_CMD_GET_DEST => vec![Answer::Done(0)],
        _ => vec![Answer::Service(web())],
    });
    let client = script.open().unwrap();
    assert_eq!(client.dests(&web().key).unwrap(), []);
    let error = client.dest(&web().key, &server().key).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DestNotFound);
}

#[test]
fn a_listing_that_ends_in_an_error_is_one() {
    let script = Script::new(|_| vec![Answer::Service(web()), Answer::Done(e::ENOMEM)]);
    let client = script.open().unwrap();
    let error = client.services().unwrap_err();
    assert_eq!(
        (error.kind(), error.errno()),
        (ErrorKind::Io, Some(e::ENOMEM))
    );
    let mut stream = client.stream_services().unwrap();
    let first = stream.next().unwrap();
    // An entry in hand is given before the error that follows it.
    assert_eq!(first.unwrap().service, web());
    assert_eq!(stream.next().unwrap().unwrap_err().errno(), Some(e::ENOMEM));
    assert!(stream.next().is_none());
}

#[test]
fn an_interrupted_listing_is_tried_again_and_not_for_ever() {
    let mut passes = 0;
    let script = Script::new(move |_| {
        passes += 1;
        vec![
            Answer::Service(web()),
            if passes < 3 {
                Answer::Interrupted
            } else {
                Answer::Done(0)
            },
        ]
    });
    assert_eq!(script.open().unwrap().services().unwrap().len(), 1);
    let script = Script::new(|_| vec![Answer::Interrupted]);
    let log = script.log();
    let error = script.open().unwrap().services().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ChangedWhileReading);
    assert_eq!(log.commands().len(), 8);
}

#[test]
fn a_repeated_entry_is_listed_once() {
    let script = Script::new(|_| {
        vec![
            Answer::Service(web()),
            Answer::Service(web()),
            Answer::Done(0),
        ]
    });
    assert_eq!(script.open().unwrap().services().unwrap().len(), 1);
}

#[test]
fn a_table_that_never_stands_still_is_reported() {
    let mut port = 0;
    let script = Script::new(move |asked| match asked.command {
        IPVS_CMD_GET_SERVICE => {
            port += 1;
            let key = ServiceKey::tcp([192, 0, 2, 1], port);
            vec![Answer::Service(Service::new(key)), Answer::Done(0)]
        }
        _ => script::idle(asked),
    });
    let error = script.open().unwrap().snapshot().unwrap_err();
    assert_eq!(
        (error.kind(), error.op()),
        (ErrorKind::ChangedWhileReading, Op::Snapshot)
    );
}

#[test]
fn everything_is_listed_once_whatever_changes() {
    let script = Script::new(|asked| match asked.command {
        IPVS_CMD_GET_SERVICE => vec![long(many(50)), Answer::Done(0)],
        IPVS_CMD_GET_DEST => vec![Answer::Dest(server()), Answer::Done(0)],
        _ => script::idle(asked),
    });
    let log = script.log();
    let listed = script.open().unwrap().list().unwrap();
    assert_eq!(listed.services.len(), 50);
    let dests = &listed.services[0].dests;
    assert!(dests.iter().map(|entry| entry.dest).eq([server()]));
    let commands = log.commands();
    let times = |asked| commands.iter().filter(|command| **command == asked).count();
    assert_eq!(
        (times(IPVS_CMD_GET_SERVICE), times(IPVS_CMD_GET_DEST)),
        (1, 50)
    );
}

#[test]
fn a_table_that_changed_once_is_read_again() {
    let mut passes = 0;
    let script = Script::new(move |asked| match asked.command {
        IPVS_CMD_GET_SERVICE => {
            passes += 1;
            let scheduler = if passes == 1 {
                crate::Scheduler::RR
            } else {
                crate::Scheduler::WLC
            };
            vec![
                Answer::Service(web().with_scheduler(scheduler)),
                Answer::Done(0),
            ]
        }
        IPVS_CMD_GET_DEST => vec![Answer::Dest(server()), Answer::Done(0)],
        _ => script::idle(asked),
    });
    let snapshot = script.open().unwrap().snapshot().unwrap();
    let service = snapshot.service(&web().key).unwrap();
    assert_eq!(service.entry.service, web());
    assert_eq!(service.dests[0].dest, server());
    let table = snapshot.table();
    assert_eq!(table.services[0].dests, [server()]);
    assert_eq!(table.timeouts, Some(snapshot.timeouts));
}

#[test]
fn a_stream_stays_with_the_process_that_began_it() {
    let script = Script::new(|_| vec![Answer::Service(web()), Answer::Done(0)]);
    let mut stream = script.open().unwrap().stream_services().unwrap();
    stream.disown();
    let error = stream.next().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forked);
    assert!(stream.next().is_none());
}

/// More than the kernel puts into its first datagram, in one.
fn long(services: impl IntoIterator<Item = Service>) -> Answer {
    Answer::Several(services.into_iter().map(Answer::Service).collect())
}

fn many(count: u16) -> impl Iterator<Item = Service> {
    (1..=count).map(|port| Service::new(ServiceKey::tcp([192, 0, 2, 1], port)))
}

#[test]
fn a_long_listing_is_read_until_two_agree() {
    // The first reading lacks one at the datagram's edge.
    let mut passes = 0;
    let script = Script::new(move |_| {
        passes += 1;
        let seen = if passes == 1 { 19 } else { 20 };
        vec![long(many(seen)), Answer::Done(0)]
    });
    let log = script.log();
    assert_eq!(script.open().unwrap().services().unwrap().len(), 20);
    assert_eq!(log.commands().len(), 3);
}

#[test]
fn a_listing_in_parts_is_read_until_two_agree() {
    let script = Script::new(|_| {
        let mut parts: Vec<_> = many(2).map(Answer::Service).collect();
        parts.push(Answer::Done(0));
        parts
    });
    let log = script.log();
    assert_eq!(script.open().unwrap().services().unwrap().len(), 2);
    assert_eq!(log.commands().len(), 2);
}

#[test]
fn a_short_listing_is_read_once() {
    let script = Script::new(|_| vec![Answer::Service(web()), Answer::Done(0)]);
    let log = script.log();
    assert_eq!(script.open().unwrap().services().unwrap().len(), 1);
    assert_eq!(log.commands().len(), 1);
}

#[test]
fn a_listing_that_never_agrees_with_itself_ends() {
    let mut mark = 0;
    let script = Script::new(move |_| {
        mark += 1;
        let changing = Service::new(ServiceKey::firewall_mark(mark, crate::Family::V4));
        vec![long(many(19).chain([changing])), Answer::Done(0)]
    });
    let log = script.log();
    assert_eq!(script.open().unwrap().services().unwrap().len(), 20);
    assert_eq!(log.commands().len(), 8);
}
