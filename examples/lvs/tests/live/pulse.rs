//! Two directors.

mod ear;
pub mod heartbeat;
pub mod keepalived;
mod lab;
pub mod program;
