//! What a line's names stand for.

use std::net::IpAddr;

use crate::Protocol;

/// Knows what host and service names stand for. Reading lines looks nothing up
/// by itself: whoever wants names passes one of these.
///
/// Numbers never get here: addresses in any of `inet_aton`'s forms, IPv6
/// addresses and port numbers are read without it.
///
/// ```
/// use ipvs_core::{Protocol, rules};
/// use std::net::IpAddr;
///
/// struct Lab;
///
/// impl rules::Names for Lab {
///     fn address(&self, host: &str) -> Option<IpAddr> {
///         (host == "vip").then(|| [192, 0, 2, 1].into())
///     }
///
///     fn port(&self, service: &str, _protocol: Protocol) -> Option<u16> {
///         (service == "http").then_some(80)
///     }
/// }
///
/// let command = rules::parse_line("-A -t vip:http", &Lab)?;
/// assert_eq!(command, rules::parse_line("-A -t 192.0.2.1:80", &rules::NoNames)?);
/// # Ok::<(), rules::Mistake>(())
/// ```
pub trait Names {
    /// The address of a host; `None` when it is not known.
    fn address(&self, host: &str) -> Option<IpAddr>;

    /// The port of a service of a protocol, such as 80 for `http`; `None` when it is not known.
    fn port(&self, service: &str, protocol: Protocol) -> Option<u16>;
}

/// Knows no names: every one of them is a [`Mistake`](crate::rules::Mistake).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoNames;

impl Names for NoNames {
    fn address(&self, _host: &str) -> Option<IpAddr> {
        None
    }

    fn port(&self, _service: &str, _protocol: Protocol) -> Option<u16> {
        None
    }
}

impl<N: Names + ?Sized> Names for &N {
    fn address(&self, host: &str) -> Option<IpAddr> {
        (**self).address(host)
    }

    fn port(&self, service: &str, protocol: Protocol) -> Option<u16> {
        (**self).port(service, protocol)
    }
}
