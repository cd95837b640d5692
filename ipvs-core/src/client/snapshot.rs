//! Reading everything.

use super::Client;
use super::read::{Passes, TRIES};
use super::report::About;
use crate::wire::reply;
use crate::wire::request::Request;
use crate::{DestEntry, Error, ErrorKind, Op, ServiceEntry, ServiceKey, Snapshot, SnapshotService};

impl Client {
    /// Reads everything: services, dests, timeouts, daemons and info.
    ///
    /// The kernel's listings are neither atomic nor marked when something
    /// changes meanwhile, so it is read until two passes in a row agree on the
    /// configuration (counters move all the time), eight passes at most. What
    /// that cannot catch: a change that is undone between two passes, and one
    /// that hides the same entry from both. Counters are the last pass's, and
    /// those of different services are of different moments.
    ///
    /// # Errors
    ///
    /// `ChangedWhileReading` when no two passes agree; `PermissionDenied`, `TimedOut`.
    #[doc(alias = "IPVS_CMD_GET_SERVICE")]
    #[doc(alias = "IPVS_CMD_GET_DEST")]
    #[doc(alias = "ipvsadm -S")]
    pub fn snapshot(&self) -> Result<Snapshot, Error> {
        let about = About::new(Op::Snapshot);
        let pass = || self.pass(&about, |key| self.list_dests(&about, key, Passes::One));
        let mut last = pass()?;
        for _ in 1..TRIES {
            let next = pass()?;
            if next.table() == last.table() {
                return Ok(next);
            }
            last = next;
        }
        let cause = format!("the table kept changing through {TRIES} readings");
        Err(about.error(ErrorKind::ChangedWhileReading, cause))
    }

    /// Reads everything once: what [`snapshot`](Self::snapshot) reads, without
    /// comparing, for half of its cost at most.
    ///
    /// Each listing in it is of one moment only if nothing changed meanwhile, and
    /// nothing tells. It is enough where nobody else changes the table, and for a
    /// [`Plan`](crate::Plan) that is planned anew now and then:
    /// [`apply`](Self::apply) reads again whatever it touches. (For no more than a plan,
    /// [`plan`](Self::plan) reads less.)
    ///
    /// # Errors
    ///
    /// `PermissionDenied`, `TimedOut`.
    #[doc(alias = "IPVS_CMD_GET_SERVICE")]
    #[doc(alias = "IPVS_CMD_GET_DEST")]
    #[doc(alias = "ipvsadm -S")]
    pub fn list(&self) -> Result<Snapshot, Error> {
        let about = About::new(Op::List);
        self.pass(&about, |key| self.list_dests(&about, key, Passes::One))
    }

    /// Reads everything once, the dests of each service by `dests`.
    pub(super) fn pass(
        &self,
        about: &About,
        dests: impl Fn(&ServiceKey) -> Result<Vec<DestEntry>, Error>,
    ) -> Result<Snapshot, Error> {
        let with_dests = |entry: ServiceEntry| {
            let dests = dests(&entry.service.key)?;
            Ok(SnapshotService { entry, dests })
        };
        Ok(Snapshot {
            info: self.get(about, &Request::GetInfo, reply::info)?,
            services: self
                .list_services(about, Passes::One)?
                .into_iter()
                .map(with_dests)
                .collect::<Result<_, Error>>()?,
            timeouts: self.get(about, &Request::GetConfig, reply::timeouts)?,
            daemons: self.list_daemons(about)?,
        })
    }
}
