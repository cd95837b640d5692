//! Every mistake that doctor knows, made on purpose in the labs' networks, found, and cured
//! by the very lines that it prints.
//!
//! Where a mistake is about traffic, none flows before the cure and some does after it. A
//! lab that is well set up has no finding.

mod clients;
mod direct;
mod kernel;
mod nat;
mod patient;
mod pulse;
mod sync;
mod table;
mod tunnel;

use crate::harness::Test;

pub fn tests() -> Vec<Test> {
    [
        nat::tests(),
        clients::tests(),
        table::tests(),
        direct::tests(),
        tunnel::tests(),
        sync::tests(),
        pulse::tests(),
        kernel::tests(),
        patient::tests(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
