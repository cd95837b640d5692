//! The sysctls of IPVS.

use ipvs_core as core;
use ipvs_core::{SysctlForm, SysctlNeed, SysctlValue};
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyString};

use crate::cross::{Cross, Item, wrong_type};
use crate::error::raised;
use crate::words::parsed;

/// A sysctl of IPVS.
#[pyclass(frozen, eq, hash, module = "ipvs")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Sysctl {
    it: core::Sysctl,
}

#[pymethods]
impl Sysctl {
    #[new]
    fn new(name: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Sysctl {
            it: core::Sysctl::take(name, "name")?,
        })
    }

    #[staticmethod]
    fn all(py: Python<'_>) -> PyResult<Py<PyAny>> {
        core::Sysctl::ALL.to_vec().give(py)
    }

    #[getter]
    fn name(&self) -> &'static str {
        self.it.name()
    }

    #[getter]
    fn path(&self) -> &'static str {
        self.it.path()
    }

    #[getter]
    fn form(&self) -> Option<&'static str> {
        match self.it.form() {
            SysctlForm::Switch => Some("switch"),
            SysctlForm::Number { .. } => Some("number"),
            SysctlForm::PowerOfTwo { .. } => Some("power-of-two"),
            SysctlForm::Threshold => Some("threshold"),
            SysctlForm::CpuList => Some("cpu-list"),
            _ => None,
        }
    }

    #[getter]
    fn unit(&self) -> Option<&'static str> {
        self.it.unit()
    }

    #[getter]
    fn range(&self) -> Option<(i128, i128)> {
        self.it.range().map(std::ops::RangeInclusive::into_inner)
    }

    #[getter]
    fn default_value(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.it.default_value().map(Value).give(py)
    }

    #[getter]
    fn since(&self) -> (u8, u8, u8) {
        self.it.since()
    }

    #[getter]
    fn needs(&self) -> Option<(&'static str, &'static str)> {
        match self.it.needs()? {
            SysctlNeed::Module(module) => Some(("module", module)),
            SysctlNeed::Build(option) => Some(("build", option)),
            _ => None,
        }
    }

    fn parse(&self, py: Python<'_>, text: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let text = String::take(text, "text")?;
        self.it.parse(&text).map(Value).map_err(raised)?.give(py)
    }

    fn check(&self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        self.it.check(&wanted(self.it, value)?).map_err(raised)
    }

    fn __getnewargs__(&self) -> (&'static str,) {
        (self.it.name(),)
    }

    fn __copy__(it: Py<Self>) -> Py<Self> {
        it
    }

    fn __deepcopy__(it: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        it
    }

    fn __str__(&self) -> String {
        self.it.to_string()
    }

    fn __repr__(&self) -> String {
        self.it.show()
    }
}

impl Cross for core::Sysctl {
    fn take(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        if value.is_instance_of::<PyString>() {
            return parsed(value, name);
        }
        match value.cast::<Sysctl>() {
            Ok(value) => Ok(value.get().it),
            Err(_) => Err(wrong_type(value, name, "Sysctl or its name")),
        }
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(Py::new(py, Sysctl { it: *self })?.into_any())
    }

    fn show(&self) -> String {
        format!("Sysctl(\"{}\")", self.name())
    }
}

impl Item for core::Sysctl {}

/// A value: a number, a pair, or a list as text.
pub(crate) struct Value(pub(crate) SysctlValue);

impl Cross for Value {
    fn take(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        if value.is_instance_of::<PyInt>() {
            let number = i128::take(value, name)?;
            return Ok(Value(number.into()));
        }
        let (threshold, period) = <(i32, i32)>::take(value, name)?;
        Ok(Value(SysctlValue::Threshold { threshold, period }))
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        match &self.0 {
            SysctlValue::Number(number) => number.give(py),
            SysctlValue::Threshold { threshold, period } => (*threshold, *period).give(py),
            other => other.to_string().give(py),
        }
    }

    fn show(&self) -> String {
        self.0.to_string()
    }
}

/// The value that a sysctl is to have; a text is read as its file's.
pub(crate) fn wanted(sysctl: core::Sysctl, value: &Bound<'_, PyAny>) -> PyResult<SysctlValue> {
    if value.is_instance_of::<PyString>() {
        let text = String::take(value, "value")?;
        return sysctl.parse(&text).map_err(raised);
    }
    Value::take(value, "value").map(|value| value.0)
}
