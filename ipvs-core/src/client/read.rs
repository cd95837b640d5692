//! What the client reads.

use super::report::About;
use super::{Client, Stream};
use crate::door::Failure;
use crate::wire::WireError;
use crate::wire::reply;
use crate::wire::request::Request;
use crate::{
    DestEntry, DestKey, Error, ErrorKind, Info, Object, Op, ServiceEntry, ServiceKey, SyncDaemon,
    Timeouts,
};

/// How often a listing is tried when it keeps changing.
pub(super) const TRIES: usize = 8;

impl Client {
    /// Lists the virtual services, sorted by key.
    ///
    /// The kernel lists in parts and marks no change in between, and a change
    /// can hide services that were there all the time (since Linux 7.1 the
    /// kernel's own re-arrangement of its table too, some time after services
    /// were added). So all but a short listing is read again, until two in a
    /// row have the same services, eight times at most; if the table never
    /// stands still, the last one counts. [`snapshot`](Self::snapshot) is
    /// stricter.
    ///
    /// # Errors
    ///
    /// `PermissionDenied`, `TimedOut`.
    #[doc(alias = "IPVS_CMD_GET_SERVICE")]
    #[doc(alias = "ipvsadm -L")]
    pub fn services(&self) -> Result<Vec<ServiceEntry>, Error> {
        self.list_services(&About::new(Op::Services), Passes::UntilTheyAgree)
    }

    /// Reads one virtual service.
    ///
    /// # Errors
    ///
    /// `ServiceNotFound`, `PermissionDenied`, `TimedOut`.
    #[doc(alias = "IPVS_CMD_GET_SERVICE")]
    #[doc(alias = "ipvsadm -L -t")]
    pub fn service(&self, key: &ServiceKey) -> Result<ServiceEntry, Error> {
        self.read_service(&About::with(Op::Service, Object::Service(*key)), key)
    }

    /// Lists the real servers of a service, sorted by key.
    ///
    /// A long listing is read again like that of [`services`](Self::services).
    ///
    /// # Errors
    ///
    /// `ServiceNotFound`, `PermissionDenied`, `TimedOut`.
    #[doc(alias = "IPVS_CMD_GET_DEST")]
    #[doc(alias = "ipvsadm -L -t")]
    pub fn dests(&self, key: &ServiceKey) -> Result<Vec<DestEntry>, Error> {
        let about = About::with(Op::Dests, Object::Service(*key));
        self.read_dests(&about, key)
    }

    /// Reads one real server of a service. (The kernel can only list them all.)
    ///
    /// # Errors
    ///
    /// `ServiceNotFound`, `DestNotFound`, `PermissionDenied`, `TimedOut`.
    #[doc(alias = "IPVS_CMD_GET_DEST")]
    pub fn dest(&self, service: &ServiceKey, dest: &DestKey) -> Result<DestEntry, Error> {
        self.read_dest(
            &About::with(Op::Dest, Object::Dest(*service, *dest)),
            service,
            dest,
        )
    }

    /// The running sync daemons, master first.
    ///
    /// # Errors
    ///
    /// `PermissionDenied`, `TimedOut`.
    #[doc(alias = "IPVS_CMD_GET_DAEMON")]
    #[doc(alias = "ipvsadm -L --daemon")]
    pub fn daemons(&self) -> Result<Vec<SyncDaemon>, Error> {
        self.list_daemons(&About::new(Op::Daemons))
    }

    /// The timeouts in force.
    ///
    /// # Errors
    ///
    /// `PermissionDenied`, `TimedOut`.
    #[doc(alias = "IPVS_CMD_GET_CONFIG")]
    #[doc(alias = "ipvsadm -L --timeout")]
    pub fn timeouts(&self) -> Result<Timeouts, Error> {
        self.get(
            &About::new(Op::Timeouts),
            &Request::GetConfig,
            reply::timeouts,
        )
    }

    /// IPVS's version and the connection table's size.
    ///
    /// # Errors
    ///
    /// `PermissionDenied`, `TimedOut`.
    #[doc(alias = "IPVS_CMD_GET_INFO")]
    pub fn info(&self) -> Result<Info, Error> {
        self.get(&About::new(Op::Info), &Request::GetInfo, reply::info)
    }

    /// Lists the virtual services one after the other, in the kernel's order.
    ///
    /// It reads on a socket of its own, with flat memory however many there
    /// are: the client stays usable meanwhile, and the stream may be dropped
    /// at any point. Under changes it may repeat services or miss some.
    ///
    /// # Errors
    ///
    /// As [`services`](Self::services), here or from the stream, which then ends; `Io` when no
    /// second socket can be opened.
    #[doc(alias = "IPVS_CMD_GET_SERVICE")]
    #[doc(alias = "ipvsadm -L --nosort")]
    pub fn stream_services(&self) -> Result<Stream<ServiceEntry>, Error> {
        let about = About::new(Op::Services);
        let connection = self.second_connection(&about)?;
        Stream::start(
            connection,
            about,
            &Request::GetServices,
            self.deadline,
            Box::new(reply::service),
        )
    }

    /// Lists the real servers of a service one after the other, in the
    /// kernel's order, like [`stream_services`](Self::stream_services).
    ///
    /// # Errors
    ///
    /// As [`dests`](Self::dests), here or from the stream, which then ends; `Io` when no
    /// second socket can be opened. For a client of another namespace than the
    /// calling thread's that takes `CAP_SYS_ADMIN`.
    #[doc(alias = "IPVS_CMD_GET_DEST")]
    #[doc(alias = "ipvsadm -L --nosort")]
    pub fn stream_dests(&self, key: &ServiceKey) -> Result<Stream<DestEntry>, Error> {
        let about = About::with(Op::Dests, Object::Service(*key));
        self.read_service(&about, key)?;
        let connection = self.second_connection(&about)?;
        let family = key.family();
        let decode = Box::new(move |attributes: &[u8]| reply::dest(attributes, family));
        Stream::start(
            connection,
            about,
            &Request::GetDests(key),
            self.deadline,
            decode,
        )
    }

    pub(super) fn read_service(
        &self,
        about: &About,
        key: &ServiceKey,
    ) -> Result<ServiceEntry, Error> {
        self.check(about, || crate::check::service_key(key))?;
        self.get(about, &Request::GetService(key), reply::service)
    }

    pub(super) fn read_dests(
        &self,
        about: &About,
        key: &ServiceKey,
    ) -> Result<Vec<DestEntry>, Error> {
        self.check(about, || crate::check::service_key(key))?;
        let dests = self.list_dests(about, key, Passes::UntilTheyAgree)?;
        if dests.is_empty() {
            // The kernel lists nothing for a service that isn't there.
            self.read_service(about, key)?;
        }
        Ok(dests)
    }

    pub(super) fn list_services(
        &self,
        about: &About,
        passes: Passes,
    ) -> Result<Vec<ServiceEntry>, Error> {
        let key = |entry: &ServiceEntry| entry.service.key;
        self.list_by_key(about, &Request::GetServices, reply::service, key, passes)
    }

    pub(super) fn list_dests(
        &self,
        about: &About,
        service: &ServiceKey,
        passes: Passes,
    ) -> Result<Vec<DestEntry>, Error> {
        let family = service.family();
        let decode = |attributes: &[u8]| reply::dest(attributes, family);
        let key = |entry: &DestEntry| entry.dest.key;
        self.list_by_key(about, &Request::GetDests(service), decode, key, passes)
    }

    pub(super) fn read_dest(
        &self,
        about: &About,
        service: &ServiceKey,
        dest: &DestKey,
    ) -> Result<DestEntry, Error> {
        let dests = self.read_dests(about, service)?;
        dests
            .into_iter()
            .find(|entry| entry.dest.key == *dest)
            .ok_or_else(|| about.error(ErrorKind::DestNotFound, "no such dest"))
    }

    pub(super) fn list_daemons(&self, about: &About) -> Result<Vec<SyncDaemon>, Error> {
        let (mut daemons, _) = self.read_dump(about, &Request::GetDaemons, reply::daemon)?;
        daemons.sort_by_key(|daemon| daemon.role);
        Ok(daemons)
    }

    /// One reply.
    pub(super) fn get<T>(
        &self,
        about: &About,
        request: &Request<'_>,
        decode: impl Fn(&[u8]) -> Result<T, WireError>,
    ) -> Result<T, Error> {
        let mut value = None;
        self.run(about, &[*request], &mut |_, attributes| {
            value = Some(decode(attributes)?);
            Ok(())
        })?;
        value.ok_or_else(|| about.error(ErrorKind::Protocol, "the kernel answered without a reply"))
    }

    /// Every entry of a dump, sorted, each key once.
    fn list_by_key<T, K: Ord>(
        &self,
        about: &About,
        dump: &Request<'_>,
        decode: impl Fn(&[u8]) -> Result<T, WireError>,
        key: impl Fn(&T) -> K,
        passes: Passes,
    ) -> Result<Vec<T>, Error> {
        let mut last: Option<Vec<T>> = None;
        for _ in 0..TRIES {
            let (entries, torn) = self.read_dump(about, dump, &decode)?;
            let entries = in_order(entries, &key);
            let agrees = |last: &Vec<T>| last.iter().map(&key).eq(entries.iter().map(&key));
            let enough = !torn || passes == Passes::One || last.as_ref().is_some_and(agrees);
            if enough {
                return Ok(entries);
            }
            last = Some(entries);
        }
        Ok(last.unwrap_or_default())
    }

    /// Every entry of a dump, in the kernel's order, and whether they may be of
    /// several moments.
    ///
    /// Dumps of many services follow each other on one socket. A socket has but one dump at
    /// a time, so others could run on others; but the kernel makes a dump's parts within the
    /// reader's own calls, so there is no waiting to overlap, and a listing of 1,000 services
    /// over 8 sockets takes 1.00 of the instructions (`make bench`; Linux 6.1 and 7.2), as
    /// many calls, and no less time.
    fn read_dump<T>(
        &self,
        about: &About,
        dump: &Request<'_>,
        decode: impl Fn(&[u8]) -> Result<T, WireError>,
    ) -> Result<(Vec<T>, bool), Error> {
        let mut connection = self.connection(about)?;
        let mut entries = Vec::new();
        let mut outcome = Err(Failure::Interrupted);
        for _ in 0..TRIES {
            entries.clear();
            outcome = connection.run(&[*dump], &mut |_, attributes| {
                entries.push(decode(attributes)?);
                Ok(())
            });
            if !matches!(outcome, Err(Failure::Interrupted)) {
                break;
            }
        }
        outcome.map_err(|failure| about.failure(failure, self.deadline))?;
        // They are kept: a service of a snapshot has some dests, and there are thousands.
        entries.shrink_to_fit();
        Ok((entries, connection.may_be_torn()))
    }
}

/// A listing, sorted, each key once.
pub(super) fn in_order<T, K: Ord>(mut entries: Vec<T>, key: impl Fn(&T) -> K) -> Vec<T> {
    // The kernel puts what is new in front: in reverse, a listing is mostly in order already.
    entries.reverse();
    if !entries.is_sorted_by(|one, next| key(one) < key(next)) {
        entries.sort_unstable_by_key(&key);
        entries.dedup_by(|one, other| key(one) == key(other));
    }
    entries
}

/// How often a listing is read.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Passes {
    /// Once; the caller compares.
    One,
    /// Until two readings in a row have the same keys. What is surely of one
    /// moment need not be read again.
    UntilTheyAgree,
}
