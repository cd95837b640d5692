//! One change: a base class, and a class for each variant.

use ipvs_core as core;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::cross::{Cross, Item, wrong_type};
use crate::rules;
use crate::words::{Class, named};

/// One change that a client can make.
#[pyclass(frozen, subclass, eq, hash, module = "ipvs")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Change {
    it: core::Change,
}

#[pymethods]
impl Change {
    #[getter]
    fn op(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        named(py, Class::Op, self.it.op().name())
    }

    fn to_rule(&self) -> PyResult<String> {
        rules::line(&self.it)
    }

    fn __str__(&self) -> String {
        self.it.to_string()
    }

    fn __repr__(&self) -> String {
        self.it.show()
    }

    fn __getnewargs__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, fields(&self.it, py)?)
    }

    fn __copy__(it: Py<Self>) -> Py<Self> {
        it
    }

    fn __deepcopy__(it: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        it
    }
}

/// A variant as a pattern and as a value.
macro_rules! variant {
    ($name:ident) => { core::Change::$name };
    ($name:ident $($field:ident)+) => { core::Change::$name($($field),+) };
}

/// Makes the classes of the variants, each with the fields that are named here.
macro_rules! variants {
    ($($(#[$doc:meta])* $name:ident($($field:ident: $type:ty),*);)*) => {
        $(
            $(#[$doc])*
            #[pyclass(frozen, extends = Change, module = "ipvs")]
            pub(crate) struct $name;

            #[pymethods]
            impl $name {
                #[new]
                fn new($($field: &Bound<'_, PyAny>),*) -> PyResult<PyClassInitializer<Self>> {
                    $(let $field = <$type>::take($field, stringify!($field))?;)*
                    let it = variant!($name $($field)*);
                    Ok(PyClassInitializer::from(Change { it }).add_subclass($name))
                }

                $(
                    #[getter]
                    fn $field(it: PyRef<'_, Self>) -> PyResult<Py<PyAny>> {
                        field(&it.as_super().it, stringify!($field), it.py())
                    }
                )*

                #[classattr]
                fn __match_args__(py: Python<'_>) -> PyResult<Py<PyAny>> {
                    let names: &[&str] = &[$(stringify!($field)),*];
                    Ok(PyTuple::new(py, names)?.into_any().unbind())
                }
            }
        )*

        /// One field of a change.
        fn field(change: &core::Change, name: &str, py: Python<'_>) -> PyResult<Py<PyAny>> {
            match change {
                $(variant!($name $($field)*) => match name {
                    $(stringify!($field) => $field.give(py),)*
                    _ => Ok(py.None()),
                },)*
                _ => Err(unknown(change)),
            }
        }

        /// All fields of a change, in order.
        fn fields(change: &core::Change, py: Python<'_>) -> PyResult<Vec<Py<PyAny>>> {
            match change {
                $(variant!($name $($field)*) => Ok(vec![$($field.give(py)?),*]),)*
                _ => Err(unknown(change)),
            }
        }

        impl Cross for core::Change {
            fn take(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
                match value.cast::<Change>() {
                    Ok(value) => Ok(value.get().it),
                    Err(_) => Err(wrong_type(value, name, "Change")),
                }
            }

            fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
                let base = PyClassInitializer::from(Change { it: *self });
                match self {
                    $(variant!($name $($field)*) => {
                        $(let _ = $field;)*
                        Ok(Py::new(py, base.add_subclass($name))?.into_any())
                    })*
                    _ => Err(unknown(self)),
                }
            }

            fn show(&self) -> String {
                match self {
                    $(variant!($name $($field)*) => {
                        let fields: &[String] = &[$($field.show()),*];
                        format!("{}({})", stringify!($name), fields.join(", "))
                    })*
                    other => other.to_string(),
                }
            }
        }

        /// Adds the classes to the module.
        pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
            module.add_class::<Change>()?;
            $(module.add_class::<$name>()?;)*
            Ok(())
        }
    };
}

variants! {
    /// Adds a virtual service.
    AddService(service: core::Service);
    /// Replaces a virtual service wholly.
    UpdateService(service: core::Service);
    /// Removes a virtual service and its real servers.
    RemoveService(key: core::ServiceKey);
    /// Adds a real server to a service.
    AddDest(key: core::ServiceKey, dest: core::Dest);
    /// Replaces a real server of a service wholly.
    UpdateDest(key: core::ServiceKey, dest: core::Dest);
    /// Removes a real server from a service.
    RemoveDest(key: core::ServiceKey, dest: core::DestKey);
    /// Starts a sync daemon.
    StartDaemon(daemon: core::SyncDaemon);
    /// Stops the sync daemon of a role.
    StopDaemon(role: core::DaemonRole);
    /// Sets the given timeouts and keeps the others.
    SetTimeouts(timeouts: core::TimeoutsEdit);
    /// Removes every service.
    Flush();
    /// Sets every counter to zero.
    Zero();
    /// Sets the counters of a service and its real servers to zero.
    ZeroService(key: core::ServiceKey);
}

impl Item for core::Change {}

/// Of a change that is newer than this binding.
fn unknown(change: &core::Change) -> PyErr {
    PyTypeError::new_err(format!("{change} has no class"))
}
