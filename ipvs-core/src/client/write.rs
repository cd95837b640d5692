//! What the client changes.

use super::report::{About, explain, explain_dest, explain_service};
use super::{Checks, Client};
use crate::check;
use crate::door::Failure;
use crate::wire::exchange::Success;
use crate::wire::reply;
use crate::wire::request::Request;
use crate::{
    Applied, Change, DaemonRole, Dest, DestEdit, DestKey, Error, ErrorKind, Object, Op, Service,
    ServiceEdit, ServiceKey, SyncDaemon, TimeoutsEdit,
};

impl Client {
    /// Adds a virtual service. The kernel loads the scheduler's module when it
    /// is not loaded.
    ///
    /// Kernels before 7.1 hold a lock over the whole of IPVS while they load it,
    /// and can lock up for good when that is `ip_vs_lblc` or `ip_vs_lblcr` and a
    /// network namespace is removed at the same time: load those two beforehand.
    ///
    /// # Errors
    ///
    /// `AlreadyExists`; `UnknownScheduler`; `InvalidInput`; `Unsupported` for
    /// IPv6 on a kernel without; `PermissionDenied`, `TimedOut`.
    #[doc(alias = "IPVS_CMD_NEW_SERVICE")]
    #[doc(alias = "ipvsadm -A")]
    pub fn add_service(&self, service: &Service) -> Result<(), Error> {
        self.change(&Change::AddService(*service))
    }

    /// Replaces a virtual service wholly: every field becomes the given one.
    /// Its dests, connections and counters stay. To change some fields only,
    /// see [`edit_service`](Self::edit_service).
    ///
    /// # Errors
    ///
    /// `ServiceNotFound`; else as [`add_service`](Self::add_service).
    #[doc(alias = "IPVS_CMD_SET_SERVICE")]
    #[doc(alias = "ipvsadm -E")]
    pub fn update_service(&self, service: &Service) -> Result<(), Error> {
        self.change(&Change::UpdateService(*service))
    }

    /// Changes the given fields of a virtual service and keeps the rest: reads
    /// it, and writes it back whole. What somebody else changes between the two
    /// is overwritten. Returns the service as it was written.
    ///
    /// # Errors
    ///
    /// `ServiceNotFound`; else as [`add_service`](Self::add_service). Only the
    /// fields that are given are checked.
    #[doc(alias = "IPVS_CMD_SET_SERVICE")]
    pub fn edit_service(&self, key: &ServiceKey, edit: &ServiceEdit) -> Result<Service, Error> {
        let about = About::with(Op::EditService, Object::Service(*key));
        let found = self.read_service(&about.reading(), key)?;
        let edited = edit.apply(found.service);
        self.check(&about, || check::service_edit(edit, &edited))?;
        let scheduled = edited.scheduler == found.service.scheduler;
        self.write(&about, &Request::SetService(&edited))
            .map_err(|error| explain_service(error, &edited, scheduled))?;
        Ok(edited)
    }

    /// Removes a virtual service and its dests. Their connections stay until
    /// they time out, and stall.
    ///
    /// # Errors
    ///
    /// `ServiceNotFound`, `PermissionDenied`, `TimedOut`.
    #[doc(alias = "IPVS_CMD_DEL_SERVICE")]
    #[doc(alias = "ipvsadm -D")]
    pub fn remove_service(&self, key: &ServiceKey) -> Result<(), Error> {
        self.change(&Change::RemoveService(*key))
    }

    /// Adds a real server to a service.
    ///
    /// One that was removed less than some minutes ago comes back with its
    /// connections, and with its counters if the service is the same.
    ///
    /// # Errors
    ///
    /// `ServiceNotFound`; `AlreadyExists`; `InvalidInput`; `Unsupported` for
    /// IPv6 on a kernel without; `PermissionDenied`, `TimedOut`.
    #[doc(alias = "IPVS_CMD_NEW_DEST")]
    #[doc(alias = "ipvsadm -a")]
    pub fn add_dest(&self, service: &ServiceKey, dest: &Dest) -> Result<(), Error> {
        self.change(&Change::AddDest(*service, *dest))
    }

    /// Replaces a real server wholly: every field becomes the given one, the
    /// thresholds and the tunnel too. Its connections and counters stay. To
    /// change some fields only, see [`edit_dest`](Self::edit_dest).
    ///
    /// # Errors
    ///
    /// `ServiceNotFound`; `DestNotFound`; else as [`add_dest`](Self::add_dest).
    #[doc(alias = "IPVS_CMD_SET_DEST")]
    #[doc(alias = "ipvsadm -e")]
    pub fn update_dest(&self, service: &ServiceKey, dest: &Dest) -> Result<(), Error> {
        self.change(&Change::UpdateDest(*service, *dest))
    }

    /// Changes the given fields of a real server and keeps the rest: reads it,
    /// and writes it back whole. What somebody else changes between the two is
    /// overwritten. Returns the dest as it was written.
    ///
    /// # Errors
    ///
    /// `ServiceNotFound`; `DestNotFound`; else as [`add_dest`](Self::add_dest).
    /// Only the fields that are given are checked.
    #[doc(alias = "IPVS_CMD_SET_DEST")]
    pub fn edit_dest(
        &self,
        service: &ServiceKey,
        dest: &DestKey,
        edit: &DestEdit,
    ) -> Result<Dest, Error> {
        let about = About::with(Op::EditDest, Object::Dest(*service, *dest));
        let found = self.read_dest(&about.reading(), service, dest)?;
        let edited = edit.apply(found.dest);
        self.check(&about, || check::dest_edit(service, edit, &edited))?;
        self.write(&about, &Request::SetDest(service, &edited))
            .map_err(|error| explain_dest(error, service, &edited))?;
        Ok(edited)
    }

    /// Removes a real server from a service. Its connections stay until they
    /// time out, and stall, unless the sysctl `expire_nodest_conn` is set.
    ///
    /// # Errors
    ///
    /// `ServiceNotFound`, `DestNotFound`, `PermissionDenied`, `TimedOut`.
    #[doc(alias = "IPVS_CMD_DEL_DEST")]
    #[doc(alias = "ipvsadm -d")]
    pub fn remove_dest(&self, service: &ServiceKey, dest: &DestKey) -> Result<(), Error> {
        self.change(&Change::RemoveDest(*service, *dest))
    }

    /// Starts a sync daemon; one of each role may run.
    ///
    /// # Errors
    ///
    /// `AlreadyExists` when one of that role runs, whatever its settings;
    /// `InvalidInput` for an unknown interface, among others; `Io` when the
    /// group cannot be reached; `PermissionDenied`, `TimedOut`.
    #[doc(alias = "IPVS_CMD_NEW_DAEMON")]
    #[doc(alias = "ipvsadm --start-daemon")]
    pub fn start_daemon(&self, daemon: &SyncDaemon) -> Result<(), Error> {
        self.change(&Change::StartDaemon(*daemon))
    }

    /// Stops the sync daemon of a role.
    ///
    /// # Errors
    ///
    /// `DaemonNotRunning`, `PermissionDenied`, `TimedOut`; `Io` when it still
    /// runs afterwards.
    #[doc(alias = "IPVS_CMD_DEL_DAEMON")]
    #[doc(alias = "ipvsadm --stop-daemon")]
    pub fn stop_daemon(&self, role: DaemonRole) -> Result<(), Error> {
        let about = About::with(Op::StopDaemon, Object::Daemon(role));
        // A daemon whose thread has not run yet is stopped, and the kernel
        // forgets to say so: the listing behind it stands in for its answer.
        let requests = [Request::DelDaemon(role), Request::GetDaemons];
        let mut connection = self.connection(&about)?;
        let mut still_runs = false;
        let outcome = connection.run(&requests, &mut |_, attributes| {
            still_runs |= reply::daemon(attributes)?.role == role;
            Ok(())
        });
        match outcome {
            Ok(Success::Implied) if still_runs => {
                let cause = "the kernel was interrupted, and the daemon runs on";
                let error = about.error(ErrorKind::Io, cause).with_cure("try again");
                Err(error.with_applied(Applied::Unknown))
            }
            Ok(_) => Ok(()),
            Err(failure @ (Failure::Refused { index: 0, .. } | Failure::Unresolved(_))) => {
                Err(about.failure(failure, self.deadline))
            }
            // What became of the listing says nothing of the daemon.
            Err(_) if connection.first_is_finished() => Ok(()),
            Err(failure) => Err(about.failure(failure, self.deadline)),
        }
    }

    /// Sets the given timeouts, all or none, and keeps the others.
    ///
    /// # Errors
    ///
    /// `InvalidInput`, `PermissionDenied`, `TimedOut`.
    #[doc(alias = "IPVS_CMD_SET_CONFIG")]
    #[doc(alias = "ipvsadm --set")]
    pub fn set_timeouts(&self, timeouts: &TimeoutsEdit) -> Result<(), Error> {
        self.change(&Change::SetTimeouts(*timeouts))
    }

    /// Removes every virtual service of the namespace, whoever added it.
    /// Timeouts, sync daemons and connections stay.
    ///
    /// # Errors
    ///
    /// `PermissionDenied`, `TimedOut`.
    #[doc(alias = "IPVS_CMD_FLUSH")]
    #[doc(alias = "ipvsadm -C")]
    pub fn flush(&self) -> Result<(), Error> {
        self.change(&Change::Flush)
    }

    /// Zeroes the counters of every service, every dest and the namespace.
    ///
    /// # Errors
    ///
    /// `PermissionDenied`, `TimedOut`.
    #[doc(alias = "IPVS_CMD_ZERO")]
    #[doc(alias = "ipvsadm -Z")]
    pub fn zero(&self) -> Result<(), Error> {
        self.change(&Change::Zero)
    }

    /// Zeroes the counters of one service and its dests.
    ///
    /// # Errors
    ///
    /// `ServiceNotFound`, `PermissionDenied`, `TimedOut`.
    #[doc(alias = "IPVS_CMD_ZERO")]
    #[doc(alias = "ipvsadm -Z -t")]
    pub fn zero_service(&self, key: &ServiceKey) -> Result<(), Error> {
        self.change(&Change::ZeroService(*key))
    }

    /// Makes one change: what the method of its name does.
    ///
    /// # Errors
    ///
    /// Those of that method.
    pub fn change(&self, change: &Change) -> Result<(), Error> {
        if let Change::StopDaemon(role) = change {
            return self.stop_daemon(*role);
        }
        self.refuse(change)?;
        self.write(&About::of(change), &Request::from(change))
            .map_err(|error| explain(error, change))
    }

    /// What we refuse of a change; if the kernel is to judge, only what no message can hold.
    pub(super) fn refuse(&self, change: &Change) -> Result<(), Error> {
        match self.checks {
            // Whatever passes has seconds that are whole and few enough for a message.
            Checks::Full => {
                check::change(change).map_err(|refusal| About::of(change).refusal(refusal))
            }
            Checks::Kernel => Request::from(change).fits().map_err(|error| {
                About::of(change).failure(Failure::Unsendable(error), self.deadline)
            }),
        }
    }

    fn write(&self, about: &About, request: &Request<'_>) -> Result<(), Error> {
        self.run(about, &[*request], &mut |_, _| Ok(()))
    }
}
