//! The native half of the Python package `ipvs`: its functions convert their arguments, call
//! `ipvs-core` once with Python's lock released, and convert the result. Rules, defaults and
//! errors are the core's; what people import is in `python/ipvs`.
#![forbid(unsafe_code)]
#![deny(
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
)]

mod change;
mod client;
mod cross;
mod error;
mod fake;
mod faults;
mod key;
mod model;
mod plan;
mod procfs;
mod report;
mod rules;
mod scope;
mod steps;
mod stream;
mod sysctl;
mod value;
mod words;

use ipvs_core::{ErrorKind, Op};
use pyo3::prelude::*;

/// The native half of the package `ipvs`.
///
/// It keeps no state that Python's lock would have to guard, but its tests have run on no
/// interpreter without that lock: until they have, such a one turns it on.
#[pymodule(gil_used = true)]
fn _ipvs(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add(
        "ERROR_KINDS",
        pairs(ErrorKind::ALL, |kind| (kind.code(), kind.name())),
    )?;
    module.add("OPERATIONS", pairs(Op::ALL, |op| op.name()))?;
    module.add_function(wrap_pyfunction!(rules::read_rules, module)?)?;
    change::add_to(module)?;
    module.add_class::<client::Client>()?;
    module.add_class::<client::Namespace>()?;
    module.add_class::<stream::Stream>()?;
    module.add_class::<report::Report>()?;
    module.add_class::<plan::Plan>()?;
    module.add_class::<plan::PlannedChange>()?;
    module.add_class::<scope::Scope>()?;
    module.add_class::<steps::Apply>()?;
    module.add_class::<steps::Drain>()?;
    module.add_class::<steps::DrainLeft>()?;
    module.add_class::<steps::DrainWaiting>()?;
    module.add_class::<steps::DrainRemoved>()?;
    module.add_class::<steps::DrainGone>()?;
    module.add_class::<steps::DrainRestored>()?;
    module.add_class::<sysctl::Sysctl>()?;
    module.add_class::<key::ServiceKey>()?;
    module.add_class::<model::DestKey>()?;
    module.add_class::<model::Service>()?;
    module.add_class::<model::ServiceEntry>()?;
    module.add_class::<model::Dest>()?;
    module.add_class::<model::DestEntry>()?;
    module.add_class::<model::Tunnel>()?;
    module.add_class::<model::Stats>()?;
    module.add_class::<model::Rates>()?;
    module.add_class::<model::Timeouts>()?;
    module.add_class::<model::TimeoutsEdit>()?;
    module.add_class::<model::SyncDaemon>()?;
    module.add_class::<model::IpvsVersion>()?;
    module.add_class::<model::Info>()?;
    module.add_class::<model::Table>()?;
    module.add_class::<model::TableService>()?;
    module.add_class::<model::Snapshot>()?;
    module.add_class::<model::SnapshotService>()?;
    module.add_class::<procfs::Connection>()?;
    module.add_class::<procfs::PersistenceData>()?;
    module.add_class::<procfs::Application>()?;
    module.add_class::<procfs::CpuStats>()?;
    module.add_class::<procfs::CpuCounters>()?;
    module.add_class::<procfs::Status>()?;
    module.add_class::<procfs::HashTable>()?;
    module.add_class::<procfs::KernelTable>()?;
    module.add_class::<procfs::KernelService>()?;
    module.add_class::<key::KernelServiceKey>()?;
    module.add_class::<procfs::KernelDest>()?;
    module.add_class::<procfs::KernelPersistence>()?;
    let py = module.py();
    module.add("FakeKernel", py.get_type::<fake::FakeKernel>())?;
    module.add("FakeNamespace", py.get_type::<fake::FakeNamespace>())?;
    module.add_class::<fake::Environment>()?;
    module.add_class::<fake::Release>()?;
    module.add_class::<fake::Interface>()?;
    module.add_class::<fake::Calls>()?;
    module.add_class::<fake::When>()?;
    module.add_class::<fake::Fault>()
}

/// What the core has of something, for the tests that compare Python's with it.
fn pairs<T: Copy, R>(all: &[T], of: impl Fn(T) -> R) -> Vec<R> {
    all.iter().map(|one| of(*one)).collect()
}
