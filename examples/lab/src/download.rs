//! A download that takes its time: ten numbered lines a second, from one connection.

use std::io::{BufRead, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::{Host, Result, web};

/// The time between two lines.
const PACE: Duration = Duration::from_millis(100);

/// How long a client bears silence: TCP tries again less and less often.
const PATIENCE: Duration = Duration::from_secs(30);

/// A download under way.
#[derive(Debug)]
pub struct Download {
    start: Instant,
    received: Arc<AtomicU32>,
    thread: JoinHandle<std::result::Result<(), String>>,
}

impl Host {
    /// Begins a download that lasts for `duration`, by tenths of a second, from one of the
    /// lab's web servers.
    ///
    /// # Errors
    /// When no connection is made.
    pub fn download(&self, address: SocketAddr, duration: Duration) -> Result<Download> {
        let lines = u32::try_from(duration.as_millis() / PACE.as_millis())?;
        let mut stream = self.connect(address, PATIENCE)?;
        let path = format!("/lines/{lines}");
        web::ask(&mut stream, &path, "close").map_err(|error| format!("GET {path}: {error}"))?;
        let received = Arc::<AtomicU32>::default();
        let counter = Arc::clone(&received);
        let receive = move || {
            for number in 0..lines {
                let mut line = String::new();
                match stream.read_line(&mut line) {
                    Ok(_) if line == text(number) => counter.store(number + 1, Ordering::Relaxed),
                    Ok(_) => return Err(format!("line {number} is {line:?}")),
                    Err(error) => return Err(format!("line {number}: {error}")),
                }
            }
            Ok(())
        };
        Ok(Download {
            start: Instant::now(),
            received,
            thread: std::thread::spawn(receive),
        })
    }
}

impl Download {
    /// How many lines have come so far.
    pub fn received(&self) -> u32 {
        self.received.load(Ordering::Relaxed)
    }

    /// Waits for its end: how long it took in all.
    ///
    /// # Errors
    /// When the connection broke, was silent for half a minute, or brought something else.
    pub fn finish(self) -> Result<Duration> {
        match self.thread.join() {
            Ok(Ok(())) => Ok(self.start.elapsed()),
            Ok(Err(failure)) => Err(format!("the download broke off: {failure}").into()),
            Err(_) => Err("the download's thread panicked".into()),
        }
    }
}

/// How many lines a path asks for, if it asks for a download.
pub(crate) fn asked(path: &str) -> Option<u32> {
    path.strip_prefix("/lines/")?.parse().ok()
}

/// Sends that many lines, each in its time.
pub(crate) fn serve(stream: &mut TcpStream, lines: u32) -> std::io::Result<()> {
    let all: usize = (0..lines).map(|number| text(number).len()).sum();
    stream.write_all(web::response(all).as_bytes())?;
    for number in 0..lines {
        stream.write_all(text(number).as_bytes())?;
        std::thread::sleep(PACE);
    }
    Ok(())
}

fn text(number: u32) -> String {
    format!("This is line {number}.\n")
}
