//! The client: each method converts, calls with Python's lock released, and converts back.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use ipvs_core as core;
use ipvs_core::NamespaceSource;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyInt;

use crate::cross::{Cross, Given, object, time, wrong_type, wrong_value};
use crate::error::raised;
use crate::plan::Plan;
use crate::report::Report;
use crate::scope::Parts;
use crate::stream::Stream;
use crate::sysctl::{Value, wanted};

/// The IPVS of one network namespace.
#[pyclass(frozen, module = "ipvs")]
pub(crate) struct Client {
    /// `None` when it is closed. Calls that are under way keep it until they end.
    it: Mutex<Option<Arc<core::Client>>>,
}

impl Client {
    pub(crate) fn of(client: core::Client) -> Self {
        let it = Mutex::new(Some(Arc::new(client)));
        Client { it }
    }

    /// The client, unless it is closed.
    pub(crate) fn opened(&self) -> PyResult<Arc<core::Client>> {
        let it = self.it.lock().unwrap_or_else(PoisonError::into_inner);
        it.clone()
            .ok_or_else(|| PyValueError::new_err("the client is closed"))
    }

    /// Calls with Python's lock released.
    fn call<T: Send>(
        &self,
        py: Python<'_>,
        method: impl FnOnce(&core::Client) -> Result<T, core::Error> + Send,
    ) -> PyResult<T> {
        let client = self.opened()?;
        py.detach(|| method(&client)).map_err(raised)
    }

    /// Calls, and gives what comes back.
    fn ask<T: Cross + Send>(
        &self,
        py: Python<'_>,
        method: impl FnOnce(&core::Client) -> Result<T, core::Error> + Send,
    ) -> PyResult<Py<PyAny>> {
        self.call(py, method)?.hand(py)
    }
}

#[pymethods]
impl Client {
    #[new]
    #[pyo3(signature = (netns = None, *, deadline = Given::Absent, checks = Given::Absent))]
    fn new(
        py: Python<'_>,
        netns: Option<&Bound<'_, PyAny>>,
        deadline: Given<'_>,
        checks: Given<'_>,
    ) -> PyResult<Self> {
        let options = options(netns, &deadline, &checks)?;
        let client = py.detach(|| core::Client::open(&options));
        client.map(Client::of).map_err(raised)
    }

    #[staticmethod]
    fn from_socket(py: Python<'_>, socket: &Bound<'_, PyAny>) -> PyResult<Self> {
        let socket = descriptor(socket, "socket")?;
        let client = py.detach(|| core::Client::from_socket(socket));
        client.map(Client::of).map_err(raised)
    }

    fn close(&self, py: Python<'_>) {
        let it = self
            .it
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        py.detach(|| drop(it));
    }

    #[getter]
    fn closed(&self) -> bool {
        self.opened().is_err()
    }

    fn __enter__(it: Py<Self>, py: Python<'_>) -> PyResult<Py<Self>> {
        it.get().opened()?;
        Ok(it.clone_ref(py))
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, py: Python<'_>, _exception: &Bound<'_, PyAny>) {
        self.close(py);
    }

    fn __repr__(&self) -> &'static str {
        match self.opened() {
            Ok(_) => "<Client>",
            Err(_) => "<Client, closed>",
        }
    }

    fn namespace(&self, py: Python<'_>) -> PyResult<Namespace> {
        let namespace = self.call(py, core::Client::namespace)?;
        let it = Mutex::new(Some(namespace.into()));
        Ok(Namespace { it })
    }

    fn services(&self, py: Python<'_>) -> PyResult<Vec<Py<PyAny>>> {
        let services = self.call(py, core::Client::services)?;
        services.into_iter().map(|entry| entry.hand(py)).collect()
    }

    fn service(&self, py: Python<'_>, key: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let key = core::ServiceKey::take(key, "key")?;
        self.ask(py, |client| client.service(&key))
    }

    fn stream_services(&self, py: Python<'_>) -> PyResult<Stream> {
        self.call(py, core::Client::stream_services).map(Stream::of)
    }

    fn add_service(&self, py: Python<'_>, service: &Bound<'_, PyAny>) -> PyResult<()> {
        let service = core::Service::take(service, "service")?;
        self.call(py, |client| client.add_service(&service))
    }

    fn update_service(&self, py: Python<'_>, service: &Bound<'_, PyAny>) -> PyResult<()> {
        let service = core::Service::take(service, "service")?;
        self.call(py, |client| client.update_service(&service))
    }

    #[pyo3(signature = (
        key, *, scheduler = Given::Absent, set_flags = Given::Absent, clear_flags = Given::Absent,
        persistence_timeout = Given::Absent, persistence_netmask = Given::Absent,
        persistence_engine = Given::Absent,
    ))]
    #[allow(clippy::too_many_arguments, reason = "keywords")]
    fn edit_service(
        &self,
        py: Python<'_>,
        key: &Bound<'_, PyAny>,
        scheduler: Given<'_>,
        set_flags: Given<'_>,
        clear_flags: Given<'_>,
        persistence_timeout: Given<'_>,
        persistence_netmask: Given<'_>,
        persistence_engine: Given<'_>,
    ) -> PyResult<Py<PyAny>> {
        let key = core::ServiceKey::take(key, "key")?;
        let mut edit = core::ServiceEdit::new();
        edit.scheduler = scheduler.take("scheduler")?;
        set_flags.put(&mut edit.set_flags, "set_flags")?;
        clear_flags.put(&mut edit.clear_flags, "clear_flags")?;
        edit.persistence_timeout = persistence_timeout.take("persistence_timeout")?;
        edit.persistence_netmask = persistence_netmask.take("persistence_netmask")?;
        edit.persistence_engine = persistence_engine.take("persistence_engine")?;
        self.ask(py, |client| client.edit_service(&key, &edit))
    }

    fn remove_service(&self, py: Python<'_>, key: &Bound<'_, PyAny>) -> PyResult<()> {
        let key = core::ServiceKey::take(key, "key")?;
        self.call(py, |client| client.remove_service(&key))
    }

    fn dests(&self, py: Python<'_>, key: &Bound<'_, PyAny>) -> PyResult<Vec<Py<PyAny>>> {
        let key = core::ServiceKey::take(key, "key")?;
        let dests = self.call(py, |client| client.dests(&key))?;
        dests.into_iter().map(|entry| entry.hand(py)).collect()
    }

    fn dest(
        &self,
        py: Python<'_>,
        service: &Bound<'_, PyAny>,
        dest: &Bound<'_, PyAny>,
    ) -> PyResult<Py<PyAny>> {
        let (service, dest) = keys(service, dest)?;
        self.ask(py, |client| client.dest(&service, &dest))
    }

    fn stream_dests(&self, py: Python<'_>, key: &Bound<'_, PyAny>) -> PyResult<Stream> {
        let key = core::ServiceKey::take(key, "key")?;
        let dests = self.call(py, |client| client.stream_dests(&key));
        dests.map(Stream::of)
    }

    fn add_dest(
        &self,
        py: Python<'_>,
        service: &Bound<'_, PyAny>,
        dest: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let service = core::ServiceKey::take(service, "service")?;
        let dest = core::Dest::take(dest, "dest")?;
        self.call(py, |client| client.add_dest(&service, &dest))
    }

    fn update_dest(
        &self,
        py: Python<'_>,
        service: &Bound<'_, PyAny>,
        dest: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let service = core::ServiceKey::take(service, "service")?;
        let dest = core::Dest::take(dest, "dest")?;
        self.call(py, |client| client.update_dest(&service, &dest))
    }

    #[pyo3(signature = (
        service, dest, *, forward = Given::Absent, tunnel = Given::Absent, weight = Given::Absent,
        upper_threshold = Given::Absent, lower_threshold = Given::Absent,
    ))]
    #[allow(clippy::too_many_arguments, reason = "keywords")]
    fn edit_dest(
        &self,
        py: Python<'_>,
        service: &Bound<'_, PyAny>,
        dest: &Bound<'_, PyAny>,
        forward: Given<'_>,
        tunnel: Given<'_>,
        weight: Given<'_>,
        upper_threshold: Given<'_>,
        lower_threshold: Given<'_>,
    ) -> PyResult<Py<PyAny>> {
        let (service, dest) = keys(service, dest)?;
        let mut edit = core::DestEdit::new();
        edit.forward = forward.take("forward")?;
        edit.tunnel = tunnel.take("tunnel")?;
        edit.weight = weight.take("weight")?;
        edit.upper_threshold = upper_threshold.take("upper_threshold")?;
        edit.lower_threshold = lower_threshold.take("lower_threshold")?;
        self.ask(py, |client| client.edit_dest(&service, &dest, &edit))
    }

    fn remove_dest(
        &self,
        py: Python<'_>,
        service: &Bound<'_, PyAny>,
        dest: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let (service, dest) = keys(service, dest)?;
        self.call(py, |client| client.remove_dest(&service, &dest))
    }

    fn daemons(&self, py: Python<'_>) -> PyResult<Vec<Py<PyAny>>> {
        let daemons = self.call(py, core::Client::daemons)?;
        daemons.iter().map(|daemon| daemon.give(py)).collect()
    }

    fn start_daemon(&self, py: Python<'_>, daemon: &Bound<'_, PyAny>) -> PyResult<()> {
        let daemon = core::SyncDaemon::take(daemon, "daemon")?;
        self.call(py, |client| client.start_daemon(&daemon))
    }

    fn stop_daemon(&self, py: Python<'_>, role: &Bound<'_, PyAny>) -> PyResult<()> {
        let role = core::DaemonRole::take(role, "role")?;
        self.call(py, |client| client.stop_daemon(role))
    }

    fn timeouts(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.ask(py, core::Client::timeouts)
    }

    #[pyo3(signature = (*, tcp = Given::Absent, tcp_fin = Given::Absent, udp = Given::Absent))]
    fn set_timeouts(
        &self,
        py: Python<'_>,
        tcp: Given<'_>,
        tcp_fin: Given<'_>,
        udp: Given<'_>,
    ) -> PyResult<()> {
        let mut edit = core::TimeoutsEdit::new();
        edit.tcp = tcp.take("tcp")?;
        edit.tcp_fin = tcp_fin.take("tcp_fin")?;
        edit.udp = udp.take("udp")?;
        self.call(py, |client| client.set_timeouts(&edit))
    }

    fn info(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.ask(py, core::Client::info)
    }

    fn flush(&self, py: Python<'_>) -> PyResult<()> {
        self.call(py, core::Client::flush)
    }

    fn zero(&self, py: Python<'_>) -> PyResult<()> {
        self.call(py, core::Client::zero)
    }

    fn zero_service(&self, py: Python<'_>, key: &Bound<'_, PyAny>) -> PyResult<()> {
        let key = core::ServiceKey::take(key, "key")?;
        self.call(py, |client| client.zero_service(&key))
    }

    fn snapshot(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.ask(py, core::Client::snapshot)
    }

    fn list(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.ask(py, core::Client::list)
    }

    fn plan(
        &self,
        py: Python<'_>,
        wanted: &Bound<'_, PyAny>,
        scope: &Bound<'_, PyAny>,
    ) -> PyResult<Plan> {
        let wanted = core::Table::take(wanted, "wanted")?;
        let scope = Parts::take(scope, "scope")?.scope();
        self.call(py, |client| client.plan(&wanted, &scope))
            .map(Plan::of)
    }

    fn change(&self, py: Python<'_>, change: &Bound<'_, PyAny>) -> PyResult<()> {
        let change = core::Change::take(change, "change")?;
        self.call(py, |client| client.change(&change))
    }

    fn batch(&self, py: Python<'_>, batch: &Bound<'_, PyAny>) -> PyResult<Report> {
        let changes = Vec::<core::Change>::take(batch, "batch")?;
        let batch: core::Batch = changes.into_iter().collect();
        self.call(py, |client| Ok(client.batch(&batch)))
            .map(Report::of)
    }

    /// Between two steps Python may handle a signal, and end it by that.
    fn apply(&self, py: Python<'_>, plan: &Bound<'_, PyAny>) -> PyResult<Report> {
        let plan = object::<Plan>(plan, "plan", "Plan")?;
        let client = self.opened()?;
        let mut apply = core::Apply::new(&plan.get().it);
        while py.detach(|| apply.step(&client)) {
            py.check_signals()?;
        }
        Ok(Report::of(apply.into_report()))
    }

    fn connections(&self, py: Python<'_>) -> PyResult<Stream> {
        self.call(py, core::Client::connections).map(Stream::of)
    }

    fn synced_connections(&self, py: Python<'_>) -> PyResult<Stream> {
        self.call(py, core::Client::synced_connections)
            .map(Stream::of)
    }

    fn applications(&self, py: Python<'_>) -> PyResult<Stream> {
        self.call(py, core::Client::applications).map(Stream::of)
    }

    fn total_stats(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.ask(py, core::Client::total_stats)
    }

    fn cpu_stats(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.ask(py, core::Client::cpu_stats)
    }

    fn status(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.ask(py, core::Client::status)
    }

    fn kernel_table(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.ask(py, core::Client::kernel_table)
    }

    fn sysctl(&self, py: Python<'_>, sysctl: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let sysctl = core::Sysctl::take(sysctl, "sysctl")?;
        self.ask(py, |client| client.sysctl(sysctl).map(Value))
    }

    fn set_sysctl(
        &self,
        py: Python<'_>,
        sysctl: &Bound<'_, PyAny>,
        value: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let sysctl = core::Sysctl::take(sysctl, "sysctl")?;
        let value = wanted(sysctl, value)?;
        self.call(py, |client| client.set_sysctl(sysctl, &value))
    }
}

fn keys(
    service: &Bound<'_, PyAny>,
    dest: &Bound<'_, PyAny>,
) -> PyResult<(core::ServiceKey, core::DestKey)> {
    let service = core::ServiceKey::take(service, "service")?;
    Ok((service, core::DestKey::take(dest, "dest")?))
}

/// How a client is opened.
pub(crate) fn options(
    netns: Option<&Bound<'_, PyAny>>,
    deadline: &Given<'_>,
    checks: &Given<'_>,
) -> PyResult<core::Options> {
    let mut options = core::Options::new();
    if let Some(netns) = netns {
        options.namespace = namespace(netns)?;
    }
    if let Given::As(deadline) = deadline {
        options.deadline = time(deadline, "deadline")?;
    }
    checks.put(&mut options.checks, "checks")?;
    Ok(options)
}

/// A member of the enum, a descriptor, or a path.
fn namespace(netns: &Bound<'_, PyAny>) -> PyResult<NamespaceSource> {
    let sources = netns.py().import("ipvs._enums")?;
    let sources = sources.getattr("NamespaceSource")?;
    if netns.is(&sources.getattr("NEW")?) {
        return Ok(NamespaceSource::New);
    }
    if netns.is(&sources.getattr("CURRENT")?) {
        return Ok(NamespaceSource::Current);
    }
    if netns.is_instance_of::<PyInt>() || netns.hasattr("fileno")? {
        return descriptor(netns, "netns").map(NamespaceSource::Fd);
    }
    let path = netns.extract::<PathBuf>().map_err(|error: PyErr| {
        if error.is_instance_of::<PyTypeError>(netns.py()) {
            return wrong_type(netns, "netns", "a path, a descriptor or NamespaceSource");
        }
        wrong_value("netns", &error.value(netns.py()).to_string())
    });
    path.map(NamespaceSource::Path)
}

/// A descriptor of our own, of what a number or a file of Python's stands for.
fn descriptor(value: &Bound<'_, PyAny>, name: &str) -> PyResult<OwnedFd> {
    let number = match value.getattr_opt("fileno")? {
        Some(fileno) => i32::take(&fileno.call0()?, name)?,
        None => i32::take(value, name)?,
    };
    Ok(core::duplicate_descriptor(number)?)
}

/// A network namespace, which stays while this is open.
#[pyclass(frozen, module = "ipvs")]
pub(crate) struct Namespace {
    it: Mutex<Option<OwnedFd>>,
}

#[pymethods]
impl Namespace {
    fn fileno(&self) -> PyResult<i32> {
        let it = self.it.lock().unwrap_or_else(PoisonError::into_inner);
        let number = it.as_ref().map(|fd| fd.as_fd().as_raw_fd());
        number.ok_or_else(|| PyValueError::new_err("the namespace is closed"))
    }

    fn close(&self) {
        *self.it.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn __enter__(it: Py<Self>) -> PyResult<Py<Self>> {
        it.get().fileno()?;
        Ok(it)
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, _exception: &Bound<'_, PyAny>) {
        self.close();
    }
}
