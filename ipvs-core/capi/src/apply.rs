//! Applying a plan
//!
//! At once, or in steps that the caller takes: each is one send, or the reading again of some of
//! what was touched. That gives progress and a place to stop. Whatever interrupts it, a plan of
//! a new snapshot goes on from there.

use ipvs_core::Apply;

use crate::client::ipvs_client;
use crate::failure::Failure;
use crate::ffi::ffi;
use crate::plan::ipvs_plan;
use crate::report::ipvs_report;
use crate::status::{ipvs_error, ipvs_status};

/// A plan that is carried out in steps. One thread at a time may use it.
pub struct ipvs_apply(Option<Apply>);

fn taken() -> Failure {
    Failure::argument("apply", "its report is taken")
}

/// Carries out a plan: sends it, reads what it touched again, and makes up for what somebody else
/// changed of that meanwhile. (What it does not touch is not looked at: for that plan again, from
/// a new snapshot.)
///
/// The report has a result for each change: why it is not in force, if it is not; among them
/// IPVS_SERVICE_NOT_FOUND when somebody else removed a service that the plan edits, and
/// IPVS_CHANGED_WHILE_READING when somebody else kept changing something back.
///
/// Free `*report` with ipvs_report_free().
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT; whatever else fails is in the report.
/// Kernel: those of the changes; ipvsadm: none, -R does not look at what is there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_apply(
    client: *const ipvs_client,
    plan: *const ipvs_plan,
    report: *mut *mut ipvs_report,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(report, "report")?;
        let plan = &c.borrow(plan, "plan")?.0;
        place.give(c.borrow(client, "client")?.0.apply(plan).into());
        Ok(())
    })
}

/// A plan of which nothing is carried out yet. It copies the plan, which may be freed.
///
/// Free `*apply` with ipvs_apply_free(), at its end or before.
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_apply_new(
    plan: *const ipvs_plan,
    apply: *mut *mut ipvs_apply,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(apply, "apply")?;
        place.give(ipvs_apply(Some(Apply::new(&c.borrow(plan, "plan")?.0))));
        Ok(())
    })
}

/// Takes the next step, one send or some readings; `*more` tells whether there is another one.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT, also once its report is taken; whatever else fails is in the
/// report.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_apply_step(
    apply: *mut ipvs_apply,
    client: *const ipvs_client,
    more: *mut bool,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(more, "more")?;
        let client = &c.borrow(client, "client")?.0;
        let apply = c.change(apply, "apply")?.0.as_mut().ok_or_else(taken)?;
        place.write(apply.step(client));
        Ok(())
    })
}

/// How many of the plan's changes are sent, or were refused before; 0 once its report is taken.
///
/// NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_apply_sent(apply: *const ipvs_apply) -> usize {
    ffi!(else 0, |c| {
        let apply = c.maybe(apply).and_then(|apply| apply.0.as_ref());
        apply.map_or(0, Apply::sent)
    })
}

/// Takes its report: what became of each of the plan's changes so far. It takes no more steps
/// then, and is still to be freed.
///
/// Free `*report` with ipvs_report_free().
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT, also once the report is taken.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_apply_into_report(
    apply: *mut ipvs_apply,
    report: *mut *mut ipvs_report,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(report, "report")?;
        let apply = c.change(apply, "apply")?.0.take().ok_or_else(taken)?;
        place.give(apply.into_report().into());
        Ok(())
    })
}

/// Frees what is left of it.
///
/// NULL: does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_apply_free(apply: *mut ipvs_apply) {
    ffi!(else (), |c| c.free(apply));
}
