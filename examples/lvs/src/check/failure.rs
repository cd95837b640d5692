//! Why a server counts as failed: the lines of the log.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::process::ExitStatus;
use std::time::Duration;

/// What went wrong in one check.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// Nobody answered the connection in time.
    #[error("CONNECT to {0} timed out")]
    ConnectTimeout(SocketAddr),
    /// The connection was refused, or there is no way to the server.
    #[error("CONNECT to {0} failed: {1}")]
    Connect(SocketAddr, #[source] io::Error),
    /// The server did not take what was sent in time.
    #[error("WRITE to {0} timed out")]
    WriteTimeout(SocketAddr),
    /// The server hung up on what was sent.
    #[error("WRITE to {0} failed: {1}")]
    Write(SocketAddr, #[source] io::Error),
    /// The answer, or the rest of it, did not come in time.
    #[error("READ to {0} timed out")]
    ReadTimeout(SocketAddr),
    /// The server hung up on the answer.
    #[error("READ from {0} failed: {1}")]
    Read(SocketAddr, #[source] io::Error),
    /// The answer ended before all that was expected had come.
    #[error("READ from {0} was too short")]
    TooShort(SocketAddr),
    /// The answer is another one.
    #[error("READ from {0} was not as expected")]
    Unexpected(SocketAddr),
    /// The server speaks no TLS, or none that we speak too.
    #[error("TLS with {0} failed: {1}")]
    Tls(SocketAddr, #[source] io::Error),
    /// The server answered with a status that is not asked for.
    #[error("GET from {0} got status {1}")]
    Status(SocketAddr, u16),
    /// The program could not be started.
    #[error("{0} could not be run: {1}")]
    Start(String, #[source] io::Error),
    /// The program was watched no longer, for an error of this system.
    #[error("{0} could not be watched: {1}")]
    Watch(String, #[source] io::Error),
    /// The program was killed after this time, with its children.
    #[error("{0} did not end within {1:?}")]
    Hung(String, Duration),
    /// The check itself came to no end, long after its time.
    #[error("the check did not end within {0:?}")]
    Lost(Duration),
    /// The program said no.
    #[error("{0} failed: {1}")]
    Exit(String, ExitStatus),
    /// The program printed something else.
    #[error("{0} printed something else than expected")]
    Output(String),
    /// No echo came back in time.
    #[error("PING to {0} timed out")]
    PingTimeout(IpAddr),
    /// No echo could be asked for.
    #[error("PING to {0} failed: {1}")]
    Ping(IpAddr, #[source] io::Error),
}
