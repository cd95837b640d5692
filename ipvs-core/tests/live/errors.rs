//! Every way in which the kernel refuses, provoked.
//!
//! A row is an operation, an errno that the kernel answers it with, and a
//! function that makes it so: through the typed API where that can express the
//! mistake, by raw attributes where it cannot. Each row is a test. The tables in
//! [`coverage`] say which rows there are and which cannot be provoked.

mod addresses;
mod config;
mod coverage;
mod daemons;
mod dests;
mod generic;
mod ipv6_off;
mod loading;
mod refusals;
mod services;
pub mod unprivileged;

use std::cell::Cell;
use std::fmt::{Debug, Display};

use ipvs_core::{Applied, Error, ErrorKind, Op};

use crate::harness::{Need, Test};
use crate::site::Site;

/// The rows of the ordinary boot, and what else there is to say of errors.
pub fn tests() -> Vec<Test> {
    let rows = ordinary_rows().into_iter().map(Row::test);
    let others = [coverage::tests(), refusals::tests()];
    rows.chain(others.into_iter().flatten()).collect()
}

/// The tests of a boot with `ipv6.disable=1`.
pub fn tests_without_ipv6() -> Vec<Test> {
    ipv6_off::rows().into_iter().map(Row::test).collect()
}

fn ordinary_rows() -> Vec<Row> {
    [
        generic::rows(),
        services::rows(),
        dests::rows(),
        addresses::rows(),
        daemons::rows(),
        config::rows(),
        loading::rows(),
        unprivileged::rows(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// One row: an operation (`None` is any) and an errno, and what provokes it.
pub struct Row {
    op: Option<Op>,
    errno: Errno,
    mistake: &'static str,
    provoke: fn(&Case<'_>),
    needs: Option<Need>,
}

/// An errno and its name.
type Errno = (i32, &'static str);

/// Lists rows: `rows![AddService EEXIST the_service_exists; …]`, each with what
/// it needs, if anything: `any ENOBUFS too_many_answers: Need::Guest;`.
macro_rules! rows {
    (@op any) => { None };
    (@op $op:ident) => { Some(ipvs_core::Op::$op) };
    ($($op:ident $errno:ident $mistake:ident $(: $need:expr)?;)*) => {
        vec![$(
            $crate::errors::Row::new(
                $crate::errors::rows!(@op $op),
                (ipvs_sys::errno::$errno, stringify!($errno)),
                stringify!($mistake),
                $mistake,
            )$(.needs($need))?
        ),*]
    };
}
use rows;

impl Row {
    fn new(op: Option<Op>, errno: Errno, mistake: &'static str, provoke: fn(&Case<'_>)) -> Self {
        Row {
            op,
            errno,
            mistake,
            provoke,
            needs: None,
        }
    }

    fn needs(mut self, need: Need) -> Self {
        self.needs = Some(need);
        self
    }

    fn test(self) -> Test {
        let op = self.op.map_or("any", Op::name);
        let name = format!("{op}::{}::{}", self.errno.1, self.mistake);
        let test = Test::new(name, move |site| {
            let case = Case {
                site,
                op: self.op,
                errno: self.errno.0,
                seen: Cell::new(0),
            };
            (self.provoke)(&case);
            assert_ne!(case.seen.get(), 0, "it provoked nothing");
        });
        match self.needs {
            Some(need) => test.needs(need),
            None => test,
        }
    }
}

/// A row while it is provoked: what the kernel answers is compared with it.
pub struct Case<'s> {
    pub site: &'s Site,
    op: Option<Op>,
    errno: i32,
    seen: Cell<u32>,
}

impl Case<'_> {
    /// The typed API's error is this row's, and its sentence begins with the
    /// first of `words` (operation and object) and has the others in this order.
    pub fn typed<T: Debug>(
        &self,
        outcome: Result<T, Error>,
        kind: ErrorKind,
        field: Option<&str>,
        words: &[&str],
    ) {
        let error = outcome.unwrap_err();
        assert_eq!(error.errno(), Some(self.errno), "{error}");
        assert_eq!(error.op(), self.op.unwrap_or(error.op()), "{error}");
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(error.field(), field, "{error}");
        assert_eq!(error.applied(), Applied::No, "{error}");
        assert_says(&error, words);
        self.seen.set(self.seen.get() + 1);
    }

    /// The kernel's answer to a raw request is this row's; `what` tells which
    /// of a row's requests it was.
    pub fn raw<T: Debug>(&self, outcome: Result<T, i32>, what: impl Display) {
        match outcome {
            Err(errno) => assert_eq!(errno, self.errno, "{what}"),
            Ok(answer) => panic!("{what}: the kernel accepted it: {answer:?}"),
        }
        self.seen.set(self.seen.get() + 1);
    }
}

/// The sentence begins with the first of `words` and has the others in this order.
pub fn assert_says(error: &Error, words: &[&str]) {
    let sentence = error.to_string();
    assert!(sentence.starts_with(words[0]), "{sentence}");
    let mut rest = sentence.as_str();
    for word in words {
        let Some((_, after)) = rest.split_once(word) else {
            panic!("no \"{word}\" where it should be: {sentence}");
        };
        rest = after;
    }
}
