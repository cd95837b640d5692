//! The kernel in memory: `ipvs.fake`.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipvs_core as core;
use ipvs_core::fake;
use pyo3::prelude::*;
use pyo3::types::PyFrozenSet;

use crate::client::{Client, options};
use crate::cross::{Cross, Given, Item, time};
use crate::error::raised;
use crate::value::value;

pub(crate) use crate::faults::{Fault, When};

/// A machine with an IPVS kernel, in memory.
#[pyclass(frozen, name = "Kernel", module = "ipvs.fake")]
pub(crate) struct FakeKernel {
    it: fake::Kernel,
}

#[pymethods]
impl FakeKernel {
    #[new]
    #[pyo3(signature = (environment = Given::Absent))]
    fn new(environment: Given<'_>) -> PyResult<Self> {
        let environment = environment.take("environment")?.unwrap_or_default();
        let it = fake::Kernel::with(environment);
        Ok(FakeKernel { it })
    }

    fn client(&self, py: Python<'_>) -> PyResult<Client> {
        let client = py.detach(|| self.it.client());
        client.map(Client::of).map_err(raised)
    }

    #[pyo3(signature = (netns = None, *, deadline = Given::Absent, checks = Given::Absent))]
    fn open(
        &self,
        py: Python<'_>,
        netns: Option<&Bound<'_, PyAny>>,
        deadline: Given<'_>,
        checks: Given<'_>,
    ) -> PyResult<Client> {
        let options = options(netns, &deadline, &checks)?;
        let client = py.detach(|| self.it.open(&options));
        client.map(Client::of).map_err(raised)
    }

    #[getter]
    fn initial(&self) -> FakeNamespace {
        let it = self.it.initial();
        FakeNamespace { it }
    }

    fn namespace(&self, name: &Bound<'_, PyAny>) -> PyResult<FakeNamespace> {
        let it = self.it.namespace(&String::take(name, "name")?);
        Ok(FakeNamespace { it })
    }

    fn new_namespace(&self) -> FakeNamespace {
        let it = self.it.new_namespace();
        FakeNamespace { it }
    }

    #[getter]
    fn now(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.it.now().give(py)
    }

    fn advance(&self, py: Python<'_>, by: &Bound<'_, PyAny>) -> PyResult<()> {
        let by = time(by, "by")?;
        py.detach(|| self.it.advance(by));
        Ok(())
    }

    fn load_module(&self, name: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(self.it.load_module(&String::take(name, "name")?))
    }

    fn unload_module(&self, name: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(self.it.unload_module(&String::take(name, "name")?))
    }

    fn inject(&self, when: &Bound<'_, PyAny>, fault: &Bound<'_, PyAny>) -> PyResult<()> {
        let when = fake::When::take(when, "when")?;
        let fault = fake::Fault::take(fault, "fault")?;
        self.it.inject(when, fault);
        Ok(())
    }

    fn clear_faults(&self) {
        self.it.clear_faults();
    }

    #[getter]
    fn pending_faults(&self) -> usize {
        self.it.pending_faults()
    }

    #[getter]
    fn calls(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.it.calls().give(py)
    }
}

/// A network namespace of a fake kernel, and what goes on in it.
#[pyclass(frozen, name = "Namespace", module = "ipvs.fake")]
pub(crate) struct FakeNamespace {
    it: fake::Namespace,
}

#[pymethods]
impl FakeNamespace {
    fn client(&self, py: Python<'_>) -> PyResult<Client> {
        let client = py.detach(|| self.it.client());
        client.map(Client::of).map_err(raised)
    }

    #[pyo3(signature = (*, deadline = Given::Absent, checks = Given::Absent))]
    fn open(&self, py: Python<'_>, deadline: Given<'_>, checks: Given<'_>) -> PyResult<Client> {
        let options = options(None, &deadline, &checks)?;
        let client = py.detach(|| self.it.open(&options));
        client.map(Client::of).map_err(raised)
    }

    fn set_interface(&self, interface: &Bound<'_, PyAny>) -> PyResult<()> {
        let interface = fake::Interface::take(interface, "interface")?;
        self.it.set_interface(interface);
        Ok(())
    }

    fn remove_interface(&self, name: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(self.it.remove_interface(&String::take(name, "name")?))
    }

    fn take_port(&self, port: &Bound<'_, PyAny>) -> PyResult<()> {
        self.it.take_port(u16::take(port, "port")?);
        Ok(())
    }

    fn release_port(&self, port: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(self.it.release_port(u16::take(port, "port")?))
    }

    fn count(
        &self,
        service: &Bound<'_, PyAny>,
        dest: &Bound<'_, PyAny>,
        traffic: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let service = core::ServiceKey::take(service, "service")?;
        let dest = core::DestKey::take(dest, "dest")?;
        let traffic = core::Stats::take(traffic, "traffic")?;
        self.it.count(&service, &dest, &traffic).map_err(raised)
    }

    fn set_service_stats(
        &self,
        service: &Bound<'_, PyAny>,
        stats: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let service = core::ServiceKey::take(service, "service")?;
        let stats = core::Stats::take(stats, "stats")?;
        self.it.set_service_stats(&service, &stats).map_err(raised)
    }

    fn set_dest_stats(
        &self,
        service: &Bound<'_, PyAny>,
        dest: &Bound<'_, PyAny>,
        stats: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let service = core::ServiceKey::take(service, "service")?;
        let dest = core::DestKey::take(dest, "dest")?;
        let stats = core::Stats::take(stats, "stats")?;
        let set = self.it.set_dest_stats(&service, &dest, &stats);
        set.map_err(raised)
    }

    fn set_total_stats(&self, stats: &Bound<'_, PyAny>) -> PyResult<()> {
        let stats = core::Stats::take(stats, "stats")?;
        self.it.set_total_stats(&stats).map_err(raised)
    }

    #[pyo3(signature = (
        service, dest, *, active = Given::Absent, inactive = Given::Absent,
        persistent = Given::Absent,
    ))]
    fn set_dest_connections(
        &self,
        service: &Bound<'_, PyAny>,
        dest: &Bound<'_, PyAny>,
        active: Given<'_>,
        inactive: Given<'_>,
        persistent: Given<'_>,
    ) -> PyResult<()> {
        let service = core::ServiceKey::take(service, "service")?;
        let dest = core::DestKey::take(dest, "dest")?;
        let active = active.take("active")?.unwrap_or_default();
        let inactive = inactive.take("inactive")?.unwrap_or_default();
        let persistent = persistent.take("persistent")?.unwrap_or_default();
        let it = &self.it;
        it.set_dest_connections(&service, &dest, active, inactive, persistent)
            .map_err(raised)
    }

    fn set_connections(&self, connections: &Bound<'_, PyAny>) -> PyResult<()> {
        let connections = Vec::take(connections, "connections")?;
        self.it.set_connections(connections).map_err(raised)
    }

    fn file(&self, py: Python<'_>, name: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        self.it.file(&String::take(name, "name")?)?.give(py)
    }

    fn sysctl(&self, py: Python<'_>, name: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        self.it.sysctl(&String::take(name, "name")?)?.give(py)
    }

    fn set_sysctl(&self, name: &Bound<'_, PyAny>, text: &Bound<'_, PyAny>) -> PyResult<usize> {
        let text = Vec::<u8>::take(text, "text")?;
        Ok(self.it.set_sysctl(&String::take(name, "name")?, &text)?)
    }
}

value! {
    in "ipvs.fake";
    /// The machine that a fake kernel runs on, and how it was built.
    Environment(fake::Environment) as it
    needs { }
    takes {
        release: fake::Release,
        modules: BTreeSet<String>,
        loaded: BTreeSet<String>,
        hz: u32,
        ipv6: bool,
        processors: u32,
        connection_table_bits: u32,
        privileged: bool,
        seed: u64,
    }
    new fake::Environment::new();
}

value! {
    in "ipvs.fake";
    /// A release of the kernel.
    Release(fake::Release) as it
    text parse;
    needs { major: u16 = it.major, minor: u16 = it.minor, patch: u16 = it.patch, }
    new fake::Release::new(major, minor, patch);
    also {
        #[classattr]
        #[pyo3(name = "V5_10")]
        fn v5_10() -> Self {
            Release::of(fake::Release::V5_10)
        }

        #[classattr]
        #[pyo3(name = "V6_1")]
        fn v6_1() -> Self {
            Release::of(fake::Release::V6_1)
        }

        #[classattr]
        #[pyo3(name = "V6_12")]
        fn v6_12() -> Self {
            Release::of(fake::Release::V6_12)
        }

        #[classattr]
        #[pyo3(name = "V7_2")]
        fn v7_2() -> Self {
            Release::of(fake::Release::V7_2)
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
    }
}

value! {
    in "ipvs.fake";
    /// A network interface of a fake kernel.
    Interface(fake::Interface) as it
    needs { name: String = it.name.clone(), }
    takes { up: bool, mtu: u32, addresses: Vec<(IpAddr, u8)>, }
    new fake::Interface::new(&name);
    also {
        #[staticmethod]
        fn loopback() -> Self {
            Interface::of(fake::Interface::loopback())
        }
    }
}

value! {
    in "ipvs.fake";
    /// How many system calls there were.
    Calls(fake::Calls) as it
    needs { }
    takes { sends: u64, receives: u64, files: u64, requests: u64, }
    new fake::Calls::default();
}

impl Item for (IpAddr, u8) {}

/// A set of names.
impl Cross for BTreeSet<String> {
    fn take(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        Vec::<String>::take(value, name).map(BTreeSet::from_iter)
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(PyFrozenSet::new(py, self)?.into_any().unbind())
    }

    fn show(&self) -> String {
        self.iter().cloned().collect::<Vec<_>>().show()
    }
}

impl Item for String {}
