//! The generic netlink families that this kernel has, and what can be asked of each.

use ipvs_sys::netlink::{CTRL_CMD_GETFAMILY, CTRL_CMD_GETPOLICY};
use ipvs_sys::uapi::*;

use super::controller;
use super::policy::Policy;
use crate::fake::{Release, ipvs};

/// A family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// Which knows the others.
    Controller,
    Ipvs,
}

/// A command that a family carries out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operation {
    pub(super) command: u8,
    /// Whether it can be asked for one answer.
    pub(super) single: bool,
    /// What it lists, if it can be asked for a list.
    pub(super) listing: Option<Listing>,
    /// Whether it needs `CAP_NET_ADMIN`.
    pub(super) privileged: bool,
}

/// What can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listing {
    Families,
    Policies,
    Services,
    Dests,
    Daemons,
}

const CONTROLLER: [Operation; 2] = [
    Operation {
        command: CTRL_CMD_GETFAMILY,
        single: true,
        listing: Some(Listing::Families),
        privileged: false,
    },
    Operation {
        privileged: false,
        ..list(CTRL_CMD_GETPOLICY, Listing::Policies)
    },
];

const IPVS: [Operation; 16] = [
    change(IPVS_CMD_NEW_SERVICE),
    change(IPVS_CMD_SET_SERVICE),
    change(IPVS_CMD_DEL_SERVICE),
    Operation {
        listing: Some(Listing::Services),
        ..change(IPVS_CMD_GET_SERVICE)
    },
    change(IPVS_CMD_NEW_DEST),
    change(IPVS_CMD_SET_DEST),
    change(IPVS_CMD_DEL_DEST),
    list(IPVS_CMD_GET_DEST, Listing::Dests),
    change(IPVS_CMD_NEW_DAEMON),
    change(IPVS_CMD_DEL_DAEMON),
    list(IPVS_CMD_GET_DAEMON, Listing::Daemons),
    change(IPVS_CMD_SET_CONFIG),
    change(IPVS_CMD_GET_CONFIG),
    change(IPVS_CMD_GET_INFO),
    change(IPVS_CMD_ZERO),
    change(IPVS_CMD_FLUSH),
];

const fn change(command: u8) -> Operation {
    Operation {
        command,
        single: true,
        listing: None,
        privileged: true,
    }
}

const fn list(command: u8, listing: Listing) -> Operation {
    Operation {
        command,
        single: false,
        listing: Some(listing),
        privileged: true,
    }
}

impl Family {
    pub(super) fn name(self) -> &'static str {
        match self {
            Family::Controller => "nlctrl",
            Family::Ipvs => IPVS_GENL_NAME,
        }
    }

    pub(super) fn operations(self) -> &'static [Operation] {
        match self {
            Family::Controller => &CONTROLLER,
            Family::Ipvs => &IPVS,
        }
    }

    pub(super) fn operation(self, command: u8) -> Option<Operation> {
        let mut operations = self.operations().iter();
        let found = operations.find(|operation| operation.command == command);
        found.copied()
    }

    pub(super) fn policy(self) -> Policy {
        match self {
            Family::Controller => controller::POLICY,
            Family::Ipvs => ipvs::POLICY,
        }
    }

    /// Up to this command, anything may stand in the headers of a request.
    pub(super) fn last_lenient_command(self) -> u8 {
        match self {
            Family::Controller => CTRL_CMD_GETPOLICY,
            Family::Ipvs => IPVS_CMD_MAX,
        }
    }
}

impl Operation {
    /// `GENL_ADMIN_PERM` and `GENL_CMD_CAP_*`, as the controller tells them.
    pub(super) fn flags(self, release: Release) -> u32 {
        let strict = self.listing == Some(Listing::Policies);
        let has_policy = self.single || strict || release.lists_have_policies();
        let bits = [
            (1, self.privileged),
            (2, self.single),
            (4, self.listing.is_some()),
            (8, has_policy),
        ];
        let set = bits.iter().filter(|(_, is_set)| *is_set);
        set.map(|(bit, _)| bit).sum()
    }
}
