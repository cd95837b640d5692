//! How much goes into a send.

use super::*;

#[test]
fn a_send_holds_what_the_buffers_hold() {
    // Linux's defaults.
    assert_eq!(capacity(212_992, 212_992), 200);
    assert_eq!(capacity(8192, 212_992), 8);
    assert_eq!(capacity(212_992, 4608), 9);
    assert_eq!(capacity(0, 0), 1);
    assert_eq!(capacity(1 << 30, 1 << 30), MOST_REQUESTS);
}

/// The longest request there is: every field of every kind, at its longest.
#[test]
fn no_request_is_longer_than_is_reckoned_with() {
    let key = "udp [2001:db8::1]:65535".parse().unwrap();
    let service = crate::Service::new(key)
        .with_scheduler("fifteen_letters".parse().unwrap())
        .with_persistence_engine("sixteen__letters".parse().unwrap());
    let dest = crate::Dest::new(
        [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1],
        1,
        crate::ForwardMethod::TUNNEL,
    );
    let interface = "fifteen_letters".parse().unwrap();
    let daemon = crate::SyncDaemon::new(crate::DaemonRole::Master, interface)
        .with_max_length(1)
        .with_group([0xff02, 0, 0, 0, 0, 0, 0, 0x81])
        .with_port(1)
        .with_ttl(1);
    let timeouts = crate::Timeouts::default().into();
    for request in [
        Request::SetService(&service),
        Request::SetDest(&key, &dest),
        Request::NewDaemon(&daemon),
        Request::SetConfig(&timeouts),
    ] {
        let mut exchange = Exchange::new(1, Duration::ZERO);
        request.push(&mut exchange, 0x1c).unwrap();
        let length = exchange.bytes().len();
        assert!(length <= REQUEST_SIZE, "{request:?}: {length}");
    }
}
