//! The four tabs.

pub(super) mod control;
pub(super) mod servers;
pub(super) mod settings;
mod table;
pub(super) mod virtuals;
