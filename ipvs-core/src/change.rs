//! One change of the kernel's table: the one vocabulary of rules text, batches,
//! plans, reports and histories.

use std::fmt;

use crate::{
    DaemonRole, Dest, DestKey, Object, Op, Service, ServiceKey, SyncDaemon, Table, TimeoutsEdit,
};

/// One change that a [`Client`](crate::Client) can make: each is a method of it,
/// as a value. [`Client::change`](crate::Client::change) makes it;
/// [`rules`](crate::rules) reads it from a line of ipvsadm's, and prints it as one.
///
/// ```
/// # use ipvs_core::{Change, Op, Service, ServiceKey};
/// let change = Change::AddService(Service::new(ServiceKey::tcp([192, 0, 2, 1], 80)));
/// assert_eq!(change.op(), Op::AddService);
/// assert_eq!(change.to_string(), "add service tcp 192.0.2.1:80 scheduler wlc");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Change {
    /// Adds a virtual service: `ipvsadm -A`.
    #[doc(alias = "ipvsadm -A")]
    AddService(Service),
    /// Replaces a virtual service wholly: `ipvsadm -E`.
    #[doc(alias = "ipvsadm -E")]
    UpdateService(Service),
    /// Removes a virtual service and its real servers: `ipvsadm -D`.
    #[doc(alias = "ipvsadm -D")]
    RemoveService(ServiceKey),
    /// Adds a real server to a service: `ipvsadm -a`.
    #[doc(alias = "ipvsadm -a")]
    AddDest(ServiceKey, Dest),
    /// Replaces a real server of a service wholly: `ipvsadm -e`.
    #[doc(alias = "ipvsadm -e")]
    UpdateDest(ServiceKey, Dest),
    /// Removes a real server from a service: `ipvsadm -d`.
    #[doc(alias = "ipvsadm -d")]
    RemoveDest(ServiceKey, DestKey),
    /// Starts a sync daemon: `ipvsadm --start-daemon`.
    #[doc(alias = "ipvsadm --start-daemon")]
    StartDaemon(SyncDaemon),
    /// Stops the sync daemon of a role: `ipvsadm --stop-daemon`.
    #[doc(alias = "ipvsadm --stop-daemon")]
    StopDaemon(DaemonRole),
    /// Sets the given timeouts and keeps the others: `ipvsadm --set`.
    #[doc(alias = "ipvsadm --set")]
    SetTimeouts(TimeoutsEdit),
    /// Removes every service: `ipvsadm -C`.
    #[doc(alias = "ipvsadm -C")]
    Flush,
    /// Sets every counter to zero: `ipvsadm -Z`.
    #[doc(alias = "ipvsadm -Z")]
    Zero,
    /// Sets the counters of a service and its real servers to zero: `ipvsadm -Z -t`.
    #[doc(alias = "ipvsadm -Z")]
    ZeroService(ServiceKey),
}

impl Change {
    /// The operation that it stands for.
    #[must_use]
    pub const fn op(&self) -> Op {
        match self {
            Change::AddService(_) => Op::AddService,
            Change::UpdateService(_) => Op::UpdateService,
            Change::RemoveService(_) => Op::RemoveService,
            Change::AddDest(..) => Op::AddDest,
            Change::UpdateDest(..) => Op::UpdateDest,
            Change::RemoveDest(..) => Op::RemoveDest,
            Change::StartDaemon(_) => Op::StartDaemon,
            Change::StopDaemon(_) => Op::StopDaemon,
            Change::SetTimeouts(_) => Op::SetTimeouts,
            Change::Flush => Op::Flush,
            Change::Zero => Op::Zero,
            Change::ZeroService(_) => Op::ZeroService,
        }
    }

    /// The service, dest or daemon that it is about; `None` for what is about everything.
    #[must_use]
    pub const fn object(&self) -> Option<Object> {
        match self {
            Change::AddService(service) | Change::UpdateService(service) => {
                Some(Object::Service(service.key))
            }
            Change::RemoveService(key) | Change::ZeroService(key) => Some(Object::Service(*key)),
            Change::AddDest(key, dest) | Change::UpdateDest(key, dest) => {
                Some(Object::Dest(*key, dest.key))
            }
            Change::RemoveDest(key, dest) => Some(Object::Dest(*key, *dest)),
            Change::StartDaemon(daemon) => Some(Object::Daemon(daemon.role)),
            Change::StopDaemon(role) => Some(Object::Daemon(*role)),
            Change::SetTimeouts(_) | Change::Flush | Change::Zero => None,
        }
    }
}

/// The operation and the whole of what it is given, in one line.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.op())?;
        match self {
            Change::AddService(service) | Change::UpdateService(service) => write!(f, " {service}"),
            Change::RemoveService(key) | Change::ZeroService(key) => write!(f, " {key}"),
            Change::AddDest(key, dest) | Change::UpdateDest(key, dest) => {
                write!(f, " {dest} of {key}")
            }
            Change::RemoveDest(key, dest) => write!(f, " {dest} of {key}"),
            Change::StartDaemon(daemon) => write!(f, " {daemon}"),
            Change::StopDaemon(role) => write!(f, " {role}"),
            Change::SetTimeouts(timeouts) if *timeouts != TimeoutsEdit::new() => {
                write!(f, " {timeouts}")
            }
            Change::SetTimeouts(_) | Change::Flush | Change::Zero => Ok(()),
        }
    }
}

impl Table {
    /// The changes that make this table out of an empty one: each service and
    /// then its dests, in the table's order; the timeouts; the daemons.
    pub fn changes(&self) -> impl Iterator<Item = Change> + '_ {
        let services = self.services.iter().flat_map(|held| {
            let key = held.service.key;
            let dests = held.dests.iter();
            std::iter::once(Change::AddService(held.service))
                .chain(dests.map(move |dest| Change::AddDest(key, *dest)))
        });
        let timeouts = self.timeouts.map(|all| Change::SetTimeouts(all.into()));
        let daemons = self.daemons.iter().flatten();
        services
            .chain(timeouts)
            .chain(daemons.map(|daemon| Change::StartDaemon(*daemon)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ForwardMethod, InterfaceName, Timeouts};

    #[test]
    fn a_table_is_made_from_the_top_down() {
        let web = Service::new(ServiceKey::tcp([192, 0, 2, 1], 80));
        let dest = Dest::new([10, 0, 0, 1], 80, ForwardMethod::TUNNEL);
        let daemon = SyncDaemon::new(DaemonRole::Backup, "eth0".parse::<InterfaceName>().unwrap());
        let table = Table::new()
            .with_service(web, vec![dest])
            .with_timeouts(Timeouts::default())
            .with_daemons(vec![daemon]);
        let changes: Vec<_> = table.changes().map(|change| change.to_string()).collect();
        assert_eq!(
            changes,
            [
                "add service tcp 192.0.2.1:80 scheduler wlc",
                "add dest 10.0.0.1:80 tunnel weight 1 of tcp 192.0.2.1:80",
                "set timeouts tcp 900 tcp-fin 120 udp 300",
                "start daemon backup eth0 sync-id 0",
            ]
        );
    }

    #[test]
    fn an_error_and_its_change_are_about_the_same() {
        let key = ServiceKey::tcp([192, 0, 2, 1], 80);
        let dest = DestKey::new([10, 0, 0, 1], 80);
        let change = Change::RemoveDest(key, dest);
        assert_eq!(change.object(), Some(Object::Dest(key, dest)));
        assert_eq!(change.op().name(), "remove_dest");
        assert_eq!(Change::Flush.object(), None);
    }
}
