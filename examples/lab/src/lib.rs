//! The lab network: the hosts of a textbook LVS lab, each a network namespace
//! of its own, joined by bridges and carrying real packets.
//!
//! Everything lives in namespaces without names, held by file descriptors: two
//! labs never collide, this machine's own network is not touched, and when the
//! last value is dropped (or the program killed) the kernel removes it all.
//!
//! [`site`] builds the labs' two networks; [`host`] and [`network`] are what
//! they are made of; [`web`], [`download`] and [`datagram`] are the servers and
//! clients on them; [`story`] tells what is done and checks what comes of it; [`book`] makes a
//! program of such chapters.

pub mod book;
pub mod connections;
pub mod datagram;
pub mod download;
pub mod host;
pub mod metronome;
pub mod network;
pub mod site;
pub mod story;
pub mod web;

pub use host::Host;
pub use network::Network;
pub use site::Site;
pub use story::Story;

/// Any failure of a lab: a command that went wrong, a host that gave no answer.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What a step of a lab gives.
pub type Result<T> = std::result::Result<T, Failure>;
