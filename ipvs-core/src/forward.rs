//! How a packet reaches a real server.

use std::fmt;
use std::str::FromStr;

use crate::number::{decimal, named_number};
use crate::{Error, flags};

/// How packets are forwarded to a real server.
///
/// There is no default: it is always said. The kernel stores numbers up to 7;
/// those without a constant here mean nothing and are refused when they are sent.
/// As text: the constant's name in lower case (`direct-route`), or the number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "IPVS_DEST_ATTR_FWD_METHOD")]
pub struct ForwardMethod(u8);

impl ForwardMethod {
    /// Network address translation: replies come back through the director.
    #[doc(alias = "ipvsadm -m")]
    #[doc(alias = "NAT")]
    pub const MASQUERADE: ForwardMethod = ForwardMethod(0);
    /// The packet is for this host itself.
    pub const LOCAL: ForwardMethod = ForwardMethod(1);
    /// The packet is wrapped in another, see [`Tunnel`].
    #[doc(alias = "ipvsadm -i")]
    pub const TUNNEL: ForwardMethod = ForwardMethod(2);
    /// The packet is sent unchanged to the real server's link address.
    #[doc(alias = "ipvsadm -g")]
    #[doc(alias = "gatewaying")]
    pub const DIRECT_ROUTE: ForwardMethod = ForwardMethod(3);
    /// The packet goes to its original address (the kernel's own use, for caches).
    pub const BYPASS: ForwardMethod = ForwardMethod(4);

    /// The method of a kernel number, 0 to 7; `None` above.
    #[must_use]
    pub const fn new(number: u8) -> Option<Self> {
        if number > 7 {
            None
        } else {
            Some(ForwardMethod(number))
        }
    }

    /// The kernel's number, 0 to 7.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
}

named_number! {
    ForwardMethod, "forwarding method", "masquerade, local, tunnel, direct-route or bypass", ForwardMethod::new,
    { MASQUERADE "masquerade", LOCAL "local", TUNNEL "tunnel", DIRECT_ROUTE "direct-route", BYPASS "bypass", }
}

/// The encapsulation of a tunnel. As text: `ipip`, `gue`, `gre`, or the number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "IPVS_DEST_ATTR_TUN_TYPE")]
#[doc(alias = "ipvsadm --tun-type")]
pub struct TunnelKind(u8);

impl TunnelKind {
    /// IP in IP: the default, and all that kernels before 5.2 know.
    pub const IPIP: TunnelKind = TunnelKind(0);
    /// Generic UDP encapsulation; needs a port. Since Linux 5.2.
    pub const GUE: TunnelKind = TunnelKind(1);
    /// Generic routing encapsulation. Since Linux 5.3.
    pub const GRE: TunnelKind = TunnelKind(2);

    /// The kind of a kernel number; the kernel stores any, and those without a
    /// constant here mean nothing.
    #[must_use]
    pub const fn new(number: u8) -> Self {
        TunnelKind(number)
    }

    /// The kernel's number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
}

named_number! {
    TunnelKind, "tunnel type", "ipip, gue or gre", |number| Some(TunnelKind(number)),
    { IPIP "ipip", GUE "gue", GRE "gre", }
}

bitflags::bitflags! {
    /// The checksum flags of a tunnel. Since Linux 5.3; unknown bits are kept.
    ///
    /// As text: names joined by `+` (`csum+remcsum`), unknown bits in hex, `none` for none.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    #[doc(alias = "IPVS_DEST_ATTR_TUN_FLAGS")]
    pub struct TunnelFlags: u16 {
        /// Outer packets carry a checksum (GUE, GRE).
        #[doc(alias = "ipvsadm --tun-csum")]
        const CHECKSUM = ipvs_sys::uapi::IP_VS_TUNNEL_ENCAP_FLAG_CSUM;
        /// Remote checksum offload (GUE).
        #[doc(alias = "ipvsadm --tun-remcsum")]
        const REMOTE_CHECKSUM = ipvs_sys::uapi::IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM;
        const _ = !0;
    }
}

impl TunnelFlags {
    const WORDS: &[(&str, u32)] = &[
        ("csum", TunnelFlags::CHECKSUM.bits() as u32),
        ("remcsum", TunnelFlags::REMOTE_CHECKSUM.bits() as u32),
    ];
}

impl fmt::Display for TunnelFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&flags::format(self.bits().into(), Self::WORDS, "+"))
    }
}

impl FromStr for TunnelFlags {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        flags::parse(text, Self::WORDS, "+")
            .and_then(|bits| u16::try_from(bits).ok())
            .map(TunnelFlags::from_bits_retain)
            .ok_or_else(|| Error::parse("tunnel flags", text, "csum, remcsum or none"))
    }
}

/// The encapsulation that [`ForwardMethod::TUNNEL`] uses. The kernel keeps it on
/// every dest, whatever its forwarding method.
///
/// As text: the kind, `:port` when there is one, `:flags` when there are any:
/// `ipip`, `gue:6080`, `gue:6080:csum`, `gre:csum`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Tunnel {
    /// The encapsulation.
    pub kind: TunnelKind,
    /// GUE's UDP port on the real server, from 1; 0 for the other kinds.
    #[doc(alias = "IPVS_DEST_ATTR_TUN_PORT")]
    #[doc(alias = "ipvsadm --tun-port")]
    pub port: u16,
    /// How outer packets are checksummed.
    pub flags: TunnelFlags,
}

impl Tunnel {
    /// IP in IP.
    #[must_use]
    pub const fn ipip() -> Self {
        let (kind, port, flags) = (TunnelKind::IPIP, 0, TunnelFlags::empty());
        Tunnel { kind, port, flags }
    }

    /// GUE to a UDP port of the real server.
    #[must_use]
    pub const fn gue(port: u16) -> Self {
        let (kind, flags) = (TunnelKind::GUE, TunnelFlags::empty());
        Tunnel { kind, port, flags }
    }

    /// GRE.
    #[must_use]
    pub const fn gre() -> Self {
        let (kind, port, flags) = (TunnelKind::GRE, 0, TunnelFlags::empty());
        Tunnel { kind, port, flags }
    }

    /// With these checksum flags.
    #[must_use]
    pub const fn with_flags(mut self, flags: TunnelFlags) -> Self {
        self.flags = flags;
        self
    }
}

/// IP in IP.
impl Default for Tunnel {
    fn default() -> Self {
        Tunnel::ipip()
    }
}

impl fmt::Display for Tunnel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.kind.to_string();
        if self.port != 0 {
            text += &format!(":{}", self.port);
        }
        if !self.flags.is_empty() {
            text += &format!(":{}", self.flags);
        }
        f.pad(&text)
    }
}

impl FromStr for Tunnel {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        parse_tunnel(text).ok_or_else(|| {
            Error::parse(
                "tunnel",
                text,
                "such as ipip, gue:6080, gue:6080:csum or gre:csum",
            )
        })
    }
}

fn parse_tunnel(text: &str) -> Option<Tunnel> {
    let mut parts = text.split(':');
    let mut tunnel = Tunnel {
        kind: parts.next()?.parse().ok()?,
        ..Tunnel::ipip()
    };
    let mut next = parts.next();
    if let Some(port) = next.filter(|part| !part.is_empty()).and_then(decimal) {
        tunnel.port = port;
        next = parts.next();
    }
    if let Some(flags) = next {
        tunnel.flags = flags.parse().ok()?;
    }
    parts.next().is_none().then_some(tunnel)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tunnels_read_as_they_print() {
        let csum = TunnelFlags::CHECKSUM;
        for (text, tunnel) in [
            ("ipip", Tunnel::ipip()),
            ("gue:6080", Tunnel::gue(6080)),
            ("gue:6080:csum", Tunnel::gue(6080).with_flags(csum)),
            ("gre:csum", Tunnel::gre().with_flags(csum)),
        ] {
            assert_eq!(tunnel.to_string(), text);
            assert_eq!(text.parse::<Tunnel>().unwrap(), tunnel);
        }
        for text in [
            "",
            "vxlan",
            "gue:",
            "gue:1:",
            "gue:1:csum:",
            "gue:70000",
            "gue:x",
            "gue:1:x",
            "gue:x:csum",
            "256",
        ] {
            assert!(text.parse::<Tunnel>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_method_the_kernel_cannot_hold_is_none() {
        assert_eq!(ForwardMethod::new(8), None);
        assert_eq!("7".parse::<ForwardMethod>().unwrap().number(), 7);
        assert!(!ForwardMethod::new(5).unwrap().is_known());
        assert!("8".parse::<ForwardMethod>().is_err());
        assert_eq!(
            "Direct-Route".parse::<ForwardMethod>().unwrap(),
            ForwardMethod::DIRECT_ROUTE
        );
    }
}
