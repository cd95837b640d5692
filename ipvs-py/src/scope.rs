//! What of a kernel's table is ours.

use std::net::IpAddr;

use ipvs_core as core;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyInt, PyRange, PyString};

use crate::cross::{Cross, Given, Item, wrong_type, wrong_value};
use crate::value::value;

/// The parts of a scope, which the core's own does not give back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Parts {
    every_service: bool,
    services: Vec<core::ServiceKey>,
    prefixes: Vec<Prefix>,
    marks: Vec<(Marks, core::Family)>,
    timeouts: bool,
    daemons: bool,
}

impl Parts {
    pub(crate) fn scope(&self) -> core::Scope {
        let mut scope = core::Scope::nothing();
        if self.every_service {
            scope = scope.with_every_service();
        }
        for key in &self.services {
            scope = scope.with_service(*key);
        }
        for prefix in &self.prefixes {
            scope = scope.with_prefix(prefix.network, prefix.length);
        }
        for (marks, family) in &self.marks {
            scope = scope.with_marks(marks.first..=marks.last, *family);
        }
        if self.timeouts {
            scope = scope.with_timeouts();
        }
        if self.daemons {
            scope = scope.with_daemons();
        }
        scope
    }
}

value! {
    /// What of a network namespace's IPVS a plan may touch.
    Scope(Parts) as it
    needs { }
    takes {
        every_service: bool,
        services: Vec<core::ServiceKey>,
        prefixes: Vec<Prefix>,
        marks: Vec<(Marks, core::Family)>,
        timeouts: bool,
        daemons: bool,
    }
    new Parts::default();
    also {
        #[staticmethod]
        fn everything() -> Self {
            let (every_service, timeouts, daemons) = (true, true, true);
            Scope::of(Parts { every_service, timeouts, daemons, ..Parts::default() })
        }

        #[staticmethod]
        fn nothing() -> Self {
            Scope::of(Parts::default())
        }

        fn with_every_service(&self) -> Self {
            Scope::of(Parts { every_service: true, ..self.it.clone() })
        }

        fn with_service(&self, key: &Bound<'_, PyAny>) -> PyResult<Self> {
            let mut parts = self.it.clone();
            parts.services.push(core::ServiceKey::take(key, "key")?);
            Ok(Scope::of(parts))
        }

        fn with_prefix(&self, prefix: &Bound<'_, PyAny>) -> PyResult<Self> {
            let mut parts = self.it.clone();
            parts.prefixes.push(Prefix::take(prefix, "prefix")?);
            Ok(Scope::of(parts))
        }

        #[pyo3(signature = (marks, family = Given::Absent))]
        fn with_marks(&self, marks: &Bound<'_, PyAny>, family: Given<'_>) -> PyResult<Self> {
            let mut parts = self.it.clone();
            let family = family.take("family")?.unwrap_or(core::Family::V4);
            parts.marks.push((Marks::take(marks, "marks")?, family));
            Ok(Scope::of(parts))
        }

        fn with_timeouts(&self) -> Self {
            Scope::of(Parts { timeouts: true, ..self.it.clone() })
        }

        fn with_daemons(&self) -> Self {
            Scope::of(Parts { daemons: true, ..self.it.clone() })
        }

        fn contains(&self, key: &Bound<'_, PyAny>) -> PyResult<bool> {
            Ok(self.it.scope().contains(&core::ServiceKey::take(key, "key")?))
        }

        fn __contains__(&self, key: &Bound<'_, PyAny>) -> PyResult<bool> {
            self.contains(key)
        }

        #[getter]
        fn contains_timeouts(&self) -> bool {
            self.it.scope().contains_timeouts()
        }

        #[getter]
        fn contains_daemons(&self) -> bool {
            self.it.scope().contains_daemons()
        }
    }
}

/// The addresses that begin with the same bits: `ip_network` of Python, or its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Prefix {
    network: IpAddr,
    length: u8,
}

impl Cross for Prefix {
    fn take(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        let is_text = value.is_instance_of::<PyString>();
        if !is_text && value.getattr_opt("prefixlen")?.is_none() {
            return Err(wrong_type(value, name, "a network such as 192.0.2.0/24"));
        }
        let network = network(value)
            .map_err(|error| wrong_value(name, &error.value(value.py()).to_string()))?;
        Ok(Prefix {
            network: IpAddr::take(&network.getattr("network_address")?, name)?,
            length: u8::take(&network.getattr("prefixlen")?, name)?,
        })
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let text = format!("{}/{}", self.network, self.length);
        Ok(network(PyString::new(py, &text).as_any())?.unbind())
    }

    fn show(&self) -> String {
        format!("\"{}/{}\"", self.network, self.length)
    }
}

impl Item for Prefix {}

/// Python's network, whose address has no bits beyond the prefix.
fn network<'py>(value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    static NETWORK: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = value.py();
    let network = NETWORK.get_or_try_init(py, || {
        PyResult::Ok(py.import("ipaddress")?.getattr("ip_network")?.unbind())
    })?;
    network.bind(py).call1((value, false))
}

/// Firewall marks: a range of Python, or one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Marks {
    first: u32,
    last: u32,
}

impl Cross for Marks {
    fn take(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        if value.is_instance_of::<PyInt>() {
            let mark = u32::take(value, name)?;
            return Ok(Marks {
                first: mark,
                last: mark,
            });
        }
        if !value.is_instance_of::<PyRange>() {
            return Err(wrong_type(value, name, "range or int"));
        }
        if i128::take(&value.getattr("step")?, name)? != 1 {
            return Err(wrong_value(name, "a range of marks has no step"));
        }
        let first = u32::take(&value.getattr("start")?, name)?;
        let end = u64::take(&value.getattr("stop")?, name)?;
        let last = end.checked_sub(1).and_then(|last| u32::try_from(last).ok());
        match last.filter(|last| first <= *last) {
            Some(last) => Ok(Marks { first, last }),
            None => Err(wrong_value(name, "it is empty, or goes beyond 4294967295")),
        }
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let builtins = py.import("builtins")?;
        let end = u64::from(self.last) + 1;
        let range = builtins.getattr("range")?.call1((self.first, end))?;
        Ok(range.unbind())
    }

    fn show(&self) -> String {
        format!("range({}, {})", self.first, u64::from(self.last) + 1)
    }
}

impl Item for (Marks, core::Family) {}
