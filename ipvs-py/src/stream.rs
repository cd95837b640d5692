//! What comes one after the other.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use ipvs_core::Error;
use pyo3::prelude::*;

use crate::cross::Cross;
use crate::error::raised;

/// How many values are read while Python's lock is released once.
const BLOCK: usize = 64;

/// An iterator over what the kernel hands out in parts. An error is raised in its place, and
/// what follows it, if anything does, comes next.
#[pyclass(frozen, module = "ipvs")]
pub(crate) struct Stream {
    source: Mutex<Option<Box<dyn Source>>>,
}

/// A stream of any values.
trait Source: Send {
    /// Reads a block.
    fn read(&mut self);
    /// The next value of those that are read.
    fn next(&mut self, py: Python<'_>) -> Option<PyResult<Py<PyAny>>>;
    /// Whether nothing more is to come.
    fn is_over(&self) -> bool;
}

struct Blocks<T, I> {
    values: I,
    block: VecDeque<Result<T, Error>>,
    is_over: bool,
}

impl<T, I> Source for Blocks<T, I>
where
    T: Cross + Send,
    I: Iterator<Item = Result<T, Error>> + Send,
{
    fn read(&mut self) {
        if self.block.is_empty() && !self.is_over {
            self.block.extend(self.values.by_ref().take(BLOCK));
            self.is_over = self.block.len() < BLOCK;
        }
    }

    fn next(&mut self, py: Python<'_>) -> Option<PyResult<Py<PyAny>>> {
        let value = self.block.pop_front()?;
        Some(value.map_err(raised).and_then(|value| value.give(py)))
    }

    fn is_over(&self) -> bool {
        self.is_over && self.block.is_empty()
    }
}

impl Stream {
    pub(crate) fn of<T, I>(values: I) -> Self
    where
        T: Cross + Send + 'static,
        I: Iterator<Item = Result<T, Error>> + Send + 'static,
    {
        let block = VecDeque::with_capacity(BLOCK);
        let blocks = Blocks {
            values,
            block,
            is_over: false,
        };
        Stream {
            source: Mutex::new(Some(Box::new(blocks))),
        }
    }

    /// The source, if no other thread is reading a block of it.
    fn at_hand(&self) -> Option<MutexGuard<'_, Option<Box<dyn Source>>>> {
        match self.source.try_lock() {
            Ok(source) => Some(source),
            Err(TryLockError::Poisoned(source)) => Some(source.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}

#[pymethods]
impl Stream {
    fn __iter__(it: Py<Self>) -> Py<Self> {
        it
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        loop {
            if let Some(mut source) = self.at_hand() {
                let Some(source) = source.as_mut() else {
                    return Ok(None);
                };
                match source.next(py) {
                    Some(value) => return value.map(Some),
                    None if source.is_over() => return Ok(None),
                    None => {}
                }
            }
            // The lock is waited for without Python's, which its owner may want.
            py.detach(|| {
                let mut source = self.source.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(source) = source.as_mut() {
                    source.read();
                }
            });
        }
    }

    fn close(&self, py: Python<'_>) {
        py.detach(|| {
            let mut source = self.source.lock().unwrap_or_else(PoisonError::into_inner);
            *source = None;
        });
    }

    #[classmethod]
    fn __class_getitem__<'py>(
        class: &Bound<'py, pyo3::types::PyType>,
        item: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let alias = class.py().import("types")?.getattr("GenericAlias")?;
        alias.call1((class, item))
    }
}
