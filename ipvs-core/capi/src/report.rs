//! Reports
//!
//! What became of each of many changes, in their order.

use std::ptr;

use ipvs_core::{Error, Report};

use crate::failure::Failure;
use crate::ffi::ffi;
use crate::status::ipvs_error;

/// What became of changes. It is a constant: any threads may read it at once.
pub struct ipvs_report {
    length: usize,
    /// Those that failed, by their places in order. The others, mostly all, take no memory.
    failures: Vec<(usize, ipvs_error)>,
}

impl From<Report> for ipvs_report {
    fn from(report: Report) -> Self {
        let error = |error: &Error| ipvs_error::from(Failure::Core(error.clone()));
        let failures = report.failures();
        ipvs_report {
            length: report.results().len(),
            failures: failures.map(|(place, why)| (place, error(why))).collect(),
        }
    }
}

impl ipvs_report {
    fn error(&self, place: usize) -> Option<&ipvs_error> {
        let found = self
            .failures
            .binary_search_by_key(&place, |(place, _)| *place);
        let (_, error) = self.failures.get(found.ok()?)?;
        Some(error)
    }

    fn first_error(&self) -> Option<&ipvs_error> {
        self.failures.first().map(|(_, error)| error)
    }
}

/// How many changes it tells of.
///
/// NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_report_length(report: *const ipvs_report) -> usize {
    ffi!(else 0, |c| c.maybe(report).map_or(0, |report| report.length))
}

/// What became of the change at `index`, counted from 0: NULL when it was made, and past the end;
/// else why not. The error lives as long as the report, and is not to be freed.
///
/// NULL: NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_report_error(
    report: *const ipvs_report,
    index: usize,
) -> *const ipvs_error {
    ffi!(else ptr::null(), |c| {
        let error = c.maybe(report).and_then(|report| report.error(index));
        error.map_or(ptr::null(), ptr::from_ref)
    })
}

/// The error of the first change that failed, or NULL when every change was made. It lives as long
/// as the report, and is not to be freed.
///
/// NULL: NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_report_first_error(report: *const ipvs_report) -> *const ipvs_error {
    ffi!(else ptr::null(), |c| {
        let error = c.maybe(report).and_then(ipvs_report::first_error);
        error.map_or(ptr::null(), ptr::from_ref)
    })
}

/// How many changes failed.
///
/// NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_report_failures(report: *const ipvs_report) -> usize {
    ffi!(else 0, |c| c.maybe(report).map_or(0, |report| report.failures.len()))
}

/// Frees a report and its errors.
///
/// NULL: does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_report_free(report: *mut ipvs_report) {
    ffi!(else (), |c| c.free(report));
}
