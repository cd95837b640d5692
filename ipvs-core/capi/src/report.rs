//! Reports
//!
//! What became of each of many changes, in their order.

use std::ptr;

use ipvs_core::Report;

use crate::failure::Failure;
use crate::ffi::ffi;
use crate::status::ipvs_error;

/// What became of changes. It is a constant: any threads may read it at once.
pub struct ipvs_report(Vec<Option<ipvs_error>>);

impl From<Report> for ipvs_report {
    fn from(report: Report) -> Self {
        let error = |error| ipvs_error::from(Failure::Core(error));
        let results = report.results().iter().cloned();
        ipvs_report(results.map(|result| result.err().map(error)).collect())
    }
}

/// How many changes it tells of.
///
/// NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_report_length(report: *const ipvs_report) -> usize {
    ffi!(else 0, |c| c.maybe(report).map_or(0, |report| report.0.len()))
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
        let result = c.maybe(report).and_then(|report| report.0.get(index));
        result.and_then(Option::as_ref).map_or(ptr::null(), ptr::from_ref)
    })
}

/// The error of the first change that failed, or NULL when every change was made. It lives as long
/// as the report, and is not to be freed.
///
/// NULL: NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_report_first_error(report: *const ipvs_report) -> *const ipvs_error {
    ffi!(else ptr::null(), |c| {
        let errors = c.maybe(report).map(|report| report.0.iter().flatten());
        errors.and_then(|mut errors| errors.next()).map_or(ptr::null(), ptr::from_ref)
    })
}

/// How many changes failed.
///
/// NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_report_failures(report: *const ipvs_report) -> usize {
    ffi!(else 0, |c| c.maybe(report).map_or(0, |report| report.0.iter().flatten().count()))
}

/// Frees a report and its errors.
///
/// NULL: does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_report_free(report: *mut ipvs_report) {
    ffi!(else (), |c| c.free(report));
}
