//! What has a name: enums, flags and names. Their classes are Python's own, in `ipvs._enums`.

use std::net::IpAddr;

use ipvs_core as core;
use ipvs_core::procfs::{ConnectionState, Origin};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyInt, PyString};

use crate::cross::{Cross, wrong_type, wrong_value};

const ENUMS: &str = "ipvs._enums";

/// The members of an enum's class by their values.
type Members = PyOnceLock<Py<PyDict>>;

/// The member of a value; what has no member stays as it is, since a kernel may know more.
fn member<'py>(
    py: Python<'py>,
    members: &Members,
    class: &str,
    value: impl IntoPyObject<'py, Error: Into<PyErr>>,
) -> PyResult<Py<PyAny>> {
    let members = members.get_or_try_init(py, || {
        let members = PyDict::new(py);
        for member in py.import(ENUMS)?.getattr(class)?.try_iter()? {
            let member = member?;
            members.set_item(member.getattr("value")?, member)?;
        }
        PyResult::Ok(members.unbind())
    })?;
    let value = value.into_bound_py_any(py)?;
    let member = members.bind(py).get_item(&value)?;
    Ok(member.unwrap_or(value).unbind())
}

/// Reads a text into a value of the core.
pub(crate) fn parsed<T>(value: &Bound<'_, PyAny>, name: &str) -> PyResult<T>
where
    T: std::str::FromStr<Err = core::Error>,
{
    let text = String::take(value, name)?;
    text.parse()
        .map_err(|error: core::Error| wrong_value(name, error.cause()))
}

/// Names: text both ways, and a member where there is one.
macro_rules! texts {
    ($($type:ty as $class:literal,)*) => {$(
        impl Cross for $type {
            fn take(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
                parsed(value, name)
            }

            fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
                static MEMBERS: Members = Members::new();
                member(py, &MEMBERS, $class, self.to_string())
            }

            fn show(&self) -> String {
                self.to_string().show()
            }
        }
    )*};
}

texts! {
    core::DaemonRole as "DaemonRole",
    core::Family as "Family",
    core::PersistenceEngine as "PersistenceEngine",
    core::Scheduler as "Scheduler",
    ConnectionState as "ConnectionState",
    Origin as "Origin",
}

/// A name that has no class.
impl Cross for core::InterfaceName {
    fn take(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        parsed(value, name)
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.to_string().give(py)
    }

    fn show(&self) -> String {
        self.to_string().show()
    }
}

/// Kernel numbers: a number or its name in; a member out, or the plain number.
macro_rules! numbered {
    ($($type:ty: $number:ty as $class:literal = $new:expr,)*) => {$(
        impl Cross for $type {
            fn take(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
                if value.is_instance_of::<PyString>() {
                    return parsed(value, name);
                }
                let number = <$number>::take(value, name)?;
                $new(number).ok_or_else(|| wrong_value(name, &format!("{number} is too large")))
            }

            fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
                static MEMBERS: Members = Members::new();
                member(py, &MEMBERS, $class, self.number())
            }

            fn show(&self) -> String {
                if self.is_known() {
                    format!("{}.{}", $class, constant(&self.to_string()))
                } else {
                    self.number().to_string()
                }
            }
        }
    )*};
}

numbered! {
    core::Protocol: u16 as "Protocol" = |number| Some(core::Protocol::new(number)),
    core::ForwardMethod: u8 as "ForwardMethod" = core::ForwardMethod::new,
    core::TunnelKind: u8 as "TunnelKind" = |number| Some(core::TunnelKind::new(number)),
}

/// What a word is called as a constant: `direct-route` is `DIRECT_ROUTE`.
fn constant(word: &str) -> String {
    word.to_ascii_uppercase().replace('-', "_")
}

/// Flags: a number or the names in, flags out, which keep the bits that have no name.
macro_rules! flags {
    ($($type:ty: $bits:ty as $class:literal = $take:expr,)*) => {$(
        impl Cross for $type {
            fn take(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
                $take(value, name)
            }

            fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
                static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
                let class = CLASS.get_or_try_init(py, || {
                    PyResult::Ok(py.import(ENUMS)?.getattr($class)?.unbind())
                })?;
                class.call1(py, (self.bits(),))
            }

            fn show(&self) -> String {
                let mut named = self.iter_names();
                let names = named.by_ref().map(|(name, _)| format!("{}.{name}", $class));
                let mut shown: Vec<_> = names.collect();
                let rest = named.remaining().bits();
                if rest != 0 || shown.is_empty() {
                    shown.push(format!("{}({rest})", $class));
                }
                shown.join(" | ")
            }
        }
    )*};
}

flags! {
    core::ServiceFlags: u32 as "ServiceFlags" = |value, name| words_or_bits(value, name, core::ServiceFlags::from_bits_retain),
    core::TunnelFlags: u16 as "TunnelFlags" = |value, name| words_or_bits(value, name, core::TunnelFlags::from_bits_retain),
    core::Differences: u32 as "Differences" = |value, name| u32::take(value, name).map(core::Differences::from_bits_retain),
}

fn words_or_bits<T, B>(value: &Bound<'_, PyAny>, name: &str, flags: fn(B) -> T) -> PyResult<T>
where
    T: std::str::FromStr<Err = core::Error>,
    B: Cross,
{
    if value.is_instance_of::<PyString>() {
        return parsed(value, name);
    }
    B::take(value, name).map(flags)
}

/// Enums of the core that have neither text nor number there: each with its text here.
macro_rules! enums {
    ($($type:ty as $class:literal { $($variant:path = $text:literal,)* })*) => {$(
        impl Cross for $type {
            fn take(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
                let text = String::take(value, name)?;
                match text.as_str() {
                    $($text => Ok($variant),)*
                    _ => {
                        let known = [$($text),*].join(" or ");
                        Err(wrong_value(name, &format!("{} is not {known}", text.show())))
                    }
                }
            }

            fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
                static MEMBERS: Members = Members::new();
                let known = [$(($variant, $text),)*];
                let text = known.iter().find(|(variant, _)| variant == self);
                member(py, &MEMBERS, $class, text.map(|(_, text)| *text))
            }

            fn show(&self) -> String {
                let known = [$(($variant, $text),)*];
                let text = known.iter().find(|(variant, _)| variant == self);
                text.map_or_else(String::new, |(_, text)| format!("{}.{}", $class, constant(text)))
            }
        }
    )*};
}

enums! {
    core::Checks as "Checks" {
        core::Checks::Full = "full",
        core::Checks::Kernel = "kernel",
    }
    core::Applied as "Applied" {
        core::Applied::No = "no",
        core::Applied::Yes = "yes",
        core::Applied::Unknown = "unknown",
    }
}

/// The number of bits.
impl Cross for core::StatsWidth {
    fn take(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        match u8::take(value, name)? {
            64 => Ok(core::StatsWidth::Bits64),
            32 => Ok(core::StatsWidth::Bits32),
            bits => Err(wrong_value(name, &format!("{bits} is neither 64 nor 32"))),
        }
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        static MEMBERS: Members = Members::new();
        member(py, &MEMBERS, "StatsWidth", bits(*self))
    }

    fn show(&self) -> String {
        bits(*self).to_string()
    }
}

fn bits(width: core::StatsWidth) -> u8 {
    match width {
        core::StatsWidth::Bits64 => 64,
        core::StatsWidth::Bits32 => 32,
    }
}

/// An IPv4 mask as an address, an IPv6 one as the length of its prefix.
impl Cross for core::Netmask {
    fn take(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        if value.is_instance_of::<PyString>() {
            return parsed(value, name);
        }
        if value.is_instance_of::<PyInt>() {
            return u8::take(value, name).map(core::Netmask::V6);
        }
        match IpAddr::take(value, name) {
            Ok(IpAddr::V4(mask)) => Ok(core::Netmask::V4(mask)),
            _ => {
                let expected = "an IPv4 mask or the length of an IPv6 prefix";
                Err(wrong_type(value, name, expected))
            }
        }
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        match self {
            core::Netmask::V4(mask) => IpAddr::V4(*mask).give(py),
            core::Netmask::V6(length) => length.give(py),
        }
    }

    fn show(&self) -> String {
        match self {
            core::Netmask::V4(mask) => format!("\"{mask}\""),
            core::Netmask::V6(length) => length.show(),
        }
    }
}

/// What an operation, a kind of error or a reason is called in Python.
pub(crate) fn named(py: Python<'_>, class: Class, value: &str) -> PyResult<Py<PyAny>> {
    static OPS: Members = Members::new();
    static REASONS: Members = Members::new();
    match class {
        Class::Op => member(py, &OPS, "Op", value),
        Class::Reason => member(py, &REASONS, "Reason", value),
    }
}

/// The enums whose values only come out.
pub(crate) enum Class {
    Op,
    Reason,
}
