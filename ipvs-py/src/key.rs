//! What identifies a virtual service: an address or a firewall mark, in one class.

use std::net::IpAddr;

use ipvs_core as core;
use ipvs_core::procfs::KernelServiceKey as KernelKey;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::cross::{Cross, Given, Item, wrong_type};
use crate::error::raised;
use crate::value::{hash, read_dict, read_json, write_dict, write_json};
use crate::words::parsed;

/// What the arguments of a key say.
enum Parts {
    Address(core::Protocol, IpAddr, u16),
    Mark(u32),
}

fn parts(
    protocol: &Given<'_>,
    address: &Given<'_>,
    port: &Given<'_>,
    mark: &Given<'_>,
) -> PyResult<Parts> {
    match (protocol, address, port, mark.take("mark")?) {
        (Given::Absent, Given::Absent, Given::Absent, Some(mark)) => Ok(Parts::Mark(mark)),
        (Given::As(protocol), Given::As(address), Given::As(port), None) => Ok(Parts::Address(
            core::Protocol::take(protocol, "protocol")?,
            IpAddr::take(address, "address")?,
            u16::take(port, "port")?,
        )),
        _ => Err(PyTypeError::new_err(
            "expected protocol, address and port, or mark",
        )),
    }
}

/// Makes a class of one of the two types: they differ in the family of a mark.
macro_rules! key {
    (
        $(#[$doc:meta])*
        $name:ident($core:ident) as $it:ident
        mark $mark_pattern:pat => $mark:ident
        $(keyword $family:ident: $family_type:ty = $family_get:expr;)?
        new |$parts:ident| $new:expr;
        show $show:expr;
        also { $($also:tt)* }
    ) => {
        $(#[$doc])*
        #[pyclass(frozen, module = "ipvs")]
        pub(crate) struct $name {
            it: $core,
        }

        impl $name {
            fn keywords<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
                let keywords = PyDict::new(py);
                match self.it {
                    $core::Address { protocol, address, port } => {
                        keywords.set_item("protocol", protocol.give(py)?)?;
                        keywords.set_item("address", address.give(py)?)?;
                        keywords.set_item("port", port)?;
                    }
                    $mark_pattern => {
                        keywords.set_item("mark", $mark)?;
                        $(
                            let $it = &self.it;
                            keywords.set_item(stringify!($family), $family_get.give(py)?)?;
                        )?
                    }
                }
                Ok(keywords)
            }
        }

        #[pymethods]
        impl $name {
            #[new]
            #[pyo3(signature = (
                protocol = Given::Absent,
                address = Given::Absent,
                port = Given::Absent,
                *,
                mark = Given::Absent,
                $($family = Given::Absent,)?
            ))]
            fn new(
                protocol: Given<'_>,
                address: Given<'_>,
                port: Given<'_>,
                mark: Given<'_>,
                $($family: Given<'_>,)?
            ) -> PyResult<Self> {
                let $parts = parts(&protocol, &address, &port, &mark)?;
                $(
                    if let (Parts::Address(..), Given::As(_)) = (&$parts, &$family) {
                        return Err(PyTypeError::new_err("family goes with mark only"));
                    }
                    let $family = $family.take::<$family_type>(stringify!($family))?;
                )?
                Ok($name { it: $new })
            }

            #[getter]
            fn protocol(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
                match self.it {
                    $core::Address { protocol, .. } => protocol.give(py),
                    _ => Ok(py.None()),
                }
            }

            #[getter]
            fn address(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
                match self.it {
                    $core::Address { address, .. } => address.give(py),
                    _ => Ok(py.None()),
                }
            }

            #[getter]
            fn port(&self) -> Option<u16> {
                match self.it {
                    $core::Address { port, .. } => Some(port),
                    _ => None,
                }
            }

            #[getter]
            fn mark(&self) -> Option<u32> {
                match self.it {
                    $mark_pattern => Some($mark),
                    _ => None,
                }
            }

            #[classattr]
            fn __match_args__() -> (&'static str, &'static str, &'static str) {
                ("protocol", "address", "port")
            }

            fn __eq__(&self, other: &Self) -> bool {
                self.it == other.it
            }

            fn __hash__(&self) -> u64 {
                hash(&self.it)
            }

            fn __repr__(&self) -> String {
                self.it.show()
            }

            #[pyo3(signature = (**changes))]
            fn replace(
                &self,
                py: Python<'_>,
                changes: Option<&Bound<'_, PyDict>>,
            ) -> PyResult<Py<PyAny>> {
                let keywords = self.keywords(py)?;
                if let Some(changes) = changes {
                    keywords.update(changes.as_mapping())?;
                }
                Ok(py.get_type::<$name>().call((), Some(&keywords))?.unbind())
            }

            #[pyo3(signature = (**changes))]
            fn __replace__(
                &self,
                py: Python<'_>,
                changes: Option<&Bound<'_, PyDict>>,
            ) -> PyResult<Py<PyAny>> {
                self.replace(py, changes)
            }

            fn __getnewargs_ex__<'py>(
                &self,
                py: Python<'py>,
            ) -> PyResult<((), Bound<'py, PyDict>)> {
                Ok(((), self.keywords(py)?))
            }

            fn __copy__(it: Py<Self>) -> Py<Self> {
                it
            }

            fn __deepcopy__(it: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
                it
            }

            $($also)*
        }

        impl Cross for $core {
            fn take(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
                match value.cast::<$name>() {
                    Ok(value) => Ok(value.get().it),
                    Err(_) => <$core as OtherForms>::of(value, name),
                }
            }

            fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
                Ok(Py::new(py, $name { it: *self })?.into_any())
            }

            fn show(&self) -> String {
                let $it = self;
                $show
            }
        }

        impl Item for $core {}
    };
}

/// What else may stand for a key in an argument.
trait OtherForms: Sized {
    fn of(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self>;
}

impl OtherForms for core::ServiceKey {
    fn of(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        if value.is_instance_of::<PyString>() {
            return parsed(value, name);
        }
        Err(wrong_type(value, name, "ServiceKey"))
    }
}

impl OtherForms for KernelKey {
    fn of(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        let key = core::ServiceKey::take(value, name).map_err(|error| {
            if error.is_instance_of::<PyTypeError>(value.py()) {
                return wrong_type(value, name, "KernelServiceKey");
            }
            error
        });
        key.map(KernelKey::from)
    }
}

key! {
    /// What identifies a virtual service.
    ServiceKey(ServiceKeyOfCore) as it
    mark core::ServiceKey::FirewallMark { mark, .. } => mark
    keyword family: core::Family = it.family();
    new |parts| match parts {
        Parts::Address(protocol, address, port) => {
            core::ServiceKey::address(protocol, address, port)
        }
        Parts::Mark(mark) => {
            core::ServiceKey::firewall_mark(mark, family.unwrap_or(core::Family::V4))
        }
    };
    show match *it {
        core::ServiceKey::Address { protocol, address, port } if protocol.is_known() => {
            format!("ServiceKey.{protocol}({}, {port})", address.show())
        }
        core::ServiceKey::Address { protocol, address, port } => {
            format!("ServiceKey({}, {}, {port})", protocol.show(), address.show())
        }
        core::ServiceKey::FirewallMark { mark, family } => {
            format!("ServiceKey.firewall_mark({mark}, {})", family.show())
        }
    };
    also {
        #[staticmethod]
        fn tcp(address: &Bound<'_, PyAny>, port: &Bound<'_, PyAny>) -> PyResult<Self> {
            at(core::Protocol::TCP, address, port)
        }

        #[staticmethod]
        fn udp(address: &Bound<'_, PyAny>, port: &Bound<'_, PyAny>) -> PyResult<Self> {
            at(core::Protocol::UDP, address, port)
        }

        #[staticmethod]
        fn sctp(address: &Bound<'_, PyAny>, port: &Bound<'_, PyAny>) -> PyResult<Self> {
            at(core::Protocol::SCTP, address, port)
        }

        #[staticmethod]
        #[pyo3(signature = (mark, family = Given::Absent))]
        fn firewall_mark(mark: &Bound<'_, PyAny>, family: Given<'_>) -> PyResult<Self> {
            ServiceKey::new(Given::Absent, Given::Absent, Given::Absent, Given::As(mark.clone()), family)
        }

        #[getter]
        fn family(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
            self.it.family().give(py)
        }

        fn __lt__(&self, other: &Self) -> bool {
            self.it < other.it
        }

        fn __le__(&self, other: &Self) -> bool {
            self.it <= other.it
        }

        fn __gt__(&self, other: &Self) -> bool {
            self.it > other.it
        }

        fn __ge__(&self, other: &Self) -> bool {
            self.it >= other.it
        }

        fn __str__(&self) -> String {
            self.it.to_string()
        }

        #[staticmethod]
        fn parse(text: &Bound<'_, PyAny>) -> PyResult<Self> {
            let text = String::take(text, "text")?;
            text.parse().map(|it| ServiceKey { it }).map_err(raised)
        }

        fn to_json(&self, py: Python<'_>) -> PyResult<String> {
            write_json(py, &self.it)
        }

        #[staticmethod]
        fn from_json(py: Python<'_>, text: &Bound<'_, PyAny>) -> PyResult<Self> {
            read_json(py, text).map(|it| ServiceKey { it })
        }

        fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            write_dict(py, &self.it)
        }

        #[staticmethod]
        fn from_dict(data: &Bound<'_, PyAny>) -> PyResult<Self> {
            read_dict(data).map(|it| ServiceKey { it })
        }
    }
}

type ServiceKeyOfCore = core::ServiceKey;

/// A key by address, whose protocol is said by the name.
fn at(
    protocol: core::Protocol,
    address: &Bound<'_, PyAny>,
    port: &Bound<'_, PyAny>,
) -> PyResult<ServiceKey> {
    let (address, port) = (IpAddr::take(address, "address")?, u16::take(port, "port")?);
    let it = core::ServiceKey::address(protocol, address, port);
    Ok(ServiceKey { it })
}

key! {
    /// What identifies a service, as far as `/proc/net/ip_vs` tells.
    KernelServiceKey(KernelKey) as it

    mark KernelKey::FirewallMark(mark) => mark
    new |parts| match parts {
        Parts::Address(protocol, address, port) => KernelKey::Address { protocol, address, port },
        Parts::Mark(mark) => KernelKey::FirewallMark(mark),
    };
    show match *it {
        KernelKey::Address { protocol, address, port } => {
            format!("KernelServiceKey({}, {}, {port})", protocol.show(), address.show())
        }
        KernelKey::FirewallMark(mark) => format!("KernelServiceKey(mark={mark})"),
    };
    also {}
}
