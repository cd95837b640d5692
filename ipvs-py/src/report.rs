//! What became of many changes.

use ipvs_core as core;
use pyo3::prelude::*;

use crate::error::{exception, raised};

/// What became of each of many changes.
#[pyclass(frozen, module = "ipvs")]
pub(crate) struct Report {
    it: core::Report,
}

impl Report {
    pub(crate) fn of(it: core::Report) -> Self {
        Report { it }
    }
}

#[pymethods]
impl Report {
    #[getter]
    fn results<'py>(&self, py: Python<'py>) -> PyResult<Vec<Option<Bound<'py, PyAny>>>> {
        let told = |result: &Result<(), core::Error>| {
            let error = result.as_ref().err();
            error.map(|error| exception(py, error)).transpose()
        };
        self.it.results().iter().map(told).collect()
    }

    #[getter]
    fn failures<'py>(&self, py: Python<'py>) -> PyResult<Vec<(usize, Bound<'py, PyAny>)>> {
        let told = |(place, error)| PyResult::Ok((place, exception(py, error)?));
        self.it.failures().map(told).collect()
    }

    #[getter]
    fn is_success(&self) -> bool {
        self.it.is_success()
    }

    #[expect(clippy::wrong_self_convention, reason = "it is the core's name")]
    fn into_result(&self) -> PyResult<()> {
        self.it.clone().into_result().map_err(raised)
    }

    fn __len__(&self) -> usize {
        self.it.results().len()
    }

    fn __repr__(&self) -> String {
        let failures = self.it.failures().count();
        let changes = self.it.results().len();
        format!("<Report of {changes} changes, {failures} failed>")
    }
}
