//! From what is there to what is wanted.

use ipvs_core as core;
use ipvs_core::Reason;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyString;

use crate::cross::{Cross, Item, wrong_value};
use crate::error::raised;
use crate::rules;
use crate::scope::Parts;
use crate::value::value;
use crate::words::{Class, named};

/// The changes that turn a snapshot into a table.
#[pyclass(frozen, eq, module = "ipvs")]
pub(crate) struct Plan {
    pub(crate) it: core::Plan,
    steps: PyOnceLock<Py<PyAny>>,
}

impl PartialEq for Plan {
    fn eq(&self, other: &Self) -> bool {
        self.it == other.it
    }
}

impl Plan {
    pub(crate) fn of(it: core::Plan) -> Self {
        let steps = PyOnceLock::new();
        Plan { it, steps }
    }
}

#[pymethods]
impl Plan {
    #[new]
    fn new(
        py: Python<'_>,
        seen: &Bound<'_, PyAny>,
        wanted: &Bound<'_, PyAny>,
        scope: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        made(py, seen, wanted, scope, core::Plan::new)
    }

    #[staticmethod]
    fn at_once(
        py: Python<'_>,
        seen: &Bound<'_, PyAny>,
        wanted: &Bound<'_, PyAny>,
        scope: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        made(py, seen, wanted, scope, core::Plan::at_once)
    }

    #[getter]
    fn steps(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let steps = self
            .steps
            .get_or_try_init(py, || self.it.steps().to_vec().give(py))?;
        Ok(steps.clone_ref(py))
    }

    #[getter]
    fn changes(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.it.changes().collect::<Vec<_>>().give(py)
    }

    #[getter]
    fn draining(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.it.draining().to_vec().give(py)
    }

    #[getter]
    fn is_empty(&self) -> bool {
        self.it.is_empty()
    }

    fn to_rules(&self) -> PyResult<String> {
        let ended = |change| rules::line(&change).map(|line| line + "\n");
        self.it.changes().map(ended).collect()
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.steps(py)?.bind(py).try_iter()?.into_any())
    }

    fn __len__(&self) -> usize {
        self.it.steps().len()
    }

    fn __str__(&self) -> String {
        self.it.to_string()
    }

    fn __repr__(&self) -> String {
        format!("<Plan of {} changes>", self.it.steps().len())
    }
}

type Planner = fn(&core::Snapshot, &core::Table, &core::Scope) -> Result<core::Plan, core::Error>;

fn made(
    py: Python<'_>,
    seen: &Bound<'_, PyAny>,
    wanted: &Bound<'_, PyAny>,
    scope: &Bound<'_, PyAny>,
    plan: Planner,
) -> PyResult<Plan> {
    let seen = core::Snapshot::take(seen, "seen")?;
    let wanted = core::Table::take(wanted, "wanted")?;
    let scope = Parts::take(scope, "scope")?.scope();
    let made = py.detach(|| plan(&seen, &wanted, &scope));
    made.map(Plan::of).map_err(raised)
}

value! {
    /// A change of a plan, and why it is there.
    PlannedChange(core::PlannedChange) as it
    needs { change: core::Change = it.change, reason: Reason = it.reason, }
    new core::PlannedChange::new(change, reason);
    also {
        #[getter]
        fn why(&self) -> String {
            self.it.reason.to_string()
        }

        fn __str__(&self) -> String {
            self.it.to_string()
        }
    }
}

impl Item for (core::ServiceKey, core::DestKey) {}

/// A reason is its name, or the fields that differ.
impl Cross for Reason {
    fn take(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        if value.is_instance_of::<PyString>() {
            let text = String::take(value, name)?;
            let known = [Reason::Missing, Reason::Unwanted, Reason::Draining];
            let reason = known.into_iter().find(|it| reason_name(it) == text);
            return reason.ok_or_else(|| wrong_value(name, &format!("{} is none", text.show())));
        }
        core::Differences::take(value, name).map(Reason::Differs)
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        match self {
            Reason::Differs(fields) => fields.give(py),
            other => named(py, Class::Reason, reason_name(other)),
        }
    }

    fn show(&self) -> String {
        match self {
            Reason::Differs(fields) => fields.show(),
            other => format!("Reason.{}", reason_name(other).to_uppercase()),
        }
    }
}

fn reason_name(reason: &Reason) -> &'static str {
    match reason {
        Reason::Missing => "missing",
        Reason::Unwanted => "unwanted",
        Reason::Draining => "draining",
        _ => "",
    }
}
