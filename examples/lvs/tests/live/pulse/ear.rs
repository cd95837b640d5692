//! Every frame on the wire.

use std::io::Read;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use ipvs_core::Namespace;
use socket2::{Domain, Protocol, Socket, Type};

/// Listens until it is dropped.
pub struct Ear {
    frames: Arc<Mutex<Vec<Vec<u8>>>>,
    over: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Ear {
    /// Hears every frame that goes in or out of an interface of the namespace.
    pub fn new(namespace: &Namespace) -> Ear {
        let every = Protocol::from(i32::from(0x0003_u16.to_be()));
        let open = || Socket::new(Domain::PACKET, Type::RAW, Some(every));
        let mut socket = namespace.run(open).unwrap().unwrap();
        socket
            .set_read_timeout(Some(Duration::from_millis(100)))
            .unwrap();
        let frames = Arc::new(Mutex::new(Vec::new()));
        let over = Arc::new(AtomicBool::new(false));
        let (kept, end) = (Arc::clone(&frames), Arc::clone(&over));
        let thread = thread::spawn(move || {
            let mut buffer = [0; 2048];
            while !end.load(Ordering::Relaxed) {
                if let Ok(length) = socket.read(&mut buffer) {
                    kept.lock().unwrap().push(buffer[..length].to_vec());
                }
            }
        });
        Ear {
            frames,
            over,
            thread: Some(thread),
        }
    }

    /// How many frames were heard that fit.
    pub fn count(&self, fits: impl Fn(&[u8]) -> bool) -> usize {
        let frames = self.frames.lock().unwrap();
        frames.iter().filter(|frame| fits(frame)).count()
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// Bytes from hexadecimal digits, blanks and colons between them.
pub fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let pairs = digits
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).unwrap());
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).unwrap())
        .collect()
}

/// Whether a frame is the documented gratuitous ARP reply of 60 bytes.
pub fn announces(mac: [u8; 6], address: [u8; 4]) -> impl Fn(&[u8]) -> bool + use<> {
    let head = hex("0806 0001 0800 06 04 0002");
    let mut expected = [&[0xff; 6], &mac[..], &head, &mac, &address, &mac, &address].concat();
    expected.resize(60, 0);
    move |frame| frame == expected
}

/// Whether a frame is a heartbeat from one address with these four bytes.
pub fn beats(from: [u8; 4], bytes: &str) -> impl Fn(&[u8]) -> bool + use<> {
    let bytes = hex(bytes);
    // Ethernet, IPv4 without options, UDP from port 539 to port 539.
    move |frame| {
        frame.len() >= 46
            && frame[12..14] == [8, 0]
            && frame[23] == 17
            && frame[26..30] == from
            && frame[34..38] == [2, 27, 2, 27]
            && frame[38..40] == [0, 12]
            && frame[42..46] == bytes[..]
    }
}
