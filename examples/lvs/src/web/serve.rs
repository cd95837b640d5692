//! The server under the routes: how many may come at once, and how slow they may be.

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use super::guard::PATIENCE;

/// How many, and how slow.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// The most connections at once; further ones wait.
    places: usize,
    /// How long the head of a request may take.
    head: Duration,
    /// How long a connection is used again.
    life: Duration,
    /// How long its last answer may take then.
    rest: Duration,
}

pub(super) const LIMITS: Limits = Limits {
    places: 64,
    head: Duration::from_secs(10),
    life: Duration::from_secs(60),
    rest: PATIENCE.saturating_add(Duration::from_secs(10)),
};

/// The largest head of a request, in bytes.
const LARGEST: usize = 32 * 1024;

/// Who sent a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) IpAddr);

/// Serves whoever comes.
pub(super) fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
) -> io::Result<Infallible> {
    runtime()?.block_on(accept(listener, router, limits))
}

fn runtime() -> io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(16)
        .enable_all()
        .build()
}

async fn accept(listener: TcpListener, router: Router, limits: Limits) -> io::Result<Infallible> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let places = Arc::new(Semaphore::new(limits.places));
    loop {
        let place = Arc::clone(&places).acquire_owned().await;
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            // One that hung up before its turn, or too many open files: it passes.
            Err(_) => {
                sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let router = router.clone().layer(Extension(Peer(peer.ip())));
        tokio::spawn(async move {
            converse(stream, router, limits).await;
            drop(place);
        });
    }
}

/// Answers the requests of one connection. What goes wrong with it is its own loss.
async fn converse(stream: TcpStream, router: Router, limits: Limits) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(LARGEST)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut connection = pin!(connection);
    if timeout(limits.life, connection.as_mut()).await.is_err() {
        connection.as_mut().graceful_shutdown();
        let _ = timeout(limits.rest, connection).await;
    }
}

#[cfg(test)]
mod tests;
