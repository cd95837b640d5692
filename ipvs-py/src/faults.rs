//! The faults that a test plans for a fake kernel.

use ipvs_core as core;
use ipvs_core::fake;
use pyo3::prelude::*;

use crate::cross::{Cross, wrong_type};
use crate::value::hash;

/// From when on a fault lies in wait.
#[pyclass(frozen, module = "ipvs.fake")]
pub(crate) struct When {
    it: fake::When,
}

#[pymethods]
impl When {
    #[staticmethod]
    fn now() -> Self {
        let it = fake::When::Now;
        When { it }
    }

    #[staticmethod]
    fn send(others: &Bound<'_, PyAny>) -> PyResult<Self> {
        let it = fake::When::Send(u64::take(others, "others")?);
        Ok(When { it })
    }

    #[staticmethod]
    fn receive(others: &Bound<'_, PyAny>) -> PyResult<Self> {
        let it = fake::When::Receive(u64::take(others, "others")?);
        Ok(When { it })
    }

    #[staticmethod]
    fn command(command: &Bound<'_, PyAny>, others: &Bound<'_, PyAny>) -> PyResult<Self> {
        let command = u8::take(command, "command")?;
        let it = fake::When::Command(command, u64::take(others, "others")?);
        Ok(When { it })
    }

    #[staticmethod]
    fn file(others: &Bound<'_, PyAny>) -> PyResult<Self> {
        let it = fake::When::File(u64::take(others, "others")?);
        Ok(When { it })
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
}

impl Cross for fake::When {
    fn take(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        match value.cast::<When>() {
            Ok(value) => Ok(value.get().it),
            Err(_) => Err(wrong_type(value, name, "When")),
        }
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(Py::new(py, When { it: *self })?.into_any())
    }

    fn show(&self) -> String {
        match self {
            fake::When::Send(others) => format!("When.send({others})"),
            fake::When::Receive(others) => format!("When.receive({others})"),
            fake::When::Command(command, others) => format!("When.command({command}, {others})"),
            fake::When::File(others) => format!("When.file({others})"),
            _ => "When.now()".to_owned(),
        }
    }
}

/// What goes wrong.
#[pyclass(frozen, module = "ipvs.fake")]
pub(crate) struct Fault {
    it: fake::Fault,
}

#[pymethods]
impl Fault {
    #[staticmethod]
    fn drop() -> Self {
        let it = fake::Fault::Drop;
        Fault { it }
    }

    #[staticmethod]
    fn duplicate() -> Self {
        let it = fake::Fault::Duplicate;
        Fault { it }
    }

    #[staticmethod]
    fn delay(receives: &Bound<'_, PyAny>) -> PyResult<Self> {
        let it = fake::Fault::Delay(u32::take(receives, "receives")?);
        Ok(Fault { it })
    }

    #[staticmethod]
    fn truncate(length: &Bound<'_, PyAny>) -> PyResult<Self> {
        let it = fake::Fault::Truncate(usize::take(length, "length")?);
        Ok(Fault { it })
    }

    #[staticmethod]
    fn corrupt(offset: &Bound<'_, PyAny>, byte: &Bound<'_, PyAny>) -> PyResult<Self> {
        let it = fake::Fault::Corrupt {
            offset: usize::take(offset, "offset")?,
            with: u8::take(byte, "byte")?,
        };
        Ok(Fault { it })
    }

    #[staticmethod]
    fn errno(number: &Bound<'_, PyAny>) -> PyResult<Self> {
        let it = fake::Fault::Errno(i32::take(number, "number")?);
        Ok(Fault { it })
    }

    #[staticmethod]
    fn refuse(number: &Bound<'_, PyAny>) -> PyResult<Self> {
        let it = fake::Fault::Refuse(i32::take(number, "number")?);
        Ok(Fault { it })
    }

    #[staticmethod]
    fn overrun() -> Self {
        let it = fake::Fault::Overrun;
        Fault { it }
    }

    #[staticmethod]
    fn forge(datagram: &Bound<'_, PyAny>) -> PyResult<Self> {
        let it = fake::Fault::Forge(Vec::take(datagram, "datagram")?);
        Ok(Fault { it })
    }

    #[staticmethod]
    fn change(changes: &Bound<'_, PyAny>) -> PyResult<Self> {
        let it = fake::Fault::Change(Vec::<core::Change>::take(changes, "changes")?);
        Ok(Fault { it })
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
}

impl Cross for fake::Fault {
    fn take(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        match value.cast::<Fault>() {
            Ok(value) => Ok(value.get().it.clone()),
            Err(_) => Err(wrong_type(value, name, "Fault")),
        }
    }

    fn give(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(Py::new(py, Fault { it: self.clone() })?.into_any())
    }

    fn show(&self) -> String {
        match self {
            fake::Fault::Drop => "Fault.drop()".to_owned(),
            fake::Fault::Duplicate => "Fault.duplicate()".to_owned(),
            fake::Fault::Delay(receives) => format!("Fault.delay({receives})"),
            fake::Fault::Truncate(length) => format!("Fault.truncate({length})"),
            fake::Fault::Corrupt { offset, with } => format!("Fault.corrupt({offset}, {with})"),
            fake::Fault::Errno(number) => format!("Fault.errno({number})"),
            fake::Fault::Refuse(number) => format!("Fault.refuse({number})"),
            fake::Fault::Forge(datagram) => format!("Fault.forge({})", datagram.show()),
            fake::Fault::Change(changes) => format!("Fault.change({})", changes.show()),
            _ => "Fault.overrun()".to_owned(),
        }
    }
}
