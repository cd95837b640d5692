//! Dests: what names one, what is set, and what is checked of both.

use ipvs_sys::errno::{EAFNOSUPPORT, EEXIST, EINVAL, ENOENT, ERANGE, ESRCH};
use ipvs_sys::uapi::*;

use super::service::{Key, speaks, union_address};
use super::{Errno, Host, Ipvs, Service, address};
use crate::fake::Release;
use crate::fake::counters::Counters;
use crate::fake::netlink::ExtendedAck;
use crate::fake::netlink::policy::{Attributes, Form, Policy, Value};

/// What names a dest of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::fake) struct DestKey {
    pub(in crate::fake) family: u16,
    /// An IPv4 address is the first four bytes.
    pub(in crate::fake) address: [u8; 16],
    pub(in crate::fake) port: u16,
}

/// What is set of a dest, all of it at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::fake) struct Settings {
    pub(in crate::fake) forward: u32,
    pub(in crate::fake) weight: u32,
    pub(in crate::fake) upper_threshold: u32,
    pub(in crate::fake) lower_threshold: u32,
    pub(in crate::fake) tunnel_kind: u8,
    pub(in crate::fake) tunnel_port: u16,
    pub(in crate::fake) tunnel_flags: u16,
}

/// A dest.
#[derive(Clone, Debug)]
pub(in crate::fake) struct Dest {
    pub(in crate::fake) key: DestKey,
    pub(in crate::fake) settings: Settings,
    pub(in crate::fake) active: u32,
    pub(in crate::fake) inactive: u32,
    pub(in crate::fake) persistent: u32,
    pub(in crate::fake) counters: Counters,
}

/// The attributes of a dest.
const POLICY: Policy = &[
    Form::AtMost(16),
    Form::U16,
    Form::U32,
    Form::U32,
    Form::U32,
    Form::U32,
    Form::U32,
    Form::U32,
    Form::U32,
    Form::Nest,
    Form::U16,
    Form::Any,
    Form::U8,
    Form::U16,
    Form::U16,
];

impl DestKey {
    /// Reads what names a dest of a service of this family, and returns the nest with the rest.
    ///
    /// # Errors
    ///
    /// `EINVAL` for a nest that is malformed or lacks something.
    fn parse<'m>(
        nest: Option<Value<'m>>,
        service_family: u16,
    ) -> Result<(Self, Attributes<'m>), Errno> {
        let nest = nest.ok_or(EINVAL)?;
        let nest = nest.nested(POLICY, &mut ExtendedAck::default());
        let nest = nest.map_err(|_| EINVAL)?;
        let address = nest.need(IPVS_DEST_ATTR_ADDR)?;
        let port = nest.need(IPVS_DEST_ATTR_PORT)?.be16();
        let family = nest.get(IPVS_DEST_ATTR_ADDR_FAMILY).map_or(0, Value::u16);
        let family = if family == 0 { service_family } else { family };
        let key = DestKey {
            family,
            address: union_address(family, address),
            port,
        };
        Ok((key, nest))
    }
}

impl Settings {
    fn parse(nest: &Attributes<'_>) -> Result<Self, Errno> {
        let number = |kind| nest.get(kind).map_or(0, Value::u16);
        Ok(Settings {
            forward: nest.need(IPVS_DEST_ATTR_FWD_METHOD)?.u32() & IP_VS_CONN_F_FWD_MASK,
            weight: nest.need(IPVS_DEST_ATTR_WEIGHT)?.u32(),
            upper_threshold: nest.need(IPVS_DEST_ATTR_U_THRESH)?.u32(),
            lower_threshold: nest.need(IPVS_DEST_ATTR_L_THRESH)?.u32(),
            tunnel_kind: nest.get(IPVS_DEST_ATTR_TUN_TYPE).map_or(0, Value::u8),
            tunnel_port: nest.get(IPVS_DEST_ATTR_TUN_PORT).map_or(0, Value::be16),
            tunnel_flags: number(IPVS_DEST_ATTR_TUN_FLAGS),
        })
    }

    /// # Errors
    ///
    /// `ERANGE` for a negative weight and for a lower threshold above the upper one; `EINVAL`
    /// for an upper one beyond `int`, where the release looks, and for GUE without a port.
    fn check(&self, release: Release) -> Result<(), Errno> {
        if self.weight > INT_MAX || self.lower_threshold > self.upper_threshold {
            return Err(ERANGE);
        }
        let too_high = self.upper_threshold > INT_MAX && release.refuses_high_thresholds();
        let portless = self.tunnel_kind == IP_VS_CONN_F_TUNNEL_TYPE_GUE && self.tunnel_port == 0;
        if too_high || portless {
            return Err(EINVAL);
        }
        Ok(())
    }
}

const INT_MAX: u32 = i32::MAX.unsigned_abs();

impl Ipvs {
    /// Adds, edits or removes a dest of a service that is there.
    pub(super) fn change_dest(
        &mut self,
        host: &Host<'_>,
        command: u8,
        service: &Key,
        attributes: &Attributes<'_>,
    ) -> Result<(), Errno> {
        let nest = attributes.get(IPVS_CMD_ATTR_DEST);
        let (key, nest) = DestKey::parse(nest, service.family)?;
        if command == IPVS_CMD_DEL_DEST {
            check_family(host, key.family)?;
            return self.remove_dest(host, service, &key);
        }
        let settings = Settings::parse(&nest)?;
        check_family(host, key.family)?;
        if key.family != service.family {
            let tunnelled = settings.forward == IP_VS_CONN_F_TUNNEL;
            if self.daemons.runs() || !tunnelled {
                return Err(EINVAL);
            }
        }
        settings.check(host.environment.release)?;
        let service = self.services.get_mut(service).ok_or(ESRCH)?;
        let known = service.dests.iter_mut().find(|dest| dest.key == key);
        match (command, known) {
            (IPVS_CMD_SET_DEST, None) => return Err(ENOENT),
            (IPVS_CMD_SET_DEST, Some(dest)) => dest.settings = settings,
            (_, Some(_)) => return Err(EEXIST),
            (_, None) => {
                let mut dest = match self.trash.take_back(service, &key) {
                    // Its address is not looked at again.
                    Some(dest) => dest,
                    None => Dest::new(host, key)?,
                };
                dest.settings = settings;
                service.dests.push_front(dest);
            }
        }
        Ok(())
    }

    fn remove_dest(&mut self, host: &Host<'_>, service: &Key, key: &DestKey) -> Result<(), Errno> {
        let service = self.services.get_mut(service).ok_or(ESRCH)?;
        let place = service.dests.iter().position(|dest| dest.key == *key);
        let dest = place.and_then(|place| service.dests.remove(place));
        let dest = dest.ok_or(ENOENT)?;
        self.trash.throw_in(service, dest, host.now);
        Ok(())
    }

    /// Whether a dest has another family than its service.
    pub(super) fn mixes_families(&self) -> bool {
        let mixed = |service: &Service| {
            let mut dests = service.dests.iter();
            dests.any(|dest| dest.key.family != service.key.family)
        };
        self.services.iter().any(mixed)
    }
}

fn check_family(host: &Host<'_>, family: u16) -> Result<(), Errno> {
    match speaks(host.environment, family) {
        true => Ok(()),
        false => Err(EAFNOSUPPORT),
    }
}

impl Dest {
    /// # Errors
    ///
    /// `EINVAL` for an address that is no server's.
    fn new(host: &Host<'_>, key: DestKey) -> Result<Self, Errno> {
        if !address::is_usable(host, &key) {
            return Err(EINVAL);
        }
        Ok(Dest {
            key,
            settings: Settings::default(),
            active: 0,
            inactive: 0,
            persistent: 0,
            counters: Counters::default(),
        })
    }

    /// Whether connections hold it.
    pub(super) fn is_held(&self) -> bool {
        self.active > 0 || self.inactive > 0 || self.persistent > 0
    }
}
