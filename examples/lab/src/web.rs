//! Web servers that say who they are, and the browsers that ask them.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::thread::JoinHandle;
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use crate::{Host, Result, download};

/// How long a browser waits for a connection or an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A web server. Dropping it stops it; connections still open live on until
/// their client leaves.
#[derive(Debug)]
pub struct WebServer {
    listener: TcpListener,
    thread: Option<JoinHandle<()>>,
}

/// A connection that a client keeps open between two requests.
#[derive(Debug)]
pub struct Held {
    stream: BufReader<TcpStream>,
    /// Who answered the first request.
    pub server: String,
}

impl Host {
    /// Starts a web server that gives `answer` to every request, over IPv4 and
    /// IPv6, on any address of this host; but a [`download`] to who asks for one.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn serve_web(&self, port: u16, answer: &str) -> Result<WebServer> {
        let listener = self
            .run(|| TcpListener::bind((Ipv6Addr::UNSPECIFIED, port)))?
            .map_err(|error| format!("{}: can't serve port {port}: {error}", self.name()))?;
        let accepting = listener.try_clone()?;
        let answer = answer.to_owned();
        let thread = std::thread::spawn(move || accept(&accepting, &answer));
        Ok(WebServer {
            listener,
            thread: Some(thread),
        })
    }

    /// One request on a connection of its own, as `curl` makes it; the
    /// connection is closed by both sides when this returns.
    ///
    /// # Errors
    /// When the connection is refused, or nothing comes within five seconds.
    pub fn get(&self, address: SocketAddr) -> Result<String> {
        self.get_within(address, PATIENCE)
    }

    /// The same with other patience: for the connection, and then for each part of the
    /// answer.
    ///
    /// # Errors
    /// When the connection is refused, or nothing comes in time.
    pub fn get_within(&self, address: SocketAddr, patience: Duration) -> Result<String> {
        let mut stream = self.connect(address, patience)?;
        let exchange = |stream: &mut BufReader<TcpStream>| {
            let answer = request(stream, "close")?;
            // To the end, so that the server's FIN is in before ours goes out.
            stream.read_to_end(&mut Vec::new())?;
            Ok(answer)
        };
        exchange(&mut stream).map_err(|error: std::io::Error| self.unanswered(address, &error))
    }

    /// That many requests, one after another, each on a connection of its own.
    ///
    /// # Errors
    /// As [`Host::get`].
    pub fn get_times(&self, address: SocketAddr, times: usize) -> Result<Vec<String>> {
        (0..times).map(|_| self.get(address)).collect()
    }

    /// One request on a connection that stays open until the value is dropped.
    ///
    /// # Errors
    /// As [`Host::get`].
    pub fn hold(&self, address: SocketAddr) -> Result<Held> {
        let mut stream = self.connect(address, PATIENCE)?;
        let server =
            request(&mut stream, "keep-alive").map_err(|error| self.unanswered(address, &error))?;
        Ok(Held { stream, server })
    }

    /// Whether a connection to `address` is refused at once, rather than
    /// accepted or left without an answer.
    ///
    /// # Errors
    /// When this host's namespace can't be entered.
    pub fn is_refused(&self, address: SocketAddr) -> Result<bool> {
        let attempt = self.run(|| connect(address, self.fresh_port(), PATIENCE))?;
        Ok(attempt.is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused))
    }

    pub(crate) fn connect(
        &self,
        address: SocketAddr,
        patience: Duration,
    ) -> Result<BufReader<TcpStream>> {
        self.run(|| connect(address, self.fresh_port(), patience))?
            .map_err(|error| self.unanswered(address, &error))
    }

    fn unanswered(&self, address: SocketAddr, error: &std::io::Error) -> crate::Failure {
        format!("{}: no answer from {address}: {error}", self.name()).into()
    }
}

impl Held {
    /// Asks again on the same connection: who answers now?
    ///
    /// # Errors
    /// When the connection is dead or nothing comes within five seconds.
    pub fn ask_again(&mut self) -> Result<String> {
        request(&mut self.stream, "keep-alive")
            .map_err(|error| format!("the open connection gave no answer: {error}").into())
    }
}

impl Drop for WebServer {
    fn drop(&mut self) {
        // Shutting a listening socket down wakes its accept() with an error.
        // Only TcpStream has the call, and it asks for nothing but a socket.
        if let Ok(listener) = self.listener.try_clone() {
            let _ = TcpStream::from(OwnedFd::from(listener)).shutdown(Shutdown::Both);
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Connects from a port, of either family.
fn connect(
    address: SocketAddr,
    port: u16,
    patience: Duration,
) -> std::io::Result<BufReader<TcpStream>> {
    let any: IpAddr = match address {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.bind(&SocketAddr::new(any, port).into())?;
    socket.connect_timeout(&address.into(), patience)?;
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(patience))?;
    Ok(BufReader::new(stream))
}

/// Serves until the listener is shut down.
fn accept(listener: &TcpListener, answer: &str) {
    while let Ok((stream, _)) = listener.accept() {
        let answer = answer.to_owned();
        // A client that goes away in mid-request is its own affair.
        std::thread::spawn(move || converse(stream, &answer));
    }
}

/// Answers the requests of one connection until one says "close".
fn converse(stream: TcpStream, answer: &str) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(head) = head(&mut stream)? {
        let close = head.iter().any(|line| line == "Connection: close");
        let asked = head.first().and_then(|line| line.split(' ').nth(1));
        match asked.and_then(download::asked) {
            Some(lines) => download::serve(stream.get_mut(), lines)?,
            None => stream
                .get_mut()
                .write_all((response(answer.len()) + answer).as_bytes())?,
        }
        if close {
            break;
        }
    }
    Ok(())
}

/// The head of an answer of that many bytes.
pub(crate) fn response(length: usize) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n")
}

/// Sends one request and reads its answer's body.
fn request(stream: &mut BufReader<TcpStream>, connection: &str) -> std::io::Result<String> {
    let mut body = vec![0; ask(stream, "/", connection)?];
    stream.read_exact(&mut body)?;
    String::from_utf8(body).map_err(|_| ErrorKind::InvalidData.into())
}

/// Sends one request and reads its answer's head: how many bytes follow.
pub(crate) fn ask(
    stream: &mut BufReader<TcpStream>,
    path: &str,
    connection: &str,
) -> std::io::Result<usize> {
    let question = format!("GET {path} HTTP/1.1\r\nHost: lab\r\nConnection: {connection}\r\n\r\n");
    stream.get_mut().write_all(question.as_bytes())?;
    let head = head(stream)?.ok_or(ErrorKind::UnexpectedEof)?;
    let length = head
        .iter()
        .find_map(|line| line.strip_prefix("Content-Length: ")?.parse().ok());
    Ok(length.ok_or(ErrorKind::InvalidData)?)
}

/// The lines before the empty one; None when the peer has closed.
fn head(stream: &mut BufReader<TcpStream>) -> std::io::Result<Option<Vec<String>>> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        match line.trim_end() {
            "" => return Ok(Some(lines)),
            line => lines.push(line.to_owned()),
        }
    }
}
