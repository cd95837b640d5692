//! The controller: which number a family has today.

pub(super) mod policies;

use ipvs_sys::errno::{EINVAL, EMSGSIZE, ENOENT};
use ipvs_sys::netlink::{
    CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME, CTRL_ATTR_HDRSIZE, CTRL_ATTR_MAXATTR,
    CTRL_ATTR_MCAST_GROUPS, CTRL_ATTR_OPS, CTRL_ATTR_VERSION, CTRL_CMD_NEWFAMILY, GENL_ID_CTRL,
    GENL_NAMSIZ,
};
use ipvs_sys::uapi::{IPVS_CMD_ATTR_MAX, IPVS_GENL_NAME, IPVS_GENL_VERSION};

use super::families::Family;
use super::policy::{Attributes, Form, Policy};
use crate::fake::Release;
use crate::fake::ipvs::{Errno, Message};
use crate::fake::machine::Machine;
use crate::fake::modules;
use crate::wire::WireError;
use crate::wire::attr::{Builder, build};

/// The attributes of a message to the controller.
pub(super) const POLICY: Policy = &[Form::U16, Form::Text(GENL_NAMSIZ - 1)];

/// The controller's own version.
const VERSION: u32 = 2;
/// Its highest attribute: each of its commands has one of its own.
const HIGHEST: u32 = 0;
/// Its group, where it announces families that come and go.
const GROUP: (&str, u32) = ("notify", 16);

/// Answers `CTRL_CMD_GETFAMILY`: by number, by name, and by name if there are both.
pub(super) fn answer(machine: &mut Machine, asked: &Attributes<'_>) -> Result<Message, Errno> {
    let number = asked.get(CTRL_ATTR_FAMILY_ID);
    let name = asked.get(CTRL_ATTR_FAMILY_NAME);
    let found = match (number, name) {
        (_, Some(name)) => {
            load_on_demand(machine, name.text());
            by_name(machine, name.text())
        }
        (Some(number), None) => by_number(machine, number.u16()),
        (None, None) => return Err(EINVAL),
    };
    describe(machine, found.ok_or(ENOENT)?)
}

fn by_number(machine: &Machine, id: u16) -> Option<Family> {
    let mut there = families(machine);
    there.find(|family| number(machine, *family) == Some(id))
}

fn by_name(machine: &Machine, name: &[u8]) -> Option<Family> {
    let mut there = families(machine);
    there.find(|family| family.name().as_bytes() == name)
}

/// Whoever asks for IPVS loads it, since Linux 5.16.
fn load_on_demand(machine: &mut Machine, name: &[u8]) {
    let loads = machine.environment.release.loads_ipvs_on_demand();
    if loads && name == IPVS_GENL_NAME.as_bytes() {
        machine.load_module(modules::IPVS);
    }
}

fn number(machine: &Machine, family: Family) -> Option<u16> {
    match family {
        Family::Controller => Some(GENL_ID_CTRL),
        Family::Ipvs => machine.family,
    }
}

/// Every family there is, in the order of a listing.
pub(super) fn families(machine: &Machine) -> impl Iterator<Item = Family> {
    let ipvs = machine.family.map(|_| Family::Ipvs);
    [Family::Controller].into_iter().chain(ipvs)
}

/// Says everything about a family.
pub(super) fn describe(machine: &Machine, family: Family) -> Result<Message, Errno> {
    let release = machine.environment.release;
    let number = number(machine, family).ok_or(ENOENT)?;
    let (version, highest) = match family {
        Family::Controller => (VERSION, HIGHEST),
        Family::Ipvs => (IPVS_GENL_VERSION.into(), IPVS_CMD_ATTR_MAX.into()),
    };
    let mut attributes = Vec::new();
    let written = build::<WireError>(&mut attributes, |attrs| {
        attrs.string(CTRL_ATTR_FAMILY_NAME, family.name());
        attrs.u16(CTRL_ATTR_FAMILY_ID, number);
        attrs.u32(CTRL_ATTR_VERSION, version);
        attrs.u32(CTRL_ATTR_HDRSIZE, 0);
        attrs.u32(CTRL_ATTR_MAXATTR, highest);
        attrs.nest(CTRL_ATTR_OPS, |ops| operations(ops, family, release));
        if family == Family::Controller {
            attrs.nest(CTRL_ATTR_MCAST_GROUPS, group);
        }
        Ok(())
    });
    written.map_err(|_| EMSGSIZE)?;
    Ok(Message {
        command: CTRL_CMD_NEWFAMILY,
        attributes,
    })
}

fn operations(attrs: &mut Builder<'_>, family: Family, release: Release) {
    for (place, operation) in (1..).zip(family.operations()) {
        attrs.nest(place, |attrs| {
            attrs.u32(1, operation.command.into());
            attrs.u32(2, operation.flags(release));
        });
    }
}

fn group(attrs: &mut Builder<'_>) {
    let (name, number) = GROUP;
    attrs.nest(1, |attrs| {
        attrs.u32(2, number);
        attrs.string(1, name);
    });
}
