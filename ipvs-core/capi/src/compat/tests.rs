#![allow(
    clippy::multiple_unsafe_ops_per_block,
    reason = "what C does is done in stretches"
)]

mod answers;
mod layout;
mod order;
