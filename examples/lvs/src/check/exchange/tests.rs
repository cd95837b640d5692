//! Against real sockets of this host.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Instant;

use regex::bytes::Regex;

use super::*;

const LOOPBACK: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);

/// Enough for a busy machine to connect, and what it may take until it is noticed to be over.
const SHORT: Duration = Duration::from_secs(2);
const AMPLE: Duration = Duration::from_secs(30);

fn exchange(transport: Transport, target: SocketAddr, expect: Expect) -> Exchange {
    Exchange {
        transport,
        target,
        send: b"GET / HTTP/1.0\r\n\r\n".to_vec(),
        expect,
        timeout: Duration::from_secs(10),
    }
}

fn text(text: &str) -> Expect {
    Expect::Text(text.into())
}

/// A server that reads the request of one connection and then does as told.
fn server(answer: impl FnOnce(TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind(LOOPBACK).unwrap();
    let target = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 18];
        stream.read_exact(&mut request).unwrap();
        answer(stream);
    });
    target
}

fn says(words: &'static str) -> SocketAddr {
    server(move |mut stream| stream.write_all(words.as_bytes()).unwrap())
}

fn tcp(target: SocketAddr, expect: Expect) -> Result<(), Failure> {
    exchange(Transport::Tcp, target, expect).run()
}

#[test]
fn the_expected_answer() {
    tcp(says("HTTP/1.0 200 OK\r\n"), text("HTTP")).unwrap();
    tcp(says("HTTP/1.0 200 OK\r\n"), Expect::Anything).unwrap();
    let pattern = Regex::new("^HTTP/1\\.[01] [23]..").unwrap();
    tcp(says("HTTP/1.0 200 OK\r\n"), Expect::Pattern(pattern)).unwrap();
}

#[test]
fn an_answer_in_small_pieces_is_read_on() {
    let target = server(|mut stream| {
        for byte in b"HTTP/1.0 200" {
            stream.write_all(&[*byte]).unwrap();
            thread::sleep(Duration::from_millis(5));
        }
    });
    tcp(target, text("HTTP/1.0 200")).unwrap();
}

#[test]
fn another_answer() {
    let target = says("SSH-2.0");
    let failure = tcp(target, text("HTTP")).unwrap_err();
    assert!(
        matches!(failure, Failure::Unexpected(at) if at == target),
        "{failure}"
    );
    let pattern = Expect::Pattern(Regex::new("200").unwrap());
    let failure = tcp(says("HTTP/1.0 500"), pattern).unwrap_err();
    assert!(matches!(failure, Failure::Unexpected(_)), "{failure}");
}

#[test]
fn an_answer_that_ends_too_early() {
    for expect in [text("HTTP"), Expect::Anything] {
        let words = if matches!(expect, Expect::Anything) {
            ""
        } else {
            "HT"
        };
        let target = says(words);
        let failure = tcp(target, expect).unwrap_err();
        assert_eq!(
            failure.to_string(),
            format!("READ from {target} was too short")
        );
    }
}

#[test]
fn a_server_that_drips_does_not_stretch_the_deadline() {
    let target = server(|mut stream| {
        // Until the checker has hung up.
        while stream.write_all(b"a").is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    });
    let pattern = Expect::Pattern(Regex::new("b").unwrap());
    let mut exchange = exchange(Transport::Tcp, target, pattern);
    exchange.timeout = SHORT;
    let start = Instant::now();
    let failure = exchange.run().unwrap_err();
    assert_eq!(failure.to_string(), format!("READ to {target} timed out"));
    assert!(start.elapsed() >= exchange.timeout);
    assert!(start.elapsed() < AMPLE, "{:?}", start.elapsed());
}

#[test]
fn a_server_that_reads_nothing_does_not_either() {
    // The kernel takes the connection for a listener that never accepts it.
    let listener = TcpListener::bind(LOOPBACK).unwrap();
    let target = listener.local_addr().unwrap();
    let mut exchange = exchange(Transport::Tcp, target, Expect::Nothing);
    exchange.send = vec![b'x'; 64 << 20];
    exchange.timeout = SHORT;
    let failure = exchange.run().unwrap_err();
    assert_eq!(failure.to_string(), format!("WRITE to {target} timed out"));
}

#[test]
fn nobody_listens() {
    let target = TcpListener::bind(LOOPBACK).unwrap().local_addr().unwrap();
    let failure = tcp(target, Expect::Nothing).unwrap_err();
    assert!(matches!(failure, Failure::Connect(..)), "{failure}");
}

#[test]
fn a_connection_is_enough_where_nothing_is_expected() {
    let listener = TcpListener::bind(LOOPBACK).unwrap();
    let target = listener.local_addr().unwrap();
    tcp(target, Expect::Nothing).unwrap();
}

/// A UDP server that answers one question.
fn datagrams(answer: &'static [u8]) -> SocketAddr {
    let socket = UdpSocket::bind(LOOPBACK).unwrap();
    let target = socket.local_addr().unwrap();
    thread::spawn(move || {
        let (_, from) = socket.recv_from(&mut [0; 100]).unwrap();
        socket.send_to(answer, from).unwrap();
    });
    target
}

fn udp(target: SocketAddr, expect: Expect) -> Result<(), Failure> {
    exchange(Transport::Udp, target, expect).run()
}

#[test]
fn one_datagram_is_the_answer() {
    udp(datagrams(b"pong and more"), text("pong")).unwrap();
    udp(datagrams(b"p"), Expect::Nothing).unwrap();
    let failure = udp(datagrams(b"po"), text("pong")).unwrap_err();
    assert!(matches!(failure, Failure::TooShort(_)), "{failure}");
    let failure = udp(datagrams(b"ping"), text("pong")).unwrap_err();
    assert!(matches!(failure, Failure::Unexpected(_)), "{failure}");
    for expect in [Expect::Nothing, Expect::Anything] {
        let failure = udp(datagrams(b""), expect).unwrap_err();
        assert!(matches!(failure, Failure::TooShort(_)), "{failure}");
    }
}

#[test]
fn a_closed_udp_port_is_known_at_once() {
    let target = UdpSocket::bind(LOOPBACK).unwrap().local_addr().unwrap();
    let failure = udp(target, Expect::Nothing).unwrap_err();
    assert!(matches!(failure, Failure::Read(..)), "{failure}");
}

#[test]
fn a_silent_udp_server_times_out() {
    let socket = UdpSocket::bind(LOOPBACK).unwrap();
    let target = socket.local_addr().unwrap();
    let mut exchange = exchange(Transport::Udp, target, Expect::Nothing);
    exchange.timeout = Duration::from_millis(100);
    let failure = exchange.run().unwrap_err();
    assert_eq!(failure.to_string(), format!("READ to {target} timed out"));
}
