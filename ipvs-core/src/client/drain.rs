//! A real server that leaves without breaking a connection.

use std::time::SystemTime;

use super::Client;
use crate::{
    Applied, DestEdit, DestEntry, DestKey, Error, ErrorKind, Protocol, ServiceKey, Sysctl,
    SysctlValue,
};

/// A real server that is leaving: weight 0, so that new connections go elsewhere;
/// then waiting until those it has are gone; then its removal.
///
/// The caller takes the steps, as often as it likes: nothing happens in between,
/// and no thread runs. What it has come to is in the kernel, so a program that was
/// restarted begins anew with the same values and goes on.
///
/// # What it waits for
///
/// * Of TCP and SCTP services the active connections: those that are established.
///   What is closing mostly needs the real server for no more than some packets; but
///   a client that closed its side and still receives counts as closing too, and one
///   whose handshake is under way is not established yet (so leave the network some
///   time between the first two steps). With [`until_empty`](Self::until_empty), all.
/// * Of every other service, firewall marks included, all connections: the kernel
///   never counts a UDP flow as active. A flow is gone when it was silent for
///   the [UDP timeout](crate::Timeouts::udp).
/// * Of a persistent service the persistence templates too: a client that has one
///   comes back with new connections in spite of weight 0, until it stayed away
///   for the persistence timeout. With the sysctl `expire_quiescent_template` the
///   kernel sends such clients elsewhere, and they are not waited for.
/// * Nothing any more when the deadline is past. What is left is cut off.
///
/// ```no_run
/// # use ipvs_core::{Client, Drain, DrainStep, Options};
/// # use std::time::{Duration, SystemTime};
/// # let client = Client::open(&Options::new())?;
/// let mut drain = Drain::new("tcp 192.0.2.1:80".parse()?, "10.0.3.100:8080".parse()?)
///     .with_deadline(SystemTime::now() + Duration::from_secs(600));
/// while let DrainStep::Waiting(left) = drain.step(&client)? {
///     println!("{} connections", left.active);
///     std::thread::sleep(Duration::from_secs(1));
/// }
/// # Ok::<(), ipvs_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Drain {
    service: ServiceKey,
    dest: DestKey,
    deadline: Option<SystemTime>,
    every_connection: bool,
    /// The weight that it had, once it is quiesced.
    weight: Option<u32>,
    /// The weight that it had before a step that may have quiesced it: nobody knows.
    in_doubt: Option<u32>,
}

/// What a step of a [`Drain`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DrainStep {
    /// It has connections that are waited for.
    Waiting(DrainLeft),
    /// It is removed; these connections were cut off.
    Removed(DrainLeft),
    /// It is not there any more: somebody else removed it, or its service.
    Gone,
    /// Somebody gave it a weight again since the first step: it stays.
    Restored {
        /// That weight.
        weight: u32,
    },
}

/// The connections that a real server has left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct DrainLeft {
    /// Established connections.
    pub active: u32,
    /// Connections in every other state, and every UDP flow.
    pub inactive: u32,
    /// Persistence templates: clients that would come back.
    pub persistent: u32,
}

impl Drain {
    /// The leaving of a real server, without a deadline.
    #[must_use]
    pub fn new(service: ServiceKey, dest: DestKey) -> Self {
        let every_connection = !matches!(
            service,
            ServiceKey::Address {
                protocol: Protocol::TCP | Protocol::SCTP,
                ..
            }
        );
        Drain {
            service,
            dest,
            deadline: None,
            every_connection,
            weight: None,
            in_doubt: None,
        }
    }

    /// Waiting until then at the longest.
    #[must_use]
    pub fn with_deadline(mut self, deadline: SystemTime) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Waiting for every connection, those that are closing too.
    #[must_use]
    pub fn until_empty(mut self) -> Self {
        self.every_connection = true;
        self
    }

    /// Takes a step: quiesces it, looks whether its connections are gone, or removes it.
    ///
    /// The first step that removes is never the one that quiesces, unless the
    /// deadline is past: a packet may be under way.
    ///
    /// # Errors
    ///
    /// Those of [`Client::dest`], [`Client::edit_dest`], [`Client::remove_dest`] and
    /// [`Client::sysctl`], except that a dest that is not there is [`DrainStep::Gone`].
    /// The step can be taken again.
    pub fn step(&mut self, client: &Client) -> Result<DrainStep, Error> {
        match self.attempt(client) {
            Err(error) if is_gone(&error) => Ok(DrainStep::Gone),
            outcome => outcome,
        }
    }

    /// Gives it back the weight that it had before the first step; nothing if there
    /// was none.
    ///
    /// # Errors
    ///
    /// Those of [`Client::edit_dest`]. It can be tried again.
    pub fn cancel(&mut self, client: &Client) -> Result<(), Error> {
        if let Some(weight) = self.weight.or(self.in_doubt) {
            self.give(client, weight)?;
            (self.weight, self.in_doubt) = (None, None);
        }
        Ok(())
    }

    fn attempt(&mut self, client: &Client) -> Result<DrainStep, Error> {
        let entry = client.dest(&self.service, &self.dest)?;
        let left = DrainLeft {
            active: entry.active_connections,
            inactive: entry.inactive_connections,
            persistent: entry.persistent_connections,
        };
        let overdue = self
            .deadline
            .is_some_and(|deadline| SystemTime::now() >= deadline);
        match (self.weight, entry.dest.weight) {
            (None, weight) => {
                self.weight = Some(self.quiesce(client, weight)?);
                if !overdue {
                    return Ok(DrainStep::Waiting(left));
                }
            }
            (Some(_), 0) => {}
            (Some(_), weight) => return Ok(DrainStep::Restored { weight }),
        }
        if !overdue && self.waits_for(client, &entry)? {
            return Ok(DrainStep::Waiting(left));
        }
        client.remove_dest(&self.service, &self.dest)?;
        Ok(DrainStep::Removed(left))
    }

    /// Takes its weight away, and tells which one that was.
    fn quiesce(&mut self, client: &Client, weight: u32) -> Result<u32, Error> {
        if weight == 0 {
            // Somebody else's zero, or ours.
            return Ok(self.in_doubt.unwrap_or(0));
        }
        match self.give(client, 0) {
            Err(error) if error.applied() != Applied::No => {
                self.in_doubt = Some(weight);
                Err(error)
            }
            outcome => outcome.map(|()| weight),
        }
    }

    fn give(&self, client: &Client, weight: u32) -> Result<(), Error> {
        let edit = DestEdit::new().with_weight(weight);
        client.edit_dest(&self.service, &self.dest, &edit)?;
        Ok(())
    }

    fn waits_for(&self, client: &Client, entry: &DestEntry) -> Result<bool, Error> {
        if entry.active_connections > 0 || self.every_connection && entry.inactive_connections > 0 {
            return Ok(true);
        }
        if entry.persistent_connections == 0 {
            return Ok(false);
        }
        let expire = client.sysctl(Sysctl::ExpireQuiescentTemplate)?;
        Ok(expire == SysctlValue::Number(0))
    }
}

fn is_gone(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ServiceNotFound | ErrorKind::DestNotFound
    )
}
