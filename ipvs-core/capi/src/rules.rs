//! Rules
//!
//! The lines that ipvsadm -S writes and ipvsadm -R reads, each of which is a whole command line
//! of the tool; such as "-A -t 192.0.2.1:80 -s wrr". Lines that begin with # are comments. The
//! grammar is that of ipvsadm 1.31, where that is not plainly broken.

use std::ffi::c_char;

use ipvs_core::rules::{self, Format, NoNames, Reader};
use ipvs_core::{Batch, Error};

use crate::batch::ipvs_batch;
use crate::failure::{Failure, Outcome};
use crate::ffi::ffi;
use crate::plan::ipvs_plan;
use crate::status::{ipvs_error, ipvs_status};
use crate::table::ipvs_table;
use crate::text::ipvs_text;

/// Prints a table's timeouts and daemons too, which ipvsadm -S never does and ipvsadm -R takes.
pub const IPVS_RULES_EXTRAS: u32 = 1;
/// Prints as ipvsadm -S does: what that leaves out (thresholds, a netmask without persistence)
/// is left out.
pub const IPVS_RULES_ORIGINAL: u32 = 2;

fn format(flags: u32) -> Outcome<Format<'static>> {
    let mut format = Format::new();
    if flags & !(IPVS_RULES_EXTRAS | IPVS_RULES_ORIGINAL) != 0 {
        return Err(Failure::argument("flags", "IPVS_RULES flags"));
    }
    if flags & IPVS_RULES_EXTRAS != 0 {
        format = format.with_extras();
    }
    if flags & IPVS_RULES_ORIGINAL != 0 {
        format = format.as_original();
    }
    Ok(format)
}

fn joined(lines: &[String]) -> String {
    lines.iter().flat_map(|line| [line, "\n"]).collect()
}

/// Makes a table of lines: -A for each service and -a for its dests, as ipvsadm -S -n writes
/// them; and, once each, --set for its timeouts and --start-daemon for its daemons. Names of
/// hosts and services are mistakes: addresses and ports are numbers.
///
/// Free `*table` with ipvs_table_free().
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT at the first line that is no rule, with its line, column and word;
/// at another command, a service or dest that is there already, a dest whose service is not
/// there yet.
/// ipvsadm: -R.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_table_from_rules(
    text: *const c_char,
    table: *mut *mut ipvs_table,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(table, "table")?;
        let lines = c.text(text, "text")?.as_bytes();
        place.give(ipvs_table(rules::parse_table(lines, NoNames)?));
        Ok(())
    })
}

/// Prints a table as lines, each with a line end, with IPVS_RULES flags or 0.
///
/// Free `*text` with ipvs_text_free().
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT and the field that no line can say: other protocols and forwarding
/// methods, a dest's own port without masquerading, unknown flags.
/// ipvsadm: -S -n.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_table_to_rules(
    table: *const ipvs_table,
    flags: u32,
    text: *mut *mut ipvs_text,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(text, "text")?;
        let (format, table) = (format(flags)?, &c.borrow(table, "table")?.0);
        let lines: Result<Vec<String>, Error> = format.lines(table).collect();
        place.give(joined(&lines?).into());
        Ok(())
    })
}

/// Makes a batch of the changes of lines, whatever they change: everything that ipvsadm -R takes.
///
/// Free `*batch` with ipvs_batch_free().
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT as ipvs_table_from_rules(), and at a command that changes nothing.
/// ipvsadm: -R.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_batch_from_rules(
    text: *const c_char,
    batch: *mut *mut ipvs_batch,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(batch, "batch")?;
        let rules = Reader::new(c.text(text, "text")?.as_bytes());
        let batch: Result<Batch, Error> = rules.map(|rule| Ok(rule?.change)).collect();
        place.give(ipvs_batch(batch?));
        Ok(())
    })
}

/// Prints the changes of a plan as lines, each with a line end, with IPVS_RULES flags or 0.
///
/// Free `*text` with ipvs_text_free().
/// NULL: only `error` may be.
/// Fails as ipvs_table_to_rules().
/// ipvsadm: what -R would take.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_plan_to_rules(
    plan: *const ipvs_plan,
    flags: u32,
    text: *mut *mut ipvs_text,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(text, "text")?;
        let (format, plan) = (format(flags)?, &c.borrow(plan, "plan")?.0);
        let lines: Result<Vec<String>, Error> =
            plan.changes().map(|change| format.line(&change)).collect();
        place.give(joined(&lines?).into());
        Ok(())
    })
}
