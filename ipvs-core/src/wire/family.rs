//! The generic netlink families: which number IPVS has today.
//!
//! The kernel numbers a family when its module is loaded; asking by name is
//! the first thing on a new socket, and again after the module was reloaded.
//! Since Linux 5.16 asking loads the module.

#[cfg(test)]
mod tests;

use ipvs_sys::netlink::{
    CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME, CTRL_ATTR_VERSION, CTRL_CMD_GETFAMILY,
    GENL_ID_CTRL, NLMSG_MIN_TYPE,
};

use super::WireError;
use super::attr::Attrs;
use super::exchange::{Exchange, Expect};

/// What the kernel says of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Family {
    /// Its number: the message type of its requests and answers; 16 or above.
    pub id: u16,
    /// Its version; 1 for IPVS.
    pub version: u32,
}

/// Appends the question for the family called `name` (`"IPVS"`) to `exchange`
/// and returns its index. The answer is one message, for [`Family::decode`],
/// or `ENOENT`.
///
/// ```
/// use std::time::Duration;
/// use ipvs_core::wire::{exchange::Exchange, family};
///
/// let mut exchange = Exchange::new(1, Duration::from_secs(5));
/// family::ask(&mut exchange, "IPVS")?;
/// assert_eq!(exchange.bytes().len(), 32);
/// # Ok::<_, ipvs_core::wire::WireError>(())
/// ```
///
/// # Errors
///
/// [`WireError::TooLarge`] for a name that no attribute can hold.
pub fn ask(exchange: &mut Exchange, name: &str) -> Result<usize, WireError> {
    exchange.push(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, Expect::Reply, |attrs| {
        attrs.string(CTRL_ATTR_FAMILY_NAME, name);
        Ok(())
    })
}

impl Family {
    /// Reads the answer's attributes.
    ///
    /// # Errors
    ///
    /// A [`WireError`] that names the attribute which is short or missing, and
    /// [`WireError::InvalidAttribute`] for an id below 16, which would be one
    /// of netlink's own message types.
    pub fn decode(attributes: &[u8]) -> Result<Self, WireError> {
        let (mut id, mut version) = (None, None);
        for attr in Attrs::new(attributes) {
            let attr = attr?;
            match attr.kind {
                CTRL_ATTR_FAMILY_ID => id = Some(attr.u16(ID)?),
                CTRL_ATTR_VERSION => version = Some(attr.u32(VERSION)?),
                _ => {}
            }
        }
        let id = id.ok_or(WireError::MissingAttribute { name: ID })?;
        if id < NLMSG_MIN_TYPE {
            let value = id.into();
            return Err(WireError::InvalidAttribute { name: ID, value });
        }
        let version = version.ok_or(WireError::MissingAttribute { name: VERSION })?;
        Ok(Family { id, version })
    }
}

const ID: &str = "CTRL_ATTR_FAMILY_ID";
const VERSION: &str = "CTRL_ATTR_VERSION";
