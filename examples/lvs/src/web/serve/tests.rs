//! Slow and many clients, over real connections. Whatever has to end is waited for as long as a busy
//! machine may need; its limit is far below that.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use axum::routing::get;

use super::*;
use crate::web::tests::Lab;

/// Longer than any limit of a test.
const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(300);
/// A connection's, in which a busy machine has come to its request.
const LIFE: Duration = Duration::from_secs(2);

/// No limit that a test would meet.
const PATIENT: Limits = Limits {
    places: 8,
    head: LONG,
    life: LONG,
    rest: LONG,
};

/// A server that is gone when it is dropped.
struct Server {
    address: SocketAddr,
    runtime: Option<Runtime>,
}

impl Server {
    fn start(router: Router, limits: Limits) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let runtime = runtime().unwrap();
        runtime.spawn(accept(listener, router, limits));
        Server {
            address,
            runtime: Some(runtime),
        }
    }

    /// A connection on which this much of a request was sent.
    fn send(&self, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(LONG / 2)).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        stream
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Who asks; and after a while longer than a short life, or never.
fn router() -> Router {
    Router::new()
        .route(
            "/",
            get(async |Extension(Peer(peer)): Extension<Peer>| peer.to_string()),
        )
        .route(
            "/late",
            get(async || {
                sleep(LIFE * 3).await;
                "late"
            }),
        )
        .route("/never", get(async || sleep(LONG * 10).await))
}

/// All that comes until the other side hangs up.
fn rest(mut stream: TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

/// One answer of a connection that stays, whose last word is known.
fn answer(stream: &mut TcpStream, last: &str) -> String {
    let mut text = String::new();
    let mut bytes = [0; 4096];
    while !text.ends_with(last) {
        let count = stream.read(&mut bytes).unwrap();
        assert_ne!(count, 0, "{text}");
        text.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
    }
    text
}

const ASK: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";

#[test]
fn who_asks_is_known_and_may_ask_again() {
    let server = Server::start(router(), PATIENT);
    let mut stream = server.send(ASK);
    for _ in 0..2 {
        let text = answer(&mut stream, "127.0.0.1");
        assert!(text.starts_with("HTTP/1.1 200 OK"), "{text}");
        stream.write_all(ASK.as_bytes()).unwrap();
    }
}

#[test]
fn half_a_head_is_not_waited_for() {
    let limits = Limits {
        head: SHORT,
        ..PATIENT
    };
    let server = Server::start(router(), limits);
    let text = rest(server.send("GET / HTTP/1.1\r\nhost: "));
    assert!(!text.contains("200 OK"), "{text}");
}

#[test]
fn a_head_that_is_too_large_is_refused() {
    let server = Server::start(router(), PATIENT);
    let line = format!("x: {}\r\n", "x".repeat(1000));
    let head = format!("GET / HTTP/1.1\r\nhost: a\r\n{}", line.repeat(40));
    let text = rest(server.send(&head));
    assert!(text.starts_with("HTTP/1.1 431 "), "{text}");
}

#[test]
fn half_a_body_is_not_waited_for() {
    let lab = Lab::impatient(SHORT);
    let server = Server::start(lab.router(), PATIENT);
    let head = "POST /login HTTP/1.1\r\nhost: 127.0.0.1:3636\r\norigin: http://127.0.0.1:3636\r\n\
                content-type: application/x-www-form-urlencoded\r\ncontent-length: 99\r\n\r\ntoken=";
    let text = rest(server.send(head));
    assert!(text.starts_with("HTTP/1.1 408 "), "{text}");
    assert!(text.contains("content-security-policy: "), "{text}");
}

#[test]
fn one_too_many_waits_for_a_place() {
    let limits = Limits {
        places: 1,
        ..PATIENT
    };
    let server = Server::start(router(), limits);
    let first = server.send("GET ");
    let mut second = server.send(ASK);
    second.set_read_timeout(Some(SHORT)).unwrap();
    assert!(second.read(&mut [0]).is_err(), "it had an answer");
    second.set_read_timeout(Some(LONG / 2)).unwrap();
    drop(first);
    answer(&mut second, "127.0.0.1");
}

#[test]
fn an_old_connection_gets_its_last_answer_and_ends() {
    let limits = Limits {
        life: LIFE,
        ..PATIENT
    };
    let server = Server::start(router(), limits);
    let text = rest(server.send("GET /late HTTP/1.1\r\nhost: a\r\n\r\n"));
    assert!(text.ends_with("late"), "{text}");
    // One that says nothing more ends as well.
    let mut idle = server.send(ASK);
    answer(&mut idle, "127.0.0.1");
    assert_eq!(rest(idle), "");
}

#[test]
fn a_last_answer_that_does_not_come_is_not_waited_for() {
    let limits = Limits {
        life: LIFE,
        rest: SHORT,
        ..PATIENT
    };
    let server = Server::start(router(), limits);
    let text = rest(server.send("GET /never HTTP/1.1\r\nhost: a\r\n\r\n"));
    assert_eq!(text, "");
}
