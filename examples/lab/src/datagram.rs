//! UDP servers that say who they are, and the clients that ask them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::{Host, Result};

/// How long a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// How soon a server notices that it is to stop.
const PULSE: Duration = Duration::from_millis(100);

/// A UDP server. Dropping it stops it.
#[derive(Debug)]
pub struct DatagramServer {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// A client's socket: one port for all it asks.
#[derive(Debug)]
pub struct DatagramClient {
    socket: UdpSocket,
}

impl Host {
    /// Starts a UDP server that gives `answer` to every datagram, over IPv4 and
    /// IPv6.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn serve_datagrams(&self, port: u16, answer: &str) -> Result<DatagramServer> {
        let bind = || {
            let socket = UdpSocket::bind((Ipv6Addr::UNSPECIFIED, port))?;
            socket.set_read_timeout(Some(PULSE))?;
            Ok(socket)
        };
        let socket = self.run(bind)?.map_err(|error: std::io::Error| {
            format!("{}: can't serve UDP port {port}: {error}", self.name())
        })?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let answer = answer.to_owned();
        let thread = std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                if let Ok((_, client)) = socket.recv_from(&mut [0; 512]) {
                    // A client that is gone is its own affair.
                    let _ = socket.send_to(answer.as_bytes(), client);
                }
            }
        });
        Ok(DatagramServer {
            stop,
            thread: Some(thread),
        })
    }

    /// A new socket, on a port of its own, that speaks with `address` only.
    ///
    /// # Errors
    /// When there is no route to `address`.
    pub fn datagram_client(&self, address: SocketAddr) -> Result<DatagramClient> {
        let connect = || {
            let any: IpAddr = match address {
                SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
                SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
            };
            let socket = UdpSocket::bind((any, self.fresh_port()))?;
            socket.connect(address)?;
            socket.set_read_timeout(Some(PATIENCE))?;
            Ok(socket)
        };
        let socket = self
            .run(connect)?
            .map_err(|error: std::io::Error| format!("{}: {address}: {error}", self.name()))?;
        Ok(DatagramClient { socket })
    }
}

impl DatagramClient {
    /// Sends a datagram and waits for who answers.
    ///
    /// # Errors
    /// When nothing comes within five seconds.
    pub fn ask(&self) -> Result<String> {
        let mut answer = [0; 512];
        let length = self
            .socket
            .send(b"who are you?")
            .and_then(|_| self.socket.recv(&mut answer))
            .map_err(|error| format!("no datagram came back: {error}"))?;
        Ok(String::from_utf8_lossy(&answer[..length]).into_owned())
    }
}

impl Drop for DatagramServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
