//! The codec asks for no memory once its buffers have their size.
//!
//! One test, so that nobody else asks for any meanwhile.

use std::alloc::System;
use std::hint::black_box;
use std::time::Duration;

use ipvs_core::wire::WireError;
use ipvs_core::wire::exchange::{Event, Exchange, Expect};
use ipvs_core::wire::message::{self, Header};
use ipvs_core::wire::reply;
use ipvs_core::wire::request::Request;
use ipvs_core::{Change, Dest, Family, ForwardMethod, Service, ServiceKey};
use ipvs_sys::netlink::NLM_F_MULTI;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const FAMILY: u16 = 32;
const BATCH: usize = 200;

/// How often `body` asks for memory when it runs again.
fn allocations(mut body: impl FnMut()) -> usize {
    body();
    // The test's harness has a thread of its own, which may still be busy the first time.
    let once = |_| {
        let region = Region::new(ALLOCATOR);
        body();
        let change = region.change();
        change.allocations + change.reallocations
    };
    (0..5).map(once).min().unwrap()
}

/// A dump's datagram: so many entries, each with the attributes of a request and the
/// counters that the kernel adds.
fn listing(sequence: u32, request: &Request<'_>) -> Vec<u8> {
    let mut datagram = Vec::new();
    for _ in 0..BATCH {
        let header = Header {
            kind: FAMILY,
            flags: NLM_F_MULTI,
            sequence,
            port: 1,
        };
        message::write_generic(&mut datagram, header, 1, |attrs| {
            let mut asked = Vec::new();
            ipvs_core::wire::attr::build(&mut asked, |attrs| request.write(attrs))?;
            for attr in ipvs_core::wire::attr::Attrs::new(&asked) {
                let attr = attr?;
                attrs.nest(attr.kind, |nest| {
                    nest.raw(attr.payload);
                    // Connections of a dest: active, inactive, persistent.
                    (7..10).for_each(|kind| nest.u32(kind, 1));
                    nest.nest(12, |stats| (1..11).for_each(|kind| stats.u64(kind, 5)));
                });
            }
            Ok::<_, WireError>(())
        })
        .unwrap();
    }
    datagram
}

/// Reads a listing with `decode`, and says how many entries it had.
fn read(
    exchange: &mut Exchange,
    datagram: &[u8],
    mut decode: impl FnMut(&[u8]) -> Result<(), WireError>,
) -> usize {
    let mut entries = 0;
    for event in exchange.receive(datagram) {
        let Event::Message { attributes, .. } = event.unwrap() else {
            panic!("it goes on");
        };
        decode(attributes).unwrap();
        entries += 1;
    }
    entries
}

#[test]
fn a_message_takes_no_memory() {
    let web = Service::new(ServiceKey::tcp([192, 0, 2, 1], 80));
    let server = Dest::new([10, 0, 0, 1], 8080, ForwardMethod::MASQUERADE);
    let changes = [
        Change::AddService(web),
        Change::AddDest(web.key, server),
        Change::UpdateDest(web.key, server),
        Change::RemoveDest(web.key, server.key),
        Change::RemoveService(web.key),
    ];
    let counted = allocations(|| drop(black_box(Box::new(7))));
    assert_eq!(counted, 1, "what is asked for is counted");

    let mut exchange = Exchange::new(1, Duration::from_secs(1));
    let encoding = allocations(|| {
        exchange.restart();
        for change in changes.iter().cycle().take(BATCH) {
            let request = Request::from(change);
            request
                .push_expecting(&mut exchange, FAMILY, Expect::Silent)
                .unwrap();
        }
    });
    assert_eq!(encoding, 0, "allocations for {BATCH} requests");

    let mut exchange = Exchange::new(1, Duration::from_secs(1));
    Request::GetServices.push(&mut exchange, FAMILY).unwrap();
    let service = listing(1, &Request::NewService(&web));
    let decoding = allocations(|| {
        let entries = read(&mut exchange, &service, |attributes| {
            reply::service(attributes).map(|entry| assert_eq!(entry.service.key, web.key))
        });
        assert_eq!(entries, BATCH);
    });
    assert_eq!(decoding, 0, "allocations for {BATCH} services");

    let dest = listing(1, &Request::NewDest(&web.key, &server));
    let decoding = allocations(|| {
        let entries = read(&mut exchange, &dest, |attributes| {
            reply::dest(attributes, Family::V4).map(|entry| assert_eq!(entry.dest, server))
        });
        assert_eq!(entries, BATCH);
    });
    assert_eq!(decoding, 0, "allocations for {BATCH} dests");
}
