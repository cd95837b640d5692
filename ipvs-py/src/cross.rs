//! Values that cross between Python and the core: one trait, one implementation a type.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use pyo3::PyTypeCheck;
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDelta, PyFloat, PyInt, PyString, PyTuple, PyType};

/// A type of the core that has a form in Python.
pub(crate) trait Cross: Sized {
    /// What a caller passed as the argument of this name: `TypeError` for another type,
    /// `ValueError` for a value that the type cannot hold, both with the name.
    fn take(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self>;

    /// Its form in Python.
    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>>;

    /// The same of a value that nobody else needs: a large one is not copied.
    fn hand(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.give(py)
    }

    /// Python source that evaluates to it, for `repr`.
    fn show(&self) -> String;
}

/// A keyword that may be left out, which is not the same as `None`.
pub(crate) enum Given<'py> {
    Absent,
    As(Bound<'py, PyAny>),
}

impl<'py> FromPyObject<'_, 'py> for Given<'py> {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        Ok(Given::As(value.to_owned()))
    }
}

impl Given<'_> {
    /// Its value, if it was given.
    pub(crate) fn take<T: Cross>(&self, name: &str) -> PyResult<Option<T>> {
        match self {
            Given::Absent => Ok(None),
            Given::As(value) => T::take(value, name).map(Some),
        }
    }

    /// Puts its value into a place, if it was given.
    pub(crate) fn put<T: Cross>(&self, place: &mut T, name: &str) -> PyResult<()> {
        if let Some(value) = self.take(name)? {
            *place = value;
        }
        Ok(())
    }
}

pub(crate) fn wrong_type(value: &Bound<'_, PyAny>, name: &str, expected: &str) -> PyErr {
    let found = value
        .get_type()
        .name()
        .map_or_else(|_| "something else".to_owned(), |name| name.to_string());
    PyTypeError::new_err(format!("{name}: expected {expected}, not {found}"))
}

/// An object that is used where it is, such as a client.
pub(crate) fn object<'a, 'py, T: PyTypeCheck>(
    value: &'a Bound<'py, PyAny>,
    name: &str,
    class: &str,
) -> PyResult<&'a Bound<'py, T>> {
    value.cast().map_err(|_| wrong_type(value, name, class))
}

pub(crate) fn wrong_value(name: &str, cause: &str) -> PyErr {
    PyValueError::new_err(format!("{name}: {cause}"))
}

/// A caller's value in a message; it may be long.
fn quoted(value: &Bound<'_, PyAny>) -> String {
    let text = value.repr().map(|text| text.to_string());
    text.map_or_else(
        |_| "the value".to_owned(),
        |text| text.chars().take(60).collect(),
    )
}

macro_rules! numbers {
    ($($number:ty)*) => {$(
        impl Cross for $number {
            fn take(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
                value.extract().map_err(|error: PyErr| {
                    if error.is_instance_of::<PyOverflowError>(value.py()) {
                        let (number, min, max) = (quoted(value), <$number>::MIN, <$number>::MAX);
                        wrong_value(name, &format!("{number} is not from {min} to {max}"))
                    } else if error.is_instance_of::<PyTypeError>(value.py()) {
                        wrong_type(value, name, "int")
                    } else {
                        error
                    }
                })
            }

            fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
                Ok(self.into_pyobject(py)?.into_any().unbind())
            }

            fn show(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

numbers! { u8 u16 u32 u64 usize i32 i128 }

impl Cross for bool {
    fn take(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        value.extract().map_err(|_| wrong_type(value, name, "bool"))
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(self.into_pyobject(py)?.to_owned().into_any().unbind())
    }

    fn show(&self) -> String {
        if *self { "True" } else { "False" }.to_owned()
    }
}

impl Cross for String {
    fn take(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        let text = value
            .cast::<PyString>()
            .map_err(|_| wrong_type(value, name, "str"))?;
        text.to_str()
            .map(str::to_owned)
            .map_err(|_| wrong_value(name, "it holds a lone surrogate"))
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(PyString::new(py, self).into_any().unbind())
    }

    /// Rust's escapes are not Python's: what is not plain is written by its number.
    fn show(&self) -> String {
        let mut shown = String::from("\"");
        for character in self.chars() {
            match character {
                '"' | '\\' => shown.extend(['\\', character]),
                ' '..='~' => shown.push(character),
                _ => shown += &format!("\\U{:08x}", u32::from(character)),
            }
        }
        shown + "\""
    }
}

/// Bytes, out of anything that is some.
impl Cross for Vec<u8> {
    fn take(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        let bytes = value
            .cast::<PyBytes>()
            .map_err(|_| wrong_type(value, name, "bytes"))?;
        Ok(bytes.as_bytes().to_vec())
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(PyBytes::new(py, self).into_any().unbind())
    }

    fn show(&self) -> String {
        let digits = self.iter().map(|byte| format!("\\x{byte:02x}"));
        format!("b\"{}\"", digits.collect::<String>())
    }
}

impl<T: Cross> Cross for Option<T> {
    fn take(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        if value.is_none() {
            return Ok(None);
        }
        T::take(value, name).map(Some)
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        match self {
            Some(value) => value.give(py),
            None => Ok(py.None()),
        }
    }

    fn show(&self) -> String {
        self.as_ref().map_or_else(|| "None".to_owned(), T::show)
    }
}

/// What a list of values holds; a byte string is no list of numbers.
pub(crate) trait Item: Cross {}

/// Any iterable in, a tuple out.
impl<T: Item> Cross for Vec<T> {
    fn take(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        let expected = || wrong_type(value, name, "an iterable");
        if value.is_instance_of::<PyString>() {
            return Err(expected());
        }
        let items = value.try_iter().map_err(|_| expected())?;
        let mut list = Vec::new();
        // Not collected: that asks how many there will be, and who is asked may say anything.
        for item in items {
            list.push(T::take(&item?, name)?);
        }
        Ok(list)
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let items: Vec<_> = self
            .iter()
            .map(|item| item.give(py))
            .collect::<PyResult<_>>()?;
        Ok(PyTuple::new(py, items)?.into_any().unbind())
    }

    fn show(&self) -> String {
        let items: Vec<_> = self.iter().map(T::show).collect();
        format!("[{}]", items.join(", "))
    }
}

impl Item for u32 {}
impl Item for (String, String) {}
impl<A: Cross, B: Cross> Cross for (A, B) {
    fn take(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        let (first, second): (Bound<'_, PyAny>, Bound<'_, PyAny>) = value
            .extract()
            .map_err(|_| wrong_type(value, name, "a tuple of two"))?;
        Ok((A::take(&first, name)?, B::take(&second, name)?))
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let pair = (self.0.give(py)?, self.1.give(py)?);
        Ok(pair.into_pyobject(py)?.into_any().unbind())
    }

    fn show(&self) -> String {
        format!("({}, {})", self.0.show(), self.1.show())
    }
}

/// A text or an object of `ipaddress` in, such an object out.
impl Cross for IpAddr {
    fn take(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        if value.is_instance_of::<PyString>() {
            let text = String::take(value, name)?;
            return text.parse().map_err(|_| {
                let cause = format!("{} is not an IPv4 or IPv6 address", quoted(value));
                wrong_value(name, &cause)
            });
        }
        static V4: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        static V6: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let py = value.py();
        let v4 = V4.import(py, "ipaddress", "IPv4Address")?;
        let v6 = V6.import(py, "ipaddress", "IPv6Address")?;
        if !value.is_instance(v4)? && !value.is_instance(v6)? {
            return Err(wrong_type(value, name, "an IP address"));
        }
        let zone = value.getattr_opt("scope_id")?;
        if zone.is_some_and(|zone| !zone.is_none()) {
            return Err(wrong_value(name, "the kernel keeps no zone of an address"));
        }
        value.extract()
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(self.into_pyobject(py)?.unbind())
    }

    fn show(&self) -> String {
        format!("\"{self}\"")
    }
}

/// `timedelta` or seconds in, `timedelta` out, or seconds where that cannot hold them (which
/// no kernel sends); whole seconds.
impl Cross for Duration {
    fn take(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        let time = time(value, name)?;
        if time.subsec_nanos() != 0 {
            let cause = format!("{} is not in whole seconds", quoted(value));
            return Err(wrong_value(name, &cause));
        }
        Ok(time)
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        match self.into_pyobject(py) {
            Ok(time) => Ok(time.into_any().unbind()),
            Err(_) => self.as_secs().give(py),
        }
    }

    fn show(&self) -> String {
        self.as_secs().to_string()
    }
}

/// A length of time: `timedelta` or seconds, with their fractions.
pub(crate) fn time(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Duration> {
    let refused = || wrong_value(name, &format!("{} is no length of time", quoted(value)));
    if value.is_instance_of::<PyDelta>() {
        return value.extract().map_err(|_| refused());
    }
    if value.is_instance_of::<PyInt>() {
        return u64::take(value, name).map(Duration::from_secs);
    }
    if value.is_instance_of::<PyFloat>() {
        return Duration::try_from_secs_f64(value.extract()?).map_err(|_| refused());
    }
    Err(wrong_type(value, name, "timedelta or seconds"))
}

/// What Python cannot count from 1970 is no exception of a caller's own.
fn out_of_range(error: PyErr, value: &Bound<'_, PyAny>, name: &str) -> PyErr {
    let py = value.py();
    if error.is_instance_of::<PyValueError>(py) || error.is_instance_of::<PyOverflowError>(py) {
        return wrong_value(name, &format!("{} is too far away", quoted(value)));
    }
    error
}

/// A point in time: `datetime`, or seconds since 1970 as `time.time` counts them.
pub(crate) fn moment(value: &Bound<'_, PyAny>, name: &str) -> PyResult<SystemTime> {
    let seconds = match value.getattr_opt("timestamp")? {
        Some(timestamp) => timestamp
            .call0()
            .map_err(|error| out_of_range(error, value, name))?,
        None => value.clone(),
    };
    if !seconds.is_instance_of::<PyFloat>() && !seconds.is_instance_of::<PyInt>() {
        return Err(wrong_type(value, name, "datetime or seconds since 1970"));
    }
    let since = time(&seconds, name)?;
    SystemTime::UNIX_EPOCH
        .checked_add(since)
        .ok_or_else(|| wrong_value(name, &format!("{} is too far away", quoted(value))))
}
