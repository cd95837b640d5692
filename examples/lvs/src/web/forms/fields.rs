//! Which fields each form has: those of the original's pages, and what we add in groups that
//! unfold.

mod services;
mod settings;

pub(in crate::web) use services::{SCRIPTS, SERVER, VIRTUAL};
pub(in crate::web) use settings::{GLOBAL, REDUNDANCY};

use super::{Field, Form, Group, Kind};

const MASKS: Kind = Kind::Proposed(&[
    "255.255.255.255",
    "255.255.255.252",
    "255.255.255.248",
    "255.255.255.240",
    "255.255.255.224",
    "255.255.255.192",
    "255.255.255.128",
    "255.255.255.0",
    "255.255.252.0",
    "255.255.0.0",
]);

const fn field(key: &'static str, label: &'static str, hint: &'static str, kind: Kind) -> Field {
    Field {
        key,
        word: 0,
        label,
        hint,
        kind,
    }
}

/// The device behind an address.
const fn device(key: &'static str, label: &'static str, hint: &'static str) -> Field {
    Field {
        key,
        word: 1,
        label,
        hint,
        kind: Kind::Text,
    }
}
