//! Web servers for the programs to watch.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::site::Site;

/// A server that gives one page. Its port closes with it.
pub struct Web {
    over: Arc<AtomicBool>,
    asked: Arc<AtomicUsize>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Web {
    pub fn open(site: &Site, address: &str) -> Web {
        let address: SocketAddr = address.parse().unwrap();
        let listener = site.inside(|| TcpListener::bind(address)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let over = Arc::new(AtomicBool::new(false));
        let asked = Arc::new(AtomicUsize::new(0));
        let (end, count) = (Arc::clone(&over), Arc::clone(&asked));
        let thread = thread::spawn(move || {
            while !end.load(Ordering::Relaxed) {
                serve(&listener, &address, &count);
            }
        });
        let thread = Some(thread);
        Web {
            over,
            asked,
            thread,
        }
    }

    /// How many requests it has had.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

fn serve(listener: &TcpListener, address: &SocketAddr, count: &AtomicUsize) {
    let Ok((mut stream, _)) = listener.accept() else {
        return thread::sleep(Duration::from_millis(5));
    };
    count.fetch_add(1, Ordering::Relaxed);
    // A client that hangs up is a client that was answered.
    let _ = stream.set_nonblocking(false);
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    let _ = stream.read(&mut [0; 4096]);
    let page = format!("Ceci est le serveur {address}\n");
    let _ = write!(stream, "HTTP/1.0 200 OK\r\n\r\n{page}");
}

impl Drop for Web {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}
