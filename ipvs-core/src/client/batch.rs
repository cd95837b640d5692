//! Many changes in few system calls.

use std::time::{Duration, Instant};

use super::Client;
use super::report::{About, explain};
use super::verify::Verifier;
use crate::door::Failure;
use crate::wire::request::Request;
use crate::{Applied, Batch, Change, DaemonRole, Error, ErrorKind, Report};

impl Client {
    /// Makes many changes, in order, up to two hundred in a system call.
    ///
    /// Each has its result in the report. A change that is refused, by this library's
    /// checks or by the kernel, leaves the others alone. Where the kernel's answers
    /// were lost (`Overrun`, `TimedOut`), the changes were made or not: each of them is
    /// reported with that kind, and what it is about is read again, so that
    /// [`Error::applied`] tells whether things are as it wants them now (`Unknown` if
    /// that could not be read either). Nothing is ever sent twice. When the kernel
    /// cannot be reached, or does not answer, the rest is not sent, and each of it
    /// reported with that error.
    ///
    /// # Errors
    ///
    /// In the report, those of the changes' own methods.
    #[doc(alias = "ipvsadm -R")]
    pub fn batch(&self, batch: &Batch) -> Report {
        let mut sending = Sending::new();
        while sending.step(self, batch.changes()) {}
        sending.report
    }
}

/// How far a list of changes is sent, and what came of it.
#[derive(Debug)]
pub(super) struct Sending {
    pub(super) report: Report,
    /// How much may be in the next send: see [`cost`].
    budget: usize,
    /// What it is never above, since answers to as many were lost before.
    most: usize,
}

/// What a send should keep the kernel busy for, at most: it holds its locks
/// meanwhile, and the caller waits.
pub(super) const BUSY: Duration = Duration::from_millis(50);

/// How much a change counts of what a send may hold. Most take microseconds; another
/// scheduler takes 20 ms, and here nobody knows whether it is another one.
fn cost(change: &Change) -> usize {
    match change {
        Change::UpdateService(_) => 8,
        _ => 1,
    }
}

/// A change that is sent, and its place in the report.
type Sent<'c> = (usize, &'c Change);

impl Sending {
    pub(super) fn new() -> Self {
        Sending {
            report: Report::default(),
            budget: usize::MAX,
            most: usize::MAX,
        }
    }

    /// Sends what comes next of `changes`, and says whether there is more.
    pub(super) fn step(&mut self, client: &Client, changes: &[Change]) -> bool {
        match changes.get(self.report.len()..) {
            None | Some([]) => return false,
            // The kernel may forget its answer: that takes a listing behind it.
            Some([Change::StopDaemon(role), ..]) => self.stop_daemon(client, *role, changes),
            Some(rest @ [first, ..]) => {
                if let Err(error) = self.send(client, &About::of(first), rest) {
                    self.give_up(changes, &error);
                }
            }
        }
        self.report.len() < changes.len()
    }

    fn stop_daemon(&mut self, client: &Client, role: DaemonRole, changes: &[Change]) {
        let result = client.stop_daemon(role);
        self.report.push(result.clone());
        if let Err(error) = result {
            if error.kind() == ErrorKind::TimedOut {
                self.give_up(changes, &error);
            }
        }
    }

    /// Sends as many of the changes as a send holds, one at least. Fails when it
    /// would make no sense to go on.
    fn send(&mut self, client: &Client, about: &About, rest: &[Change]) -> Result<(), Error> {
        let mut connection = client.connection(about)?;
        let capacity = connection
            .capacity()
            .map_err(|failure| about.failure(failure, client.deadline))?;
        let sent = self.choose(client, rest, capacity);
        if sent.is_empty() {
            return Ok(());
        }
        let requests = sent.iter().map(|(_, change)| Request::from(*change));
        let (began, mut refused) = (Instant::now(), Vec::new());
        let outcome = connection.batch(requests, &mut refused);
        self.pace(began.elapsed() > client.busy, capacity);
        for (index, failure) in refused {
            if let Some((place, change)) = sent.get(index) {
                let error = About::of(change).failure(failure, client.deadline);
                self.report.correct(*place, Err(explain(error, change)));
            }
        }
        let Err(failure) = outcome else {
            return Ok(());
        };
        let unread = matches!(failure, Failure::Answer(_) | Failure::Receive(_));
        let unanswered: Vec<Sent<'_>> = if unread {
            let outstanding = connection.outstanding();
            outstanding
                .filter_map(|index| sent.get(index).copied())
                .collect()
        } else {
            sent
        };
        drop(connection);
        let error = about.failure(failure, client.deadline);
        self.doubt(client, &unanswered, &error);
        match error.kind() {
            ErrorKind::TimedOut => return Err(error),
            ErrorKind::Overrun => self.most = (unanswered.len() / 2).max(1),
            _ if !unread => return Err(error),
            _ => {}
        }
        Ok(())
    }

    /// The changes of the next send. What our own checks refuse is reported and left out.
    fn choose<'c>(
        &mut self,
        client: &Client,
        rest: &'c [Change],
        capacity: usize,
    ) -> Vec<Sent<'c>> {
        let mut left = self.budget.min(self.most).min(capacity);
        let mut sent = Vec::with_capacity(left.min(rest.len()));
        for change in rest {
            if left == 0 || matches!(change, Change::StopDaemon(_)) {
                break;
            }
            let refused = client.refuse(change);
            if refused.is_ok() {
                left = left.saturating_sub(cost(change));
                sent.push((self.report.len(), change));
            }
            self.report.push(refused);
        }
        sent
    }

    /// Lets the next send be as long as will keep the kernel busy long enough.
    fn pace(&mut self, too_long: bool, capacity: usize) {
        let budget = self.budget.min(capacity);
        self.budget = if too_long {
            (budget / 2).max(1)
        } else {
            budget.saturating_mul(2)
        };
    }

    /// Reports what was sent and not answered, and whether it is in force.
    fn doubt(&mut self, client: &Client, unanswered: &[Sent<'_>], error: &Error) {
        let mut verifier = Verifier::default();
        for (place, change) in unanswered {
            let applied = match error.applied() {
                Applied::Unknown => verifier.applied(client, change),
                known => known,
            };
            let error = About::of(change).retold(error).with_applied(applied);
            self.report.correct(*place, Err(error));
        }
    }

    /// Reports that what is left was not sent.
    fn give_up(&mut self, changes: &[Change], error: &Error) {
        for change in changes.get(self.report.len()..).unwrap_or_default() {
            let error = About::of(change).retold(error);
            self.report.push(Err(error.with_applied(Applied::No)));
        }
    }
}
