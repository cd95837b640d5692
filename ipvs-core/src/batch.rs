//! Many changes at once.

use crate::{Change, Error, Plan};

/// Changes to be made one after the other, in few system calls.
///
/// It is a plain value; [`Client::batch`](crate::Client::batch) makes them. One that
/// is refused keeps none of the others from being made.
///
/// ```
/// # use ipvs_core::{Batch, Change, DestEdit, Dest, ForwardMethod, ServiceKey};
/// let web = ServiceKey::tcp([192, 0, 2, 1], 80);
/// let servers = [[10, 0, 0, 1], [10, 0, 0, 2]];
/// let batch: Batch = servers
///     .map(|address| Change::AddDest(web, Dest::new(address, 80, ForwardMethod::MASQUERADE)))
///     .into_iter()
///     .collect();
/// assert_eq!(batch.len(), 2);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    changes: Vec<Change>,
}

impl Batch {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a change behind the others.
    pub fn push(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// The changes, in order.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

impl FromIterator<Change> for Batch {
    fn from_iter<I: IntoIterator<Item = Change>>(changes: I) -> Self {
        let changes = changes.into_iter().collect();
        Batch { changes }
    }
}

impl Extend<Change> for Batch {
    fn extend<I: IntoIterator<Item = Change>>(&mut self, changes: I) {
        self.changes.extend(changes);
    }
}

impl From<&Plan> for Batch {
    fn from(plan: &Plan) -> Self {
        plan.changes().collect()
    }
}

/// What became of each of many changes.
#[derive(Clone, Debug, Default)]
#[must_use = "each change may have failed by itself"]
pub struct Report {
    results: Vec<Result<(), Error>>,
}

impl Report {
    /// The results, in the order of the changes.
    pub fn results(&self) -> &[Result<(), Error>] {
        &self.results
    }

    /// The changes that failed, by their places, counted from 0.
    pub fn failures(&self) -> impl Iterator<Item = (usize, &Error)> {
        let results = self.results.iter().enumerate();
        results.filter_map(|(place, result)| Some((place, result.as_ref().err()?)))
    }

    /// Whether every change was made.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.results.iter().all(Result::is_ok)
    }

    /// Nothing, or the first failure.
    ///
    /// # Errors
    ///
    /// That of the first change that failed.
    pub fn into_result(self) -> Result<(), Error> {
        self.results.into_iter().collect()
    }

    /// How many changes it tells of so far.
    pub(crate) fn len(&self) -> usize {
        self.results.len()
    }

    /// The next change's result.
    pub(crate) fn push(&mut self, result: Result<(), Error>) {
        self.results.push(result);
    }

    /// What became of a change, corrected.
    pub(crate) fn correct(&mut self, place: usize, result: Result<(), Error>) {
        if let Some(known) = self.results.get_mut(place) {
            *known = result;
        }
    }
}
