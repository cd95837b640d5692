//! `CTRL_CMD_GETPOLICY`: which attributes the messages of a family may have.
//!
//! The policies of IPVS's nests are not among them: the kernel has no link to those.

use ipvs_sys::errno::{EINVAL, EMSGSIZE, ENODATA, ENOENT};
use ipvs_sys::netlink::{
    CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME, CTRL_ATTR_OP, CTRL_ATTR_OP_POLICY,
    CTRL_ATTR_POLICY, CTRL_CMD_GETPOLICY, GENL_NAMSIZ, NLA_F_NESTED,
};

use super::super::ExtendedAck;
use super::super::families::{Family, Operation};
use super::super::policy::{Attributes, Form, Policy, Value};
use super::{POLICY, by_name, by_number, number};
use crate::fake::ipvs::{self, Errno, Message};
use crate::fake::machine::Machine;
use crate::wire::WireError;
use crate::wire::attr::{Builder, build};

/// The attributes of a message that asks for this.
pub(in crate::fake::netlink) const QUESTION: Policy = &[
    Form::U16,
    Form::Text(GENL_NAMSIZ - 1),
    Form::Any,
    Form::Any,
    Form::Any,
    Form::Any,
    Form::Any,
    Form::Any,
    Form::Any,
    Form::U32,
];

/// Every message of the list: the commands, each with the numbers of its policies, and the
/// policies' attributes.
///
/// # Errors
///
/// `EINVAL` when no family is named, `ENOENT` for one or a command that there is not, since
/// 6.2 `ENODATA` for a command without a policy.
pub(in crate::fake::netlink) fn list(
    machine: &Machine,
    asked: &Attributes<'_>,
    told: &mut ExtendedAck,
) -> Result<Vec<Message>, Errno> {
    let name = asked.get(CTRL_ATTR_FAMILY_NAME).map(Value::text);
    let family = match (name, asked.get(CTRL_ATTR_FAMILY_ID)) {
        (None, None) => return Err(EINVAL),
        (Some(name), _) => by_name(machine, name),
        (None, Some(id)) => by_number(machine, id.u16()),
    };
    let family = family.ok_or(ENOENT)?;
    let id = number(machine, family).ok_or(ENOENT)?;
    let wanted = asked.get(CTRL_ATTR_OP).map(Value::u32);
    let is_wanted = |command: u32| wanted.is_none_or(|wanted| wanted == command);
    let all = family.operations().iter();
    let operations = all.filter(|operation| is_wanted(operation.command.into()));
    let operations: Vec<&Operation> = operations.collect();
    let newer = !machine.environment.release.lists_have_policies();
    if operations.is_empty() {
        if let Some(command) = asked.get(CTRL_ATTR_OP).filter(|_| newer) {
            told.point_at(command);
        }
        return Err(ENOENT);
    }
    let mut messages = Vec::new();
    for operation in operations {
        let policies = policies_of(machine, family, operation);
        let command = match policies {
            [None, None] => continue,
            [None, _] if machine.environment.release.forgets_commands_that_list() => 0,
            _ => operation.command,
        };
        messages.push(message(id, |attrs| {
            write_command(attrs, command, policies)
        })?);
    }
    if messages.is_empty() && newer {
        return Err(ENODATA);
    }
    for (place, policy) in (0..).zip(policies(family)) {
        for (kind, form) in (1..).zip(*policy).filter(|(_, form)| form.is_described()) {
            messages.push(message(id, |attrs| write_form(attrs, place, kind, *form))?);
        }
    }
    Ok(messages)
}

/// The policies of a family, by their numbers from 0.
fn policies(family: Family) -> &'static [Policy] {
    match family {
        Family::Controller => &[POLICY, QUESTION],
        Family::Ipvs => &[ipvs::POLICY],
    }
}

/// Which policy checks a command when it is asked for one answer, and for a list.
fn policies_of(machine: &Machine, family: Family, operation: &Operation) -> [Option<u32>; 2] {
    let of_lists_too = !machine.environment.release.lists_have_policies();
    match family {
        Family::Controller if !operation.single => [None, Some(1)],
        Family::Controller if of_lists_too => [Some(0); 2],
        _ => [operation.single.then_some(0), None],
    }
}

fn message(id: u16, body: impl FnOnce(&mut Builder<'_>)) -> Result<Message, Errno> {
    let mut attributes = Vec::new();
    let written = build::<WireError>(&mut attributes, |attrs| {
        attrs.u16(CTRL_ATTR_FAMILY_ID, id);
        body(attrs);
        Ok(())
    });
    written.map_err(|_| EMSGSIZE)?;
    Ok(Message {
        command: CTRL_CMD_GETPOLICY,
        attributes,
    })
}

fn write_command(attrs: &mut Builder<'_>, command: u8, policies: [Option<u32>; 2]) {
    attrs.nest(NLA_F_NESTED | CTRL_ATTR_OP_POLICY, |attrs| {
        attrs.nest(NLA_F_NESTED | u16::from(command), |attrs| {
            for (kind, policy) in (1..).zip(policies) {
                policy
                    .into_iter()
                    .for_each(|policy| attrs.u32(kind, policy));
            }
        });
    });
}

fn write_form(attrs: &mut Builder<'_>, policy: u16, kind: u16, form: Form) {
    attrs.nest(NLA_F_NESTED | CTRL_ATTR_POLICY, |attrs| {
        attrs.nest(NLA_F_NESTED | policy, |attrs| {
            attrs.nest(NLA_F_NESTED | kind, |attrs| form.describe(attrs));
        });
    });
}
