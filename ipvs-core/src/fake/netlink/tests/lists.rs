//! Lists in parts: where they are cut, what passes between them, and what changes meanwhile.
//! The numbers are those of real kernels.

use ipvs_sys::errno::EBUSY;
use ipvs_sys::uapi::*;

use super::peer::{ACK, Got, LIST, Peer, QUIET, dest, service};
use crate::fake::Release;
use crate::wire::request::Request;

/// A machine with services of the ports from 1.
fn with_services(release: Release, count: u16) -> Peer {
    let mut peer = Peer::of(release);
    for port in 1..=count {
        assert_eq!(peer.ask(Request::NewService(&service(port))), Some(Ok(())));
    }
    peer.reopen();
    peer
}

/// The lengths of the datagrams of a list of 400 services, read into such buffers.
fn lengths(size: usize) -> Vec<usize> {
    let mut peer = with_services(Release::V7_2, 400);
    let list = peer.bare(IPVS_CMD_GET_SERVICE, LIST);
    peer.send(&list);
    peer.drain(size).iter().map(Got::length).collect()
}

#[test]
fn the_first_part_is_short_and_the_others_are_as_long_as_the_reader_can_read() {
    let longest = vec![3520, 32320, 32320, 32320, 27520, 20];
    assert_eq!(lengths(1 << 16), longest);
    assert_eq!(lengths(1 << 15), longest);
    let parts = |first: usize, length, count, last| {
        let mut parts = vec![length; count];
        parts.insert(0, first);
        parts.extend([last, 20]);
        parts
    };
    assert_eq!(lengths(8192), parts(3520, 8000, 15, 4480));
    assert_eq!(lengths(4096), parts(3520, 3840, 32, 1600));
    // A short buffer never gets a shorter part than a page, and loses the rest of it.
    let short = lengths(3000);
    assert!(
        short.iter().rev().skip(2).all(|length| *length == 3520),
        "{short:?}"
    );
}

#[test]
fn parts_are_as_long_as_the_longest_buffer_ever_and_a_shorter_one_loses_them() {
    let mut peer = with_services(Release::V6_1, 200);
    let info = peer.bare(IPVS_CMD_GET_INFO, QUIET);
    peer.send(&info);
    peer.drain(1 << 15);
    let list = peer.bare(IPVS_CMD_GET_SERVICE, LIST);
    peer.send(&list);
    let got = peer.drain(8192);
    assert_eq!(
        format!("{got:?}"),
        "[truncated 32320, truncated 31680, done 0]"
    );
}

#[test]
fn a_list_in_a_batch_lets_the_other_answers_through() {
    let mut peer = with_services(Release::V7_2, 100);
    let mut batch = peer.bare(IPVS_CMD_GET_INFO, ACK);
    batch.extend(peer.bare(IPVS_CMD_GET_SERVICE, LIST));
    batch.extend(peer.bare(IPVS_CMD_GET_INFO, ACK));
    batch.extend(peer.bare(IPVS_CMD_GET_SERVICE, LIST | ACK));
    batch.extend(peer.bare(IPVS_CMD_GET_INFO, QUIET));
    peer.send(&batch);
    let got = format!("{:?}", peer.drain(1 << 15));
    let busy = format!("ack {EBUSY}");
    let expected = format!(
        "[1 messages, ack 0, 11 messages, 1 messages, ack 0, {busy}, 1 messages, \
         89 messages, done 0]"
    );
    assert_eq!(got, expected);
    // Another socket was never kept from it; this one no longer is.
    assert_eq!(peer.ports(Request::GetServices).len(), 100);
}

#[test]
fn a_list_goes_on_by_number_so_that_removed_services_hide_others() {
    let mut peer = with_services(Release::V6_12, 40);
    let order = peer.ports(Request::GetServices);
    peer.reopen();
    let list = peer.bare(IPVS_CMD_GET_SERVICE, LIST);
    peer.send(&list);
    let reader = peer.reopen();
    for port in &order[..5] {
        let key = service(*port).key;
        assert_eq!(peer.ask(Request::DelService(&key)), Some(Ok(())));
    }
    peer.socket = reader;
    let listed: Vec<u16> = peer.drain(4000).iter().flat_map(Got::ports).collect();
    // Of the others, five moved to where the list had been already.
    assert_eq!(listed, [&order[..11], &order[16..]].concat());
}

#[test]
fn a_list_ends_well_when_the_table_goes() {
    for release in [Release::V5_10, Release::V7_2] {
        let mut peer = with_services(release, 40);
        let list = peer.bare(IPVS_CMD_GET_SERVICE, LIST);
        peer.send(&list);
        let reader = peer.reopen();
        assert_eq!(peer.ask(Request::Flush), Some(Ok(())));
        peer.socket = reader;
        assert_eq!(format!("{:?}", peer.drain(4000)), "[11 messages, done 0]");
    }
}

#[test]
fn a_list_of_dests_ends_well_when_their_service_goes() {
    let mut peer = with_services(Release::V6_1, 1);
    let key = service(1).key;
    for port in 1..=30 {
        assert_eq!(peer.ask(Request::NewDest(&key, &dest(port))), Some(Ok(())));
    }
    let list = peer.request(Request::GetDests(&key), LIST);
    let reader = peer.reopen();
    let former = std::mem::replace(&mut peer.socket, reader);
    peer.send(&list);
    peer.socket = former;
    assert_eq!(peer.ask(Request::DelService(&key)), Some(Ok(())));
    peer.socket = reader;
    // The first part was longer, since this socket had read before.
    let got = peer.drain(1 << 15);
    assert_eq!(format!("{:?}", got.last()), "Some(done 0)");
}

#[test]
fn dests_are_listed_from_the_last_one_added_to_the_first() {
    let mut peer = with_services(Release::V5_10, 1);
    let key = service(1).key;
    for port in [3, 1, 2] {
        assert_eq!(peer.ask(Request::NewDest(&key, &dest(port))), Some(Ok(())));
    }
    assert_eq!(peer.ports(Request::GetDests(&key)), [2, 1, 3]);
    assert_eq!(peer.ask(Request::DelDest(&key, &dest(3).key)), Some(Ok(())));
    assert_eq!(peer.ask(Request::NewDest(&key, &dest(3))), Some(Ok(())));
    assert_eq!(peer.ask(Request::SetDest(&key, &dest(1))), Some(Ok(())));
    assert_eq!(peer.ports(Request::GetDests(&key)), [3, 2, 1]);
}
