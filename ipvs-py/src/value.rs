//! The value classes: frozen, compared, hashed, printed, copied and pickled by value.

use std::hash::{DefaultHasher, Hash, Hasher};

use pyo3::exceptions::{PyRecursionError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cross::object;

/// Makes a Python class of a type of the core.
///
/// `ordered` gives it the comparisons that the core's type has, and takes that value's name.
/// `text` gives it `parse` and `str`, and lets a text stand for it in arguments; `json` the
/// schema of `ipvs_core::json`. `needs` are its positional arguments, each with what it is of a
/// value; `held` a list whose tuple is made once; `takes` its keywords, which are fields of the
/// same name. `new` makes the value of what it needs, with every default: the core's own.
macro_rules! value {
    (
        in $module:tt;
        $(#[$doc:meta])*
        $name:ident($core:ty) as $it:ident
        $(ordered $ordered:ident;)?
        $(text $parse:ident;)?
        $(json $to_json:ident $from_json:ident $to_dict:ident $from_dict:ident;)?
        needs { $($need:ident: $need_type:ty = $need_get:expr,)* }
        $(held $held:ident: $held_type:ty = $held_get:expr;)?
        $(takes { $($take:ident: $take_type:ty,)+ })?
        new $new:expr;
        $(also { $($also:tt)* })?
    ) => {
        $(#[$doc])*
        #[pyclass(frozen, module = $module)]
        pub(crate) struct $name {
            pub(crate) it: $core,
            $($held: pyo3::sync::PyOnceLock<Py<PyAny>>,)?
        }

        impl $name {
            pub(crate) fn of(it: $core) -> Self {
                $name {
                    it,
                    $($held: pyo3::sync::PyOnceLock::new(),)?
                }
            }

            /// The same with every default.
            fn plain($it: &$core) -> $core {
                let _ = $it;
                $(let $need: $need_type = $need_get;)*
                $(let $held = <$held_type>::new();)?
                $new
            }

            /// What its constructor takes for keywords to make it again.
            fn keywords<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, pyo3::types::PyDict>> {
                let keywords = pyo3::types::PyDict::new(py);
                let $it = &self.it;
                $(
                    if !$held_get.is_empty() {
                        keywords.set_item(stringify!($held), self.$held(py)?)?;
                    }
                )?
                let plain = Self::plain($it);
                $(
                    $(
                        if $it.$take != plain.$take {
                            keywords.set_item(stringify!($take), $it.$take.give(py)?)?;
                        }
                    )+
                )?
                let _ = plain;
                Ok(keywords)
            }
        }

        #[pymethods]
        impl $name {
            #[new]
            #[pyo3(signature = (
                $($need,)*
                $($held = $crate::cross::Given::Absent,)?
                $(*, $($take = $crate::cross::Given::Absent,)+)?
            ))]
            #[allow(clippy::too_many_arguments, reason = "keywords")]
            fn new(
                $($need: &Bound<'_, PyAny>,)*
                $($held: $crate::cross::Given<'_>,)?
                $($($take: $crate::cross::Given<'_>,)+)?
            ) -> PyResult<Self> {
                $(let $need = <$need_type>::take($need, stringify!($need))?;)*
                $(let $held: $held_type = $held.take(stringify!($held))?.unwrap_or_default();)?
                #[allow(unused_mut, reason = "not every one takes keywords")]
                let mut it: $core = $new;
                $($($take.put::<$take_type>(&mut it.$take, stringify!($take))?;)+)?
                Ok($name::of(it))
            }

            $(
                #[getter]
                fn $need(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
                    let $it = &self.it;
                    let value: $need_type = $need_get;
                    value.give(py)
                }
            )*

            $(
                #[getter]
                fn $held(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
                    let $it = &self.it;
                    let tuple = self.$held.get_or_try_init(py, || $held_get.give(py))?;
                    Ok(tuple.clone_ref(py))
                }
            )?

            $($(
                #[getter]
                fn $take(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
                    self.it.$take.give(py)
                }
            )+)?

            #[classattr]
            fn __match_args__(py: Python<'_>) -> PyResult<Py<PyAny>> {
                let names: &[&str] = &[$(stringify!($need),)* $(stringify!($held),)?];
                Ok(pyo3::types::PyTuple::new(py, names)?.into_any().unbind())
            }

            fn __eq__(&self, other: &Self) -> bool {
                self.it == other.it
            }

            $(
                fn __lt__(&self, other: &Self) -> bool {
                    self.$ordered < other.$ordered
                }

                fn __le__(&self, other: &Self) -> bool {
                    self.$ordered <= other.$ordered
                }

                fn __gt__(&self, other: &Self) -> bool {
                    self.$ordered > other.$ordered
                }

                fn __ge__(&self, other: &Self) -> bool {
                    self.$ordered >= other.$ordered
                }
            )?

            fn __hash__(&self) -> u64 {
                $crate::value::hash(&self.it)
            }

            fn __repr__(&self) -> String {
                self.it.show()
            }

            #[pyo3(signature = (**changes))]
            fn replace(
                &self,
                py: Python<'_>,
                changes: Option<&Bound<'_, pyo3::types::PyDict>>,
            ) -> PyResult<Py<PyAny>> {
                let keywords = self.keywords(py)?;
                let $it = &self.it;
                $(
                    let value: $need_type = $need_get;
                    keywords.set_item(stringify!($need), value.give(py)?)?;
                )*
                let _ = $it;
                if let Some(changes) = changes {
                    keywords.update(changes.as_mapping())?;
                }
                Ok(py.get_type::<$name>().call((), Some(&keywords))?.unbind())
            }

            #[pyo3(signature = (**changes))]
            fn __replace__(
                &self,
                py: Python<'_>,
                changes: Option<&Bound<'_, pyo3::types::PyDict>>,
            ) -> PyResult<Py<PyAny>> {
                self.replace(py, changes)
            }

            fn __getnewargs_ex__<'py>(
                &self,
                py: Python<'py>,
            ) -> PyResult<(Bound<'py, pyo3::types::PyTuple>, Bound<'py, pyo3::types::PyDict>)> {
                let $it = &self.it;
                let needs: Vec<Py<PyAny>> = vec![$({
                    let value: $need_type = $need_get;
                    value.give(py)?
                },)*];
                let _ = $it;
                Ok((pyo3::types::PyTuple::new(py, needs)?, self.keywords(py)?))
            }

            fn __copy__(it: Py<Self>) -> Py<Self> {
                it
            }

            fn __deepcopy__(it: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
                it
            }

            $(
                #[staticmethod]
                fn $parse(text: &Bound<'_, PyAny>) -> PyResult<Self> {
                    let text = String::take(text, "text")?;
                    text.parse::<$core>().map($name::of).map_err($crate::error::raised)
                }

                fn __str__(&self) -> String {
                    self.it.to_string()
                }
            )?

            $(
                fn $to_json(&self, py: Python<'_>) -> PyResult<String> {
                    $crate::value::write_json(py, &self.it)
                }

                #[staticmethod]
                fn $from_json(py: Python<'_>, text: &Bound<'_, PyAny>) -> PyResult<Self> {
                    $crate::value::read_json(py, text).map($name::of)
                }

                fn $to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                    $crate::value::write_dict(py, &self.it)
                }

                #[staticmethod]
                fn $from_dict(data: &Bound<'_, PyAny>) -> PyResult<Self> {
                    $crate::value::read_dict(data).map($name::of)
                }
            )?

            $($($also)*)?
        }

        impl $crate::cross::Cross for $core {
            fn take(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
                $(
                    if value.is_instance_of::<pyo3::types::PyString>() {
                        let $parse = $crate::words::parsed(value, name);
                        return $parse;
                    }
                )?
                match value.cast::<$name>() {
                    Ok(value) => Ok(value.get().it.clone()),
                    Err(_) => {
                        Err($crate::cross::wrong_type(value, name, stringify!($name)))
                    }
                }
            }

            fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
                self.clone().hand(py)
            }

            fn hand(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
                Ok(Py::new(py, $name::of(self))?.into_any())
            }

            fn show(&self) -> String {
                let $it = self;
                let mut shown: Vec<String> = vec![$({
                    let value: $need_type = $need_get;
                    value.show()
                },)*];
                $(
                    if !$held_get.is_empty() {
                        shown.push($held_get.show());
                    }
                )?
                let plain = $name::plain($it);
                $(
                    $(
                        if $it.$take != plain.$take {
                            shown.push(format!("{}={}", stringify!($take), $it.$take.show()));
                        }
                    )+
                )?
                let _ = plain;
                #[allow(unused_mut, reason = "not every one has more than it needs")]
                let shown = std::mem::take(&mut shown).join(", ");
                format!("{}({shown})", stringify!($name))
            }
        }

        impl $crate::cross::Item for $core {}
    };
    ($($value:tt)*) => {
        $crate::value::value! { in "ipvs"; $($value)* }
    };
}
pub(crate) use value;

pub(crate) fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

pub(crate) fn write_json(py: Python<'_>, value: &(impl Serialize + Sync)) -> PyResult<String> {
    py.detach(|| serde_json::to_string(value))
        .map_err(unsayable)
}

pub(crate) fn read_json<T: DeserializeOwned + Send>(
    py: Python<'_>,
    text: &Bound<'_, PyAny>,
) -> PyResult<T> {
    let text = <String as crate::cross::Cross>::take(text, "text")?;
    py.detach(|| serde_json::from_str(&text)).map_err(unsayable)
}

/// By Python's own reader of JSON, which makes the dicts.
pub(crate) fn write_dict<'py>(
    py: Python<'py>,
    value: &(impl Serialize + Sync),
) -> PyResult<Bound<'py, PyAny>> {
    let text = write_json(py, value)?;
    py.import("json")?.call_method1("loads", (text,))
}

pub(crate) fn read_dict<T: DeserializeOwned + Send>(data: &Bound<'_, PyAny>) -> PyResult<T> {
    let data = object::<PyDict>(data, "data", "dict")?;
    let py = data.py();
    let text = py.import("json")?.call_method1("dumps", (data,));
    let text = text.map_err(|error| {
        if error.is_instance_of::<PyRecursionError>(py) {
            return PyValueError::new_err("data: it is nested too deeply");
        }
        error
    })?;
    read_json(py, text.cast::<PyString>()?)
}

/// What is wrong with a JSON text, with the field's name.
fn unsayable(error: serde_json::Error) -> PyErr {
    PyValueError::new_err(error.to_string())
}
