//! A plan, carried out in steps and read again.

use super::Client;
use super::batch::Sending;
use super::report::About;
use super::verify::Verifier;
use crate::{Applied, Batch, Change, Error, ErrorKind, Plan, Report};

impl Client {
    /// Carries out a plan: sends it, reads what it touched again, and makes up for
    /// what somebody else changed meanwhile.
    ///
    /// Whatever interrupts it, a plan of a new snapshot goes on from there. For one
    /// step at a time see [`Apply`].
    ///
    /// # Errors
    ///
    /// In the report, for each change that is not in force afterwards: those of the
    /// change's own method; `ChangedWhileReading` when somebody else kept
    /// changing it back.
    pub fn apply(&self, plan: &Plan) -> Report {
        let mut apply = Apply::new(plan);
        while apply.step(self) {}
        apply.into_report()
    }
}

/// How often what somebody else changed is made up for.
const ROUNDS: usize = 3;

/// A plan that is carried out in steps, which its owner takes: each is one
/// send, or the reading again of what was touched.
///
/// ```no_run
/// # use ipvs_core::{Apply, Client, Options, Plan, Scope, Table};
/// # let (client, wanted) = (Client::open(&Options::new())?, Table::new());
/// let plan = Plan::new(&client.snapshot()?, &wanted, &Scope::everything())?;
/// let mut apply = Apply::new(&plan);
/// while apply.step(&client) {
///     println!("{} of {} changes are sent", apply.sent(), plan.steps().len());
/// }
/// apply.into_report().into_result()?;
/// # Ok::<(), ipvs_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Apply {
    changes: Batch,
    sending: Sending,
    report: Report,
    round: usize,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    Sending,
    Verifying,
    /// Making up for changes at these places of the plan.
    MakingUp {
        places: Vec<usize>,
        changes: Vec<Change>,
    },
    Done,
}

impl Apply {
    /// A plan of which nothing is carried out yet.
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        Apply {
            changes: plan.into(),
            sending: Sending::new(),
            report: Report::default(),
            round: 0,
            stage: Stage::Sending,
        }
    }

    /// Takes the next step, and says whether there is another one.
    pub fn step(&mut self, client: &Client) -> bool {
        match &mut self.stage {
            Stage::Sending => {
                if !self.sending.step(client, self.changes.changes()) {
                    self.report = std::mem::take(&mut self.sending.report);
                    self.stage = Stage::Verifying;
                }
            }
            Stage::Verifying => self.stage = self.verify(client),
            Stage::MakingUp { places, changes } => {
                if !self.sending.step(client, changes) {
                    let made_up = std::mem::take(&mut self.sending.report);
                    for (place, result) in places.iter().zip(made_up.results()) {
                        self.report.correct(*place, result.clone());
                    }
                    self.stage = Stage::Verifying;
                }
            }
            Stage::Done => {}
        }
        !matches!(self.stage, Stage::Done)
    }

    /// How many of the plan's changes are sent, or were refused before.
    #[must_use]
    pub fn sent(&self) -> usize {
        self.report.len().max(self.sending.report.len())
    }

    /// What became of each of the plan's changes so far.
    pub fn into_report(self) -> Report {
        match self.stage {
            Stage::Sending => self.sending.report,
            _ => self.report,
        }
    }

    /// Reads again what the plan touched: what is in force is done, whoever did it.
    fn verify(&mut self, client: &Client) -> Stage {
        self.round += 1;
        let mut verifier = Verifier::new(client);
        let (mut places, mut changes) = (Vec::new(), Vec::new());
        for (place, change) in self.changes.changes().iter().enumerate() {
            let known = self
                .report
                .results()
                .get(place)
                .and_then(|result| result.as_ref().err());
            if known.is_some_and(|error| !may_be_someone_elses(error)) || self.is_superseded(change)
            {
                continue;
            }
            let error = match verifier.remainder(change) {
                Ok(None) => {
                    self.report.correct(place, Ok(()));
                    continue;
                }
                Ok(Some(remainder)) if self.round <= ROUNDS => {
                    places.push(place);
                    changes.push(remainder);
                    continue;
                }
                Ok(Some(_)) if known.is_some() => continue,
                Ok(Some(_)) => About::of(change).error(
                    ErrorKind::ChangedWhileReading,
                    "somebody else keeps changing it",
                ),
                Err(error) => About::of(change)
                    .retold(&error)
                    .with_applied(Applied::Unknown),
            };
            self.report.correct(place, Err(error));
        }
        if changes.is_empty() {
            return Stage::Done;
        }
        self.sending = Sending::new();
        Stage::MakingUp { places, changes }
    }

    /// A daemon that is stopped to be started anew is to run, after all.
    fn is_superseded(&self, change: &Change) -> bool {
        let Change::StopDaemon(role) = change else {
            return false;
        };
        let starts =
            |other: &Change| matches!(other, Change::StartDaemon(daemon) if daemon.role == *role);
        self.changes.changes().iter().any(starts)
    }
}

/// Whether a change may have failed since somebody else was faster, or is not known
/// to have failed at all.
fn may_be_someone_elses(error: &Error) -> bool {
    error.applied() != Applied::No
        || matches!(
            error.kind(),
            ErrorKind::AlreadyExists
                | ErrorKind::ServiceNotFound
                | ErrorKind::DestNotFound
                | ErrorKind::DaemonNotRunning
        )
}
