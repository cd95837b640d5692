//! Bytes to values and back: the netlink codec, without a socket.
//!
//! Nothing here opens, sends, waits or looks at a clock; lints prove it. The
//! client drives this room with a blocking socket, the fake kernel answers
//! through it, and a program with an event loop of its own can use it too.
//!
//! This room is public, documented, and exempt from semantic versioning until
//! 1.0: its signatures may change in any release.
//!
//! ```text
//!    request   reply      IPVS's commands and answers as values
//!       |        |
//!    exchange    |        one send: numbers, acknowledgements, dumps
//!     |     \    |        family: which number IPVS has
//!    message \   |        one message: its headers, how it was answered
//!          \  \  |
//!           attr          type, length, value
//!             |
//!         WireError       what can be wrong with bytes
//! ```
//!
//! # Driving an exchange from an event loop
//!
//! An [`Exchange`](exchange::Exchange) gives the bytes to send, takes the
//! datagrams that come back, and names the silence after which to give up. On
//! a non-blocking netlink socket of your own:
//!
//! 1. Ask for the family's number ([`family::ask`]), once for a socket.
//! 2. Append requests, and send [`bytes`](exchange::Exchange::bytes) whole.
//!    The kernel runs them inside of that send.
//! 3. Wait until the socket is readable, for
//!    [`silence`](exchange::Exchange::silence) at most.
//! 4. Receive one datagram into a buffer of 32 KiB or more, always of the same
//!    size: the kernel fills a dump's datagrams up to the largest buffer it
//!    has seen. Drop it unless its sender is the kernel (port 0); one that was
//!    truncated is an error.
//! 5. Feed it to [`receive`](exchange::Exchange::receive) and take the events.
//!    Back to 3 until [`is_finished`](exchange::Exchange::is_finished).
//!
//! After a time-out, `ENOBUFS` or a [`WireError`], the requests that are
//! [`outstanding`](exchange::Exchange::outstanding) may have been carried out
//! or not.
//!
//! ```
//! use ipvs_core::wire::exchange::{Event, Exchange};
//! use ipvs_core::wire::family::{self, Family};
//! use std::time::Duration;
//!
//! # /// A socket that knows one answer: a family's number is 0x1c.
//! # struct Socket(Vec<u8>);
//! # impl Socket {
//! #     fn send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
//! #         use ipvs_core::wire::{WireError, message};
//! #         let asked = message::Messages::new(bytes).next().unwrap().unwrap().header;
//! #         let header = message::Header { flags: 0, ..asked };
//! #         message::write_generic(&mut self.0, header, 1, |attrs| {
//! #             attrs.u16(1, 0x1c);
//! #             attrs.u32(3, 1);
//! #             Ok::<_, WireError>(())
//! #         }).unwrap();
//! #         Ok(())
//! #     }
//! #     async fn receive(&mut self, buffer: &mut [u8], _: Duration) -> std::io::Result<usize> {
//! #         buffer[..self.0.len()].copy_from_slice(&self.0);
//! #         Ok(self.0.len())
//! #     }
//! # }
//! async fn resolve(socket: &mut Socket) -> Result<Family, Box<dyn std::error::Error>> {
//!     let mut exchange = Exchange::new(1, Duration::from_secs(5));
//!     family::ask(&mut exchange, "IPVS")?;
//!     socket.send(exchange.bytes())?;
//!     let mut answer = None;
//!     let mut buffer = vec![0; 32 * 1024];
//!     while !exchange.is_finished() {
//!         let length = socket.receive(&mut buffer, exchange.silence()).await?;
//!         for event in exchange.receive(&buffer[..length]) {
//!             match event? {
//!                 Event::Message { attributes, .. } => answer = Some(Family::decode(attributes)?),
//!                 Event::Finished { result: Err(refused), .. } => {
//!                     return Err(std::io::Error::from_raw_os_error(refused.errno).into());
//!                 }
//!                 _ => {}
//!             }
//!         }
//!     }
//!     answer.ok_or_else(|| "no answer".into())
//! }
//! # use std::future::Future;
//! # let mut socket = Socket(Vec::new());
//! # let mut future = std::pin::pin!(resolve(&mut socket));
//! # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
//! # let std::task::Poll::Ready(family) = future.as_mut().poll(&mut context) else { panic!() };
//! # assert_eq!(family.unwrap().id, 0x1c);
//! ```

// The lists are in .clippy.toml.
#![deny(clippy::disallowed_types, clippy::disallowed_methods)]

pub mod attr;
mod error;
pub mod exchange;
pub mod family;
pub(crate) mod legacy;
pub mod message;
pub mod reply;
pub mod request;

pub use error::WireError;
