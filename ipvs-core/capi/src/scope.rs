//! Scopes
//!
//! What of a network namespace's IPVS a plan may touch: nothing outside of it is ever changed,
//! whoever put it there. A service is ours when any of what was added says so, and then with
//! all of its dests.

use std::mem;
use std::net::IpAddr;

use ipvs_core::{Scope, ServiceKey};

use crate::address::{self, ipvs_address};
use crate::ffi::{ffi, own};
use crate::key::ipvs_service_key;
use crate::status::{ipvs_error, ipvs_status};

/// What is ours. Any threads may read it at once, or one may change it.
pub struct ipvs_scope(pub(crate) Scope);

impl ipvs_scope {
    fn widen(&mut self, with: impl FnOnce(Scope) -> Scope) {
        self.0 = with(mem::replace(&mut self.0, Scope::nothing()));
    }
}

/// Every service, the timeouts and the daemons. NULL only after a bug of this library.
///
/// Free it with ipvs_scope_free().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_scope_everything() -> *mut ipvs_scope {
    ffi!(else std::ptr::null_mut(), |_| own(ipvs_scope(Scope::everything())))
}

/// Nothing yet. NULL only after a bug of this library.
///
/// Free it with ipvs_scope_free().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_scope_nothing() -> *mut ipvs_scope {
    ffi!(else std::ptr::null_mut(), |_| own(ipvs_scope(Scope::nothing())))
}

/// Adds every service.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_scope_add_every_service(
    scope: *mut ipvs_scope,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        c.change(scope, "scope")?
            .widen(|scope| scope.with_every_service());
        Ok(())
    })
}

/// Adds one service.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_scope_add_service(
    scope: *mut ipvs_scope,
    key: *const ipvs_service_key,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let key = ServiceKey::try_from(c.read(key, "key")?)?;
        c.change(scope, "scope")?
            .widen(|scope| scope.with_service(key));
        Ok(())
    })
}

/// Adds the services of every virtual address that begins with the first `length` bits of
/// `network`. A length above 32 (IPv4) or 128 (IPv6) is taken for that.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_scope_add_prefix(
    scope: *mut ipvs_scope,
    network: *const ipvs_address,
    length: u8,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let network = IpAddr::try_from(c.read(network, "network")?)?;
        c.change(scope, "scope")?
            .widen(|scope| scope.with_prefix(network, length));
        Ok(())
    })
}

/// Adds the services of the firewall marks from `first` to `last`, of one family: IPVS_IPV4 or
/// IPVS_IPV6.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_scope_add_marks(
    scope: *mut ipvs_scope,
    first: u32,
    last: u32,
    family: u16,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let family = address::family(family, "family")?;
        c.change(scope, "scope")?
            .widen(|scope| scope.with_marks(first..=last, family));
        Ok(())
    })
}

/// Adds the timeouts.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_scope_add_timeouts(
    scope: *mut ipvs_scope,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        c.change(scope, "scope")?
            .widen(|scope| scope.with_timeouts());
        Ok(())
    })
}

/// Adds the sync daemons, both roles.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_scope_add_daemons(
    scope: *mut ipvs_scope,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        c.change(scope, "scope")?
            .widen(|scope| scope.with_daemons());
        Ok(())
    })
}

/// Whether a service is ours.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_scope_contains(
    scope: *const ipvs_scope,
    key: *const ipvs_service_key,
    contains: *mut bool,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(contains, "contains")?;
        let key = ServiceKey::try_from(c.read(key, "key")?)?;
        place.write(c.borrow(scope, "scope")?.0.contains(&key));
        Ok(())
    })
}

/// Frees a scope.
///
/// NULL: does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_scope_free(scope: *mut ipvs_scope) {
    ffi!(else (), |c| c.free(scope));
}
