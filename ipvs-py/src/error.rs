//! The one way from the core's error to an exception.

use ipvs_core as core;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

use crate::cross::Cross;
use crate::words::{Class, named};

/// The exception that is raised for an error.
pub(crate) fn raised(error: core::Error) -> PyErr {
    Python::attach(|py| match exception(py, &error) {
        Ok(exception) => PyErr::from_value(exception),
        Err(error) => error,
    })
}

/// The exception itself, of the class of its kind: `ipvs._errors` makes it.
pub(crate) fn exception<'py>(py: Python<'py>, error: &core::Error) -> PyResult<Bound<'py, PyAny>> {
    static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let make = MAKE.get_or_try_init(py, || {
        PyResult::Ok(py.import("ipvs._errors")?.getattr("of_core")?.unbind())
    })?;
    let parts = PyDict::new(py);
    parts.set_item("kind", error.kind().code())?;
    parts.set_item("operation", named(py, Class::Op, error.op().name())?)?;
    parts.set_item("errno", error.errno())?;
    parts.set_item("applied", error.applied().give(py)?)?;
    parts.set_item("object", object(py, error.object())?)?;
    parts.set_item("field", error.field())?;
    parts.set_item("cause", error.cause())?;
    parts.set_item("cure", error.cure())?;
    make.bind(py).call((error.to_string(),), Some(&parts))
}

/// What an error is about: a dest with its service.
fn object(py: Python<'_>, object: Option<&core::Object>) -> PyResult<Py<PyAny>> {
    match object {
        Some(core::Object::Service(key)) => key.give(py),
        Some(core::Object::Dest(key, dest)) => (*key, *dest).give(py),
        Some(core::Object::Daemon(role)) => role.give(py),
        Some(core::Object::Sysctl(sysctl)) => sysctl.give(py),
        _ => Ok(py.None()),
    }
}
