use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::mpsc;
use std::thread;

use super::*;

mod https;

/// A web server for one request, and what it was asked.
fn server(answer: &'static str) -> (SocketAddr, mpsc::Receiver<String>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let target = listener.local_addr().unwrap();
    let (asked, request) = mpsc::channel();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut text = Vec::new();
        while !text.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            text.extend(byte);
        }
        asked.send(String::from_utf8(text).unwrap()).unwrap();
        stream.write_all(answer.as_bytes()).unwrap();
    });
    (target, request)
}

fn get(target: SocketAddr) -> Get {
    Get::new(target, Duration::from_secs(10))
}

const PAGE: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nCeci est le serveur 1\n";

#[test]
fn the_request_names_page_and_site() {
    let (target, asked) = server(PAGE);
    let mut get = get(target);
    get.host = "www.example.org".into();
    get.path = "/alive?now".into();
    get.run().unwrap();
    let expected = "GET /alive?now HTTP/1.0\r\nHost: www.example.org\r\n\
                    User-Agent: lvs\r\nConnection: close\r\n\r\n";
    assert_eq!(asked.recv().unwrap(), expected);
}

#[test]
fn a_status_that_is_not_good() {
    let (target, asked) = server("HTTP/1.0 503 Service Unavailable\r\n\r\n");
    let failure = get(target).run().unwrap_err();
    assert_eq!(
        failure.to_string(),
        format!("GET from {target} got status 503")
    );
    assert!(
        asked
            .recv()
            .unwrap()
            .contains(&format!("Host: {target}\r\n"))
    );
    let (target, _asked) = server("HTTP/1.0 404 Not Found\r\n\r\n");
    Get {
        status: "404".parse().unwrap(),
        ..get(target)
    }
    .run()
    .unwrap();
}

#[test]
fn the_pattern_is_looked_for_in_the_page_alone() {
    for (pattern, good) in [
        ("serveur [12]", true),
        ("^Ceci", true),
        ("serveur 3", false),
        ("text/plain", false),
    ] {
        let (target, _asked) = server(PAGE);
        let body = Some(Regex::new(pattern).unwrap());
        let result = Get {
            body,
            ..get(target)
        }
        .run();
        assert_eq!(result.is_ok(), good, "{pattern}: {result:?}");
    }
}

#[test]
fn what_is_no_web_server() {
    for answer in [
        "SSH-2.0-OpenSSH\r\n",
        "HTTP/1.1 OK\r\n",
        "HTTP/1.1 20 OK\r\n",
        "HTTP/1.1 +20 OK\r\n",
    ] {
        let (target, _asked) = server(answer);
        let failure = get(target).run().unwrap_err();
        let other = matches!(failure, Failure::Unexpected(_) | Failure::Status(..));
        assert!(other, "{answer:?}: {failure}");
    }
    let (target, _asked) = server("HTTP/1.1 2");
    let failure = get(target).run().unwrap_err();
    assert!(matches!(failure, Failure::TooShort(_)), "{failure}");
}
