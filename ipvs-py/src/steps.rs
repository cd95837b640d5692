//! What the caller drives: a plan that is carried out, a real server that leaves.

use std::sync::{Arc, Mutex, PoisonError};

use ipvs_core as core;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::client::Client;
use crate::cross::{Cross, Given, moment, object};
use crate::error::raised;
use crate::plan::Plan;
use crate::report::Report;
use crate::value::value;

/// Enters a lock and works, both without Python's: its owner may want that.
fn locked<T: Send, R: Send>(
    py: Python<'_>,
    lock: &Mutex<T>,
    work: impl FnOnce(&mut T) -> R + Send,
) -> R {
    py.detach(|| work(&mut lock.lock().unwrap_or_else(PoisonError::into_inner)))
}

/// The client that a caller passed.
fn opened(client: &Bound<'_, PyAny>) -> PyResult<Arc<core::Client>> {
    object::<Client>(client, "client", "Client")?.get().opened()
}

/// A plan that is carried out in steps.
#[pyclass(frozen, module = "ipvs")]
pub(crate) struct Apply {
    it: Mutex<Option<core::Apply>>,
}

#[pymethods]
impl Apply {
    #[new]
    fn new(plan: &Bound<'_, PyAny>) -> PyResult<Self> {
        let plan = object::<Plan>(plan, "plan", "Plan")?;
        let it = Mutex::new(Some(core::Apply::new(&plan.get().it)));
        Ok(Apply { it })
    }

    fn step(&self, py: Python<'_>, client: &Bound<'_, PyAny>) -> PyResult<bool> {
        let client = opened(client)?;
        let more = locked(py, &self.it, |it| {
            it.as_mut().map(|apply| apply.step(&client))
        });
        more.ok_or_else(over)
    }

    #[getter]
    fn sent(&self, py: Python<'_>) -> PyResult<usize> {
        locked(py, &self.it, |it| it.as_ref().map(core::Apply::sent)).ok_or_else(over)
    }

    #[expect(clippy::wrong_self_convention, reason = "it is the core's name")]
    fn into_report(&self, py: Python<'_>) -> PyResult<Report> {
        let report = locked(py, &self.it, |it| it.take().map(core::Apply::into_report));
        report.map(Report::of).ok_or_else(over)
    }
}

fn over() -> PyErr {
    PyValueError::new_err("its report was taken already")
}

/// A real server that is leaving.
#[pyclass(frozen, module = "ipvs")]
pub(crate) struct Drain {
    it: Mutex<core::Drain>,
}

#[pymethods]
impl Drain {
    #[new]
    #[pyo3(signature = (
        service, dest, *, deadline = Given::Absent, until_empty = Given::Absent,
    ))]
    fn new(
        service: &Bound<'_, PyAny>,
        dest: &Bound<'_, PyAny>,
        deadline: Given<'_>,
        until_empty: Given<'_>,
    ) -> PyResult<Self> {
        let service = core::ServiceKey::take(service, "service")?;
        let dest = core::DestKey::take(dest, "dest")?;
        let mut it = core::Drain::new(service, dest);
        match deadline {
            Given::As(deadline) if !deadline.is_none() => {
                it = it.with_deadline(moment(&deadline, "deadline")?);
            }
            _ => {}
        }
        if until_empty.take("until_empty")?.unwrap_or(false) {
            it = it.until_empty();
        }
        Ok(Drain { it: Mutex::new(it) })
    }

    fn step(&self, py: Python<'_>, client: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let client = opened(client)?;
        let step = locked(py, &self.it, |it| it.step(&client));
        give_step(py, step.map_err(raised)?)
    }

    fn cancel(&self, py: Python<'_>, client: &Bound<'_, PyAny>) -> PyResult<()> {
        let client = opened(client)?;
        locked(py, &self.it, |it| it.cancel(&client)).map_err(raised)
    }
}

value! {
    /// The connections that a real server has left.
    DrainLeft(core::DrainLeft) as it
    needs { }
    takes { active: u32, inactive: u32, persistent: u32, }
    new core::DrainLeft::default();
}

value! {
    /// It has connections that are waited for.
    DrainWaiting(Waiting) as it
    needs { left: core::DrainLeft = it.left, }
    new Waiting { left };
}

value! {
    /// It is removed; these connections were cut off.
    DrainRemoved(Removed) as it
    needs { left: core::DrainLeft = it.left, }
    new Removed { left };
}

value! {
    /// Somebody else removed it.
    DrainGone(Gone) as it
    needs { }
    new Gone;
}

value! {
    /// Somebody gave it a weight again.
    DrainRestored(Restored) as it
    needs { weight: u32 = it.weight, }
    new Restored { weight };
}

/// The variants of [`core::DrainStep`], each a class of its own.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Waiting {
    left: core::DrainLeft,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Removed {
    left: core::DrainLeft,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Gone;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Restored {
    weight: u32,
}

fn give_step(py: Python<'_>, step: core::DrainStep) -> PyResult<Py<PyAny>> {
    match step {
        core::DrainStep::Waiting(left) => Waiting { left }.give(py),
        core::DrainStep::Removed(left) => Removed { left }.give(py),
        core::DrainStep::Gone => Gone.give(py),
        core::DrainStep::Restored { weight } => Restored { weight }.give(py),
        _ => Ok(py.None()),
    }
}
