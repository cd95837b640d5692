//! The LVS cluster of Piranha's time, on ipvs-core: one binary, `lvs`, whose applets
//! are the programs of then.
//!
//! Each module is one room; the arrows go down: an applet knows the rooms below it, and
//! no room knows the applet that uses it.
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::dbg_macro,
        clippy::todo,
        clippy::unimplemented,
        clippy::unreachable
    )
)]

pub mod applets;
pub mod check;
pub mod config;
pub mod control;
pub mod convert;
pub mod detach;
pub mod doctor;
pub mod kernel;
pub mod log;
pub mod lvsd;
pub mod nanny;
pub mod net;
mod numbers;
pub mod observe;
mod own;
pub mod password;
pub mod pulse;
pub mod replace;
pub mod status;
pub mod top;
pub mod web;
