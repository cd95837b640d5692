//! One operation, run while something disturbs it, and judged by what it does undisturbed.

use std::cell::Cell;
use std::fmt::Debug;
use std::time::Duration;

use ipvs_core::{
    Applied, Batch, Client, Error, Op, Options, Service, Table, Timeouts, TimeoutsEdit,
};

use super::operations::base;
use crate::site::Site;

/// A way to use one of the client's methods.
pub struct Operation {
    /// The method's name, and what is special about this use of it.
    pub name: String,
    /// The method's name alone.
    pub method: &'static str,
    /// The operation that its errors name, if it is only one.
    op: Option<Op>,
    /// What must be there beside the [`base`].
    beginning: Box<dyn Fn(&Site)>,
    /// Makes everything ready for a call that nothing else is a part of.
    ready: Box<dyn Fn(&Setting<'_>) -> Call>,
    look: Look,
    /// Whether it only reads.
    pub reads: bool,
    /// Whether it depends on the namespace of the calling thread.
    pub follows_the_caller: bool,
    /// Whether its beginning takes seconds to be made again.
    pub slow: bool,
    /// Whether a client makes calls for it only once.
    pub begins_anew: bool,
}

/// What is there to make an operation ready.
#[derive(Clone, Copy)]
pub struct Setting<'s> {
    pub site: &'s Site,
    /// The one that will be called.
    pub client: &'s Client,
    /// How long another one should wait.
    pub silence: Duration,
}

/// Tells how things are that it may change, each part of it.
type Look = Box<dyn Fn(&Client) -> Vec<Part>>;

/// How a part of the kernel's state is.
#[derive(Debug, PartialEq)]
pub enum Part {
    Table(Box<Table>),
    Text(String),
}

pub type Call = Box<dyn FnOnce(&Client) -> Outcome>;

/// What came of it: for each of its parts (of a batch each change) an answer or an error.
pub type Outcome = Vec<Result<Answer, Error>>;

pub enum Answer {
    Text(String),
    /// What was opened is to be tried, too.
    Opened(Box<Client>),
}

/// The outcome of what has one part.
pub fn one<T: Debug>(result: Result<T, Error>) -> Outcome {
    vec![result.map(|value| Answer::Text(format!("{value:?}")))]
}

/// The same, of a client that was opened.
pub fn opened(result: Result<Client, Error>) -> Outcome {
    vec![result.map(|client| Answer::Opened(Box::new(client)))]
}

/// All that changes can be made to, in one part.
fn everything(client: &Client) -> Vec<Part> {
    vec![Part::Table(Box::new(client.list().unwrap().table()))]
}

type Glance = (Vec<Service>, Timeouts);

/// What is answered in short and in a listing, to see whether a client goes on.
fn glance(client: &Client) -> Result<Glance, Error> {
    let entries = client.services()?;
    let services = entries.iter().map(|entry| entry.service).collect();
    Ok((services, client.timeouts()?))
}

impl Operation {
    /// A method that is named as its errors' operation is.
    pub fn new(op: Op, call: fn(&Client) -> Outcome) -> Self {
        Operation::readied(op.name(), move |_| Box::new(call)).telling(op)
    }

    /// One that takes what must be made beforehand.
    pub fn readied(method: &'static str, ready: impl Fn(&Setting<'_>) -> Call + 'static) -> Self {
        Operation {
            name: method.to_owned(),
            method,
            op: None,
            beginning: Box::new(|_| ()),
            ready: Box::new(ready),
            look: Box::new(everything),
            reads: false,
            follows_the_caller: false,
            slow: false,
            begins_anew: false,
        }
    }

    /// With errors that name another operation than the method.
    pub fn telling(mut self, op: Op) -> Self {
        self.op = Some(op);
        self
    }

    /// In a certain way.
    pub fn by(mut self, way: &str) -> Self {
        self.name = format!("{} {way}", self.method);
        self
    }

    /// Of another method.
    pub fn of(mut self, method: &'static str) -> Self {
        self.method = method;
        self.name = method.to_owned();
        self
    }

    pub fn beginning_with(mut self, beginning: impl Fn(&Site) + 'static) -> Self {
        self.beginning = Box::new(beginning);
        self
    }

    /// With parts of its own that it changes.
    pub fn changing(mut self, look: impl Fn(&Client) -> Vec<Part> + 'static) -> Self {
        self.look = Box::new(look);
        self
    }

    /// One that only reads: a [`glance`] tells whether anything changed.
    pub fn changing_nothing(mut self) -> Self {
        self.reads = true;
        self.changing(|_| vec![Part::Text(String::new())])
    }

    pub fn beginning_anew(mut self) -> Self {
        self.begins_anew = true;
        self
    }

    pub fn slow(mut self) -> Self {
        self.slow = true;
        self
    }

    pub fn following_the_caller(mut self) -> Self {
        self.follows_the_caller = true;
        self
    }
}

/// Where an operation is run again and again, from the same beginning.
pub struct Stage<'s> {
    pub site: &'s Site,
    pub operation: &'s Operation,
    truth: Option<Truth>,
    /// Whether the beginning has to be made again.
    used: Cell<bool>,
}

/// What an operation does undisturbed.
struct Truth {
    beginning: Vec<Part>,
    /// The same, but for what getting ready did.
    before: Vec<Part>,
    after: Vec<Part>,
    told: Vec<Result<String, String>>,
    glance: Glance,
}

/// How a disturbed run came out: as an undisturbed one, or with a typed error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Right,
    Error,
}

/// What no answer takes, however busy the machine is.
pub const PATIENCE: Duration = Duration::from_secs(5);

impl<'s> Stage<'s> {
    pub fn new(site: &'s Site, operation: &'s Operation) -> Self {
        let mut stage = Stage {
            site,
            operation,
            truth: None,
            used: Cell::new(true),
        };
        stage.begin();
        let beginning = stage.look();
        let client = stage.open(PATIENCE);
        let call = stage.ready(&client, PATIENCE);
        let before = stage.look();
        let told = told(call(&client));
        let after = stage.look();
        stage.used.set(after != beginning);
        stage.truth = Some(Truth {
            beginning,
            before,
            after,
            told,
            glance: glance(&site.client).unwrap(),
        });
        stage
    }

    fn truth(&self) -> &Truth {
        self.truth.as_ref().unwrap()
    }

    /// A client to be called.
    pub fn open(&self, silence: Duration) -> Client {
        self.site.open(Options::new().with_deadline(silence))
    }

    /// Makes the beginning, unless it is there yet.
    pub fn begin(&self) {
        if !self.used.replace(false) {
            return;
        }
        let client = &self.site.client;
        clear(client);
        let timeouts: TimeoutsEdit = ipvs_core::Timeouts::default().into();
        client.set_timeouts(&timeouts).unwrap();
        let base: Batch = base().changes().collect();
        client.batch(&base).into_result().unwrap();
        (self.operation.beginning)(self.site);
        if let Some(truth) = &self.truth {
            assert_eq!(self.look(), truth.beginning, "{}", self.operation.name);
        }
    }

    /// Has the beginning made again, whatever there is.
    pub fn upset(&self) {
        self.used.set(true);
    }

    fn look(&self) -> Vec<Part> {
        (self.operation.look)(&self.site.client)
    }

    /// The call from the beginning, with nothing left but to be made.
    pub fn ready(&self, client: &Client, silence: Duration) -> Call {
        self.begin();
        self.upset();
        (self.operation.ready)(&Setting {
            site: self.site,
            client,
            silence,
        })
    }

    /// Runs the operation of a client that waits so long as `disturb` has it run, and says what is wrong with the outcome.
    /// `explains` knows the errors that may come of the disturbance.
    pub fn run(
        &self,
        client: &Client,
        silence: Duration,
        disturb: impl FnOnce(&Client, Call) -> Outcome,
        explains: impl Fn(&Error) -> bool,
    ) -> Result<Verdict, String> {
        let call = self.ready(client, silence);
        let outcome = disturb(client, call);
        let verdict = self.judge(outcome, explains)?;
        self.goes_on(client)?;
        Ok(verdict)
    }

    /// Whatever the client went through, it goes on with the truth.
    pub fn goes_on(&self, client: &Client) -> Result<(), String> {
        let next = glance(client).map_err(|error| format!("then: {error}"))?;
        let truth = match self.operation.reads {
            true => self.truth().glance.clone(),
            false => glance(&self.site.client).unwrap(),
        };
        if next != truth {
            return Err(format!("then it reads {next:?} in place of {truth:?}"));
        }
        Ok(())
    }

    /// Compares each part with what an undisturbed run says and does.
    pub fn judge(
        &self,
        outcome: Outcome,
        explains: impl Fn(&Error) -> bool,
    ) -> Result<Verdict, String> {
        let (truth, now) = (self.truth(), self.look());
        self.used.set(now != truth.beginning);
        if outcome.len() != truth.told.len() {
            return Err(format!("{} parts", outcome.len()));
        }
        let mut verdict = Verdict::Right;
        for (part, result) in outcome.into_iter().enumerate() {
            let fault = result.as_ref().err().cloned();
            let text = told(vec![result]).remove(0);
            let is = |there: &[Part]| there[part] == now[part];
            let (before, after) = (is(&truth.before), is(&truth.after));
            let Some(error) = fault.filter(|_| text != truth.told[part]) else {
                if text != truth.told[part] || !after {
                    return Err(format!("part {part}: {text:?}, in force: {after}"));
                }
                continue;
            };
            verdict = Verdict::Error;
            if !explains(&error) || self.operation.op.is_some_and(|op| error.op() != op) {
                return Err(format!("part {part}: {:?}: {error}", error.kind()));
            }
            let honest = match error.applied() {
                Applied::No => before,
                Applied::Yes => after,
                Applied::Unknown => before || after,
            };
            if !honest {
                return Err(format!("part {part}: {:?}: {error}", error.applied()));
            }
        }
        Ok(verdict)
    }
}

/// Leaves nothing in the table that would hold a module.
pub fn clear(client: &Client) {
    client.flush().unwrap();
    for daemon in client.daemons().unwrap() {
        client.stop_daemon(daemon.role).unwrap();
    }
}

/// An outcome in words, those of a client that was opened included.
fn told(outcome: Outcome) -> Vec<Result<String, String>> {
    let text = |answer| match answer {
        Answer::Text(text) => text,
        Answer::Opened(client) => format!("{:?}", glance(&client).unwrap()),
    };
    let results = outcome.into_iter();
    results
        .map(|result| result.map(text).map_err(|error| error.to_string()))
        .collect()
}
