//! Two directors.

pub mod duty;
mod ear;
pub mod heartbeat;
pub mod keepalived;
mod lab;
pub mod program;
pub mod reload;
