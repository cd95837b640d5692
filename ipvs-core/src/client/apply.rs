//! A plan, carried out in steps and read again.

use std::mem;

use super::Client;
use super::batch::Sending;
use super::report::About;
use super::verify::Verifier;
use crate::{
    Applied, Change, DaemonRole, Error, ErrorKind, Object, Plan, PlannedChange, Reason, Report,
};

impl Client {
    /// Carries out a plan: sends it, reads what it touched again, and makes up for
    /// what somebody else changed of that meanwhile. (What it does not touch is not
    /// looked at: for that plan again, from a new snapshot.)
    ///
    /// Whatever interrupts it, a plan of a new snapshot goes on from there. For one
    /// step at a time see [`Apply`].
    ///
    /// # Errors
    ///
    /// In the report, for each change that is not in force afterwards: those of the
    /// change's own method; `ServiceNotFound` when somebody else removed a service
    /// that the plan edits; `ChangedWhileReading` when somebody else kept changing
    /// something back.
    pub fn apply(&self, plan: &Plan) -> Report {
        let mut apply = Apply::new(plan);
        while apply.step(self) {}
        apply.into_report()
    }
}

/// How often what somebody else changed is made up for.
const ROUNDS: usize = 3;

/// How much a step reads at most, a listing or a reply each.
const READINGS: usize = 32;

/// A plan that is carried out in steps, which its owner takes: each is one
/// send, or the reading again of some of what was touched.
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
    steps: Vec<PlannedChange>,
    changes: Vec<Change>,
    /// The daemons that are to run, whatever stops them on the way.
    starting: Vec<DaemonRole>,
    report: Report,
    round: usize,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    Sending(Sending),
    Verifying(Verifying),
    /// Making up for the changes at these places of the plan.
    MakingUp {
        places: Vec<usize>,
        changes: Vec<Change>,
        sending: Sending,
    },
    Done,
}

/// How far the plan is read again, and what is to be made up for.
#[derive(Debug, Default)]
struct Verifying {
    verifier: Verifier,
    next: usize,
    places: Vec<usize>,
    changes: Vec<Change>,
}

impl Apply {
    /// A plan of which nothing is carried out yet.
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        let starting = plan.changes().filter_map(|change| match change {
            Change::StartDaemon(daemon) => Some(daemon.role),
            _ => None,
        });
        Apply {
            steps: plan.steps().to_vec(),
            changes: plan.changes().collect(),
            starting: starting.collect(),
            report: Report::default(),
            round: 0,
            stage: Stage::Sending(Sending::new()),
        }
    }

    /// Takes the next step, and says whether there is another one.
    pub fn step(&mut self, client: &Client) -> bool {
        self.stage = match mem::replace(&mut self.stage, Stage::Done) {
            Stage::Sending(mut sending) => {
                let more = sending.step(client, &self.changes);
                if more {
                    Stage::Sending(sending)
                } else {
                    self.report = sending.report;
                    Stage::Verifying(Verifying::default())
                }
            }
            Stage::Verifying(verifying) => self.verify(client, verifying),
            Stage::MakingUp {
                places,
                changes,
                mut sending,
            } => {
                if sending.step(client, &changes) {
                    Stage::MakingUp {
                        places,
                        changes,
                        sending,
                    }
                } else {
                    for (place, result) in places.iter().zip(sending.report.results()) {
                        self.report.correct(*place, result.clone());
                    }
                    Stage::Verifying(Verifying::default())
                }
            }
            Stage::Done => Stage::Done,
        };
        !matches!(self.stage, Stage::Done)
    }

    /// How many of the plan's changes are sent, or were refused before.
    #[must_use]
    pub fn sent(&self) -> usize {
        match &self.stage {
            Stage::Sending(sending) => sending.report.len(),
            _ => self.report.len(),
        }
    }

    /// What became of each of the plan's changes so far.
    pub fn into_report(self) -> Report {
        match self.stage {
            Stage::Sending(sending) => sending.report,
            _ => self.report,
        }
    }

    /// Reads again some of what the plan touched: what is in force is done, whoever did it.
    fn verify(&mut self, client: &Client, mut verifying: Verifying) -> Stage {
        if verifying.next == 0 {
            self.round += 1;
            let of_services =
                |change: &&Change| matches!(change.object(), Some(Object::Service(_)));
            if self
                .changes
                .iter()
                .filter(of_services)
                .nth(READINGS)
                .is_some()
            {
                verifying.verifier.read_services(client);
            }
        }
        let enough = verifying.verifier.readings() + READINGS;
        while let Some(step) = self.steps.get(verifying.next) {
            if verifying.verifier.readings() >= enough {
                return Stage::Verifying(verifying);
            }
            self.verify_one(client, *step, &mut verifying);
            verifying.next += 1;
        }
        let Verifying {
            places, changes, ..
        } = verifying;
        if changes.is_empty() {
            return Stage::Done;
        }
        Stage::MakingUp {
            places,
            changes,
            sending: Sending::new(),
        }
    }

    /// Reads again what one change is about: corrects its report, or has it made up for.
    fn verify_one(&mut self, client: &Client, step: PlannedChange, verifying: &mut Verifying) {
        let (place, change) = (verifying.next, step.change);
        let result = self.report.results().get(place);
        let known = result.and_then(|result| result.as_ref().err());
        if known.is_some_and(|error| !may_be_someone_elses(error)) || self.is_superseded(&change) {
            return;
        }
        let about = About::of(&change);
        let error = match (verifying.verifier.remainder(client, &change), step.reason) {
            // What was to leave has left.
            (Ok(None), _) | (Ok(Some(Change::AddDest(..))), Reason::Draining) => {
                return self.report.correct(place, Ok(()));
            }
            // Its other dests are gone too, and not known here.
            (Ok(Some(Change::AddService(_))), Reason::Differs(_)) => {
                let cause = "somebody else removed it meanwhile";
                about
                    .error(ErrorKind::ServiceNotFound, cause)
                    .with_cure("plan again from a new snapshot")
            }
            (Ok(Some(remainder)), _) if self.round <= ROUNDS => {
                verifying.places.push(place);
                verifying.changes.push(remainder);
                return;
            }
            (Ok(Some(_)), _) if known.is_some() => return,
            (Ok(Some(_)), _) => about.error(
                ErrorKind::ChangedWhileReading,
                "somebody else keeps changing it",
            ),
            (Err(error), _) => about.retold(&error).with_applied(Applied::Unknown),
        };
        self.report.correct(place, Err(error));
    }

    /// A daemon that is stopped to be started anew is to run, after all.
    fn is_superseded(&self, change: &Change) -> bool {
        matches!(change, Change::StopDaemon(role) if self.starting.contains(role))
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
