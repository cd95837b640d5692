//! What the library promises.

use super::Measured;
use super::results::Results;
use crate::Outcome;
use crate::contender::Contender;
use crate::workload::Workload;

/// Prints each bound and what was measured, and fails for one that is missed.
pub(super) fn hold(bounds: Vec<Bound>) -> Outcome {
    let mut missed = 0;
    for Bound { what, found, limit } in bounds {
        let kept = match (found, &limit) {
            (None, _) => false,
            (Some(found), Limit::AtMost(limit)) => found <= *limit,
            (Some(found), Limit::AtLeast(limit)) => found >= *limit,
        };
        let found = found.map_or("not measured".to_owned(), |found| format!("{found:.3}"));
        let limit = match limit {
            Limit::AtMost(limit) => format!("at most {limit}"),
            Limit::AtLeast(limit) => format!("at least {limit}"),
        };
        println!(
            "{}: {what}: {found}, {limit}",
            if kept { "ok    " } else { "MISSED" }
        );
        missed += u32::from(!kept);
    }
    match missed {
        0 => Ok(()),
        missed => Err(format!("{missed} bounds are missed").into()),
    }
}

pub(super) struct Bound {
    what: String,
    found: Option<f64>,
    limit: Limit,
}

enum Limit {
    AtMost(f64),
    AtLeast(f64),
}

/// Those of the Python package, for each object.
pub(super) fn python(measured: &Results) -> Vec<Bound> {
    let each = |workload, who| measured.each(workload, who, "inside");
    let to_pyroute2 = Workload::PYTHON.map(|workload| Bound {
        what: format!("{}: pyroute2's instructions to Python's", workload.name()),
        found: quotient(
            each(workload, Contender::Pyroute2Tenth),
            each(workload, Contender::Python),
        ),
        limit: Limit::AtLeast(50.0),
    });
    let to_rust = Bound {
        what: "load: Python's instructions of the library's".to_owned(),
        found: quotient(
            each(Workload::Load, Contender::Python),
            each(Workload::Load, Contender::Library),
        ),
        limit: Limit::AtMost(2.0),
    };
    let complete = [
        (Contender::Python, 11_000.0),
        (Contender::Pyroute2Tenth, 1_100.0),
    ];
    let complete = complete.map(|(who, objects)| Bound {
        what: format!("list: found by {}", who.name()),
        found: measured.total(Workload::List, who, "objects"),
        limit: Limit::AtLeast(objects),
    });
    let bounds = to_pyroute2.into_iter().chain([to_rust]);
    bounds.chain(complete).collect()
}

/// Those of the library.
pub(super) fn all(measured: &Measured) -> Vec<Bound> {
    let mut bounds = Vec::new();
    bounds.extend(to_the_floor(measured));
    bounds.extend(calls(measured));
    bounds.extend(to_ipvsadm(measured));
    bounds.extend(completeness(measured));
    bounds.extend(codec(measured));
    bounds.push(overlap(measured));
    bounds.push(in_c(measured));
    bounds.push(Bound {
        what: "growth by streaming, KiB".to_owned(),
        found: measured
            .instructions
            .total(Workload::Stream, Contender::Library, "growth"),
        limit: Limit::AtMost(4096.0),
    });
    bounds
}

fn to_the_floor(measured: &Measured) -> impl Iterator<Item = Bound> {
    let limits = [
        (Workload::Load, 1.10),
        (Workload::Services, 1.10),
        (Workload::Wide, 1.10),
        (Workload::Edit, 1.15),
        (Workload::Delete, 1.15),
        (Workload::List, 1.10),
        (Workload::Fix, 1.10),
    ];
    limits.into_iter().map(|(workload, limit)| {
        let inside = |who| measured.instructions.total(workload, who, "inside");
        Bound {
            what: format!("{}: instructions of the floor's", workload.name()),
            found: quotient(inside(Contender::Library), inside(Contender::Floor)),
            limit: Limit::AtMost(limit),
        }
    })
}

fn calls(measured: &Measured) -> impl Iterator<Item = Bound> {
    use Workload as W;
    let changing = [W::Load, W::Services, W::Wide, W::Edit, W::Delete];
    changing.into_iter().map(|workload| Bound {
        what: format!("{}: system calls a change", workload.name()),
        found: measured
            .instructions
            .calls_each(workload, Contender::Library),
        limit: Limit::AtMost(0.02),
    })
}

fn to_ipvsadm(measured: &Measured) -> impl Iterator<Item = Bound> {
    let limits = [
        (Workload::Load, 10.0),
        (Workload::Edit, 20.0),
        (Workload::List, 3.0),
        (Workload::Reload, 20.0),
    ];
    limits.into_iter().map(|(workload, limit)| {
        let whole = |who| measured.instructions.total(workload, who, "whole");
        Bound {
            what: format!("{}: ipvsadm's instructions to ours", workload.name()),
            found: quotient(whole(Contender::Ipvsadm), whole(Contender::Library)),
            limit: Limit::AtLeast(limit),
        }
    })
}

/// The library does not list over several sockets at once. Where that would help, this misses.
fn overlap(measured: &Measured) -> Bound {
    let of = |what| {
        measured
            .instructions
            .total(what, Contender::Floor, "inside")
    };
    Bound {
        what: "listing over 8 sockets: instructions of one socket's".to_owned(),
        found: quotient(of(Workload::Overlap), of(Workload::List)),
        limit: Limit::AtLeast(0.95),
    }
}

/// The C API is thin.
fn in_c(measured: &Measured) -> Bound {
    let of = |who| {
        measured
            .instructions
            .total(Workload::Compose, who, "inside")
    };
    Bound {
        what: "compose: instructions through the C API of Rust's".to_owned(),
        found: quotient(of(Contender::C), of(Contender::Library)),
        limit: Limit::AtMost(1.05),
    }
}

/// Who lists, lists everything: a contender that misses some is no measure.
fn completeness(measured: &Measured) -> impl Iterator<Item = Bound> {
    let listings = [
        (Workload::List, Contender::Library, 11_000.0),
        (Workload::List, Contender::Floor, 11_000.0),
        (Workload::List, Contender::Pyroute2, 110.0),
        (Workload::Fix, Contender::Floor, 10_000.0),
        (Workload::Stream, Contender::Library, 110_000.0),
    ];
    listings.into_iter().map(|(workload, who, objects)| Bound {
        what: format!("{}: found by {}", workload.name(), who.name()),
        found: measured.instructions.total(workload, who, "objects"),
        limit: Limit::AtLeast(objects),
    })
}

fn codec(measured: &Measured) -> impl Iterator<Item = Bound> {
    let cases = ["encode", "service", "dest"].into_iter();
    cases.flat_map(|case| {
        ["neli", "packet"].map(|codec| Bound {
            what: format!("{case}: {codec}'s instructions to ours"),
            found: quotient(
                measured.codec.of(case, codec),
                measured.codec.of(case, "ours"),
            ),
            limit: Limit::AtLeast(4.0),
        })
    })
}

fn quotient(number: Option<f64>, of: Option<f64>) -> Option<f64> {
    Some(number? / of?)
}
