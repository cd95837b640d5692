//! A client that asks a service for its page, again and again.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use crate::site::{PATIENCE, Site, until};

/// Requests, one after the other, until it is dropped.
pub struct Load {
    over: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    lost: Receiver<String>,
}

impl Load {
    pub fn on(site: &Site, service: &str) -> Load {
        let service: SocketAddr = service.parse().unwrap();
        let namespace = site.namespace.try_clone().unwrap();
        let over = Arc::new(AtomicBool::new(false));
        let answered = Arc::new(AtomicUsize::new(0));
        let (failed, lost) = channel();
        let (end, count) = (Arc::clone(&over), Arc::clone(&answered));
        thread::spawn(move || {
            let ask_on = || {
                while !end.load(Ordering::Relaxed) {
                    match ask(service) {
                        Ok(page) if page.contains("Ceci est le serveur") => {
                            count.fetch_add(1, Ordering::Relaxed);
                        }
                        other => failed.send(format!("{other:?}")).unwrap_or_default(),
                    }
                }
            };
            namespace.run(ask_on).unwrap();
        });
        Load {
            over,
            answered,
            lost,
        }
    }

    /// Waits for another 20 answers.
    pub fn more(&self) {
        let enough = self.answered.load(Ordering::Relaxed) + 20;
        until("more answers", || {
            self.answered.load(Ordering::Relaxed) >= enough
        });
    }

    /// What went wrong so far.
    pub fn lost(&self) -> Vec<String> {
        self.lost.try_iter().collect()
    }
}

fn ask(service: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&service, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n")?;
    let mut page = String::new();
    stream.read_to_string(&mut page)?;
    Ok(page)
}

impl Drop for Load {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}
