//! The lines that ipvsadm reads and writes.

use ipvs_core as core;
use ipvs_core::rules::{Format, Reader};
use pyo3::prelude::*;

use crate::cross::Cross;
use crate::error::raised;
use crate::stream::Stream;

/// The line of a change.
pub(crate) fn line(change: &core::Change) -> PyResult<String> {
    Format::new().line(change).map_err(raised)
}

/// The lines of a table.
pub(crate) fn lines(
    py: Python<'_>,
    table: &core::Table,
    extras: bool,
    original: bool,
) -> PyResult<String> {
    let print = || -> Result<String, core::Error> {
        let mut format = Format::new();
        if extras {
            format = format.with_extras();
        }
        if original {
            format = format.as_original();
        }
        let ended = |line: Result<String, core::Error>| line.map(|line| line + "\n");
        format.lines(table).map(ended).collect()
    };
    py.detach(print).map_err(raised)
}

/// The changes of many lines, each with its line's number.
#[pyfunction]
pub(crate) fn read_rules(text: &Bound<'_, PyAny>) -> PyResult<Stream> {
    let text = String::take(text, "text")?;
    let rules = Reader::new(std::io::Cursor::new(text));
    let numbered = rules.map(|rule| rule.map(|rule| (rule.line, rule.change)));
    Ok(Stream::of(numbered))
}
