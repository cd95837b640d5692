//! libipvs: the C library. Its manual is `include/ipvs.h`, which a test makes of these
//! sources: the modules are its sections, in this order, and their words are C's.
//!
//! A function here converts its arguments, calls `ipvs_core` once, and converts the result.
#![allow(
    non_camel_case_types,
    reason = "the types bear the names that C knows them by"
)]
#![allow(
    clippy::missing_safety_doc,
    reason = "what every function asks of its caller is said once, in the header's introduction"
)]
#![allow(
    rustdoc::broken_intra_doc_links,
    reason = "the words are the header's, where brackets are those of IPv6"
)]
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
        clippy::exit,
        clippy::print_stderr,
        clippy::print_stdout,
        clippy::todo,
        clippy::unimplemented,
        clippy::unreachable
    )
)]

pub mod failure;
mod ffi;
mod name;

pub mod version;

pub mod status;
pub mod text;

pub mod address;
pub mod key;

pub mod client;
pub mod stats;

pub mod service;
pub mod services;

pub mod dest;
pub mod dests;

pub mod daemon;
pub mod timeouts;

pub mod snapshot;
pub mod table;

pub mod batch;
pub mod report;

pub mod plan;
pub mod scope;

pub mod apply;
pub mod drain;

pub mod rules;

pub mod connection;
pub mod sysctl;

pub mod fake;

pub mod compat;

/// What the header says of threads.
const _: () = {
    const fn shared<T: Send + Sync>() {}
    const fn sent<T: Send>() {}
    shared::<client::ipvs_client>();
    shared::<status::ipvs_error>();
    shared::<text::ipvs_text>();
    shared::<services::ipvs_service_list>();
    shared::<dests::ipvs_dest_list>();
    shared::<daemon::ipvs_daemon_list>();
    shared::<snapshot::ipvs_snapshot>();
    shared::<table::ipvs_table>();
    shared::<batch::ipvs_batch>();
    shared::<report::ipvs_report>();
    shared::<plan::ipvs_plan>();
    shared::<scope::ipvs_scope>();
    shared::<fake::ipvs_fake_kernel>();
    shared::<fake::ipvs_fake_namespace>();
    sent::<services::ipvs_service_stream>();
    sent::<dests::ipvs_dest_stream>();
    sent::<connection::ipvs_connection_stream>();
    sent::<apply::ipvs_apply>();
    sent::<drain::ipvs_drain>();
};

#[cfg(test)]
mod tests;
