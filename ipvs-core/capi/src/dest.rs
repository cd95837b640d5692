//! Real servers
//!
//! An ipvs_dest is what one asks for, an ipvs_dest_entry what the kernel lists: the dest, which
//! can be sent back as it is, its connections and its counters.

use std::ffi::c_char;
use std::mem::offset_of;

use ipvs_core::{
    Dest, DestEdit, DestEntry, DestKey, ForwardMethod, Tunnel, TunnelFlags, TunnelKind,
};

use crate::address::zero;
use crate::failure::{Failure, Outcome};
use crate::ffi::{Slot, ffi, growing, plain};
use crate::key::ipvs_dest_key;
use crate::service::Bits;
use crate::stats::ipvs_stats;
use crate::status::{ipvs_error, ipvs_status};

/// Forwarding by network address translation: replies come back through the director.
pub const IPVS_MASQUERADE: u8 = 0;
/// The packet is for this host itself.
pub const IPVS_LOCAL: u8 = 1;
/// The packet is wrapped in another, see ipvs_tunnel.
pub const IPVS_TUNNEL: u8 = 2;
/// The packet is sent unchanged to the real server's link address.
pub const IPVS_DIRECT_ROUTE: u8 = 3;
/// The packet goes to its original address (the kernel's own use, for caches).
pub const IPVS_BYPASS: u8 = 4;
/// No forwarding method yet: what IPVS_DEST_INIT begins with, and nothing that can be sent.
pub const IPVS_FORWARD_UNSET: u8 = 255;

/// The encapsulation IP in IP: the default, and all that kernels before 5.2 know.
pub const IPVS_IPIP: u8 = 0;
/// Generic UDP encapsulation; needs a port. Since Linux 5.2.
pub const IPVS_GUE: u8 = 1;
/// Generic routing encapsulation. Since Linux 5.3.
pub const IPVS_GRE: u8 = 2;

/// Outer packets carry a checksum (GUE, GRE). Since Linux 5.3.
pub const IPVS_TUNNEL_CHECKSUM: u16 = 1;
/// Remote checksum offload (GUE). Since Linux 5.3.
pub const IPVS_TUNNEL_REMOTE_CHECKSUM: u16 = 2;

/// The encapsulation that IPVS_TUNNEL uses; zeros are IP in IP. The kernel keeps it on every
/// dest, whatever its forwarding method. The struct never grows. As text: "ipip",
/// "gue:6080:csum".
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ipvs_tunnel {
    /// IPVS_IPIP, IPVS_GUE or IPVS_GRE.
    pub kind: u8,
    /// Zero.
    pub reserved: u8,
    /// GUE's UDP port on the real server, from 1; 0 for the other kinds.
    pub port: u16,
    /// IPVS_TUNNEL flags. Bits that this library does not know are kept.
    pub flags: u16,
}

plain!(ipvs_tunnel {
    kind,
    reserved,
    port,
    flags
});

/// A real server of a virtual service as it is asked for. As text: "10.0.3.100:8080
/// masquerade weight 3".
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ipvs_dest {
    /// sizeof(ipvs_dest), by IPVS_DEST_INIT.
    pub size: usize,
    /// What identifies it within its service.
    pub key: ipvs_dest_key,
    /// Its share of the connections, 0 to 2,147,483,647. 0 is quiesced: it keeps the
    /// connections it has and gets no new ones. IPVS_DEST_INIT makes it 1.
    pub weight: u32,
    /// The number of connections, active and inactive together, at which it gets no new ones;
    /// up to 2,147,483,647. 0: no limit.
    pub upper_threshold: u32,
    /// The number of connections below which a full server gets new ones again; at most the
    /// upper threshold. 0: three quarters of the upper one.
    pub lower_threshold: u32,
    /// How packets reach it: IPVS_MASQUERADE, IPVS_DIRECT_ROUTE, IPVS_TUNNEL, …. There is no
    /// default.
    pub forward: u8,
    /// Zero.
    pub reserved: u8,
    /// The encapsulation, for IPVS_TUNNEL. Zeros: IP in IP.
    pub tunnel: ipvs_tunnel,
}

plain!(ipvs_dest {
    size,
    key,
    weight,
    upper_threshold,
    lower_threshold,
    forward,
    reserved,
    tunnel,
});
growing!(ipvs_dest to tunnel);

/// A real server as the kernel lists it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ipvs_dest_entry {
    /// sizeof(ipvs_dest_entry), by IPVS_DEST_ENTRY_INIT.
    pub size: usize,
    /// Connections that are established or being set up.
    pub active_connections: u32,
    /// Connections in every other state.
    pub inactive_connections: u32,
    /// Persistence templates: clients that stay with this server.
    pub persistent_connections: u32,
    /// Zero.
    pub reserved: u32,
    /// Its counters and rates.
    pub stats: ipvs_stats,
    /// Its configuration, with its size. It can be sent back as it is, under
    /// IPVS_CHECKS_KERNEL whatever another program made of it.
    pub dest: ipvs_dest,
}

plain!(ipvs_dest_entry {
    size,
    active_connections,
    inactive_connections,
    persistent_connections,
    reserved,
    stats,
    dest,
});
growing!(ipvs_dest_entry to dest);

/// `forward` is to change, for new connections.
pub const IPVS_DEST_EDIT_FORWARD: u32 = 1;
/// `tunnel` is to change, all of it.
pub const IPVS_DEST_EDIT_TUNNEL: u32 = 2;
/// `weight` is to change.
pub const IPVS_DEST_EDIT_WEIGHT: u32 = 4;
/// `upper_threshold` is to change.
pub const IPVS_DEST_EDIT_UPPER_THRESHOLD: u32 = 8;
/// `lower_threshold` is to change.
pub const IPVS_DEST_EDIT_LOWER_THRESHOLD: u32 = 16;

/// What to change of a real server; the rest stays as it is.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ipvs_dest_edit {
    /// sizeof(ipvs_dest_edit), by IPVS_DEST_EDIT_INIT.
    pub size: usize,
    /// Which of the fields below are to change: IPVS_DEST_EDIT bits.
    pub set: u32,
    /// As in ipvs_dest.
    pub weight: u32,
    /// As in ipvs_dest.
    pub upper_threshold: u32,
    /// As in ipvs_dest.
    pub lower_threshold: u32,
    /// As in ipvs_dest.
    pub forward: u8,
    /// Zero.
    pub reserved: u8,
    /// As in ipvs_dest.
    pub tunnel: ipvs_tunnel,
}

plain!(ipvs_dest_edit {
    size,
    set,
    weight,
    upper_threshold,
    lower_threshold,
    forward,
    reserved,
    tunnel,
});
growing!(ipvs_dest_edit to tunnel);

impl TryFrom<ipvs_tunnel> for Tunnel {
    type Error = Failure;

    fn try_from(given: ipvs_tunnel) -> Outcome<Tunnel> {
        zero(given.reserved, "reserved")?;
        let mut tunnel = Tunnel::default();
        tunnel.kind = TunnelKind::new(given.kind);
        tunnel.port = given.port;
        tunnel.flags = TunnelFlags::from_bits_retain(given.flags);
        Ok(tunnel)
    }
}

impl From<Tunnel> for ipvs_tunnel {
    fn from(tunnel: Tunnel) -> Self {
        ipvs_tunnel {
            kind: tunnel.kind.number(),
            reserved: 0,
            port: tunnel.port,
            flags: tunnel.flags.bits(),
        }
    }
}

fn forward(number: u8) -> Outcome<ForwardMethod> {
    let none = || Failure::argument("forward", "no forwarding method, such as IPVS_MASQUERADE");
    ForwardMethod::new(number).ok_or_else(none)
}

impl TryFrom<ipvs_dest> for Dest {
    type Error = Failure;

    fn try_from(given: ipvs_dest) -> Outcome<Dest> {
        zero(given.reserved, "reserved")?;
        let key = DestKey::try_from(given.key)?;
        Ok(Dest::new(key.address, key.port, forward(given.forward)?)
            .with_tunnel(given.tunnel.try_into()?)
            .with_weight(given.weight)
            .with_thresholds(given.upper_threshold, given.lower_threshold))
    }
}

impl ipvs_dest {
    /// For a caller who knows `size` bytes of it.
    pub(crate) fn new(dest: &Dest, size: usize) -> Self {
        ipvs_dest {
            size,
            key: dest.key.into(),
            weight: dest.weight,
            upper_threshold: dest.upper_threshold,
            lower_threshold: dest.lower_threshold,
            forward: dest.forward.number(),
            reserved: 0,
            tunnel: dest.tunnel.into(),
        }
    }
}

impl Slot<ipvs_dest_entry> {
    pub(crate) fn fill(self, entry: &DestEntry) {
        let size = self.known_from(offset_of!(ipvs_dest_entry, dest));
        self.write(ipvs_dest_entry {
            size: 0,
            active_connections: entry.active_connections,
            inactive_connections: entry.inactive_connections,
            persistent_connections: entry.persistent_connections,
            reserved: 0,
            stats: entry.stats.into(),
            dest: ipvs_dest::new(&entry.dest, size),
        });
    }
}

impl TryFrom<ipvs_dest_edit> for DestEdit {
    type Error = Failure;

    fn try_from(given: ipvs_dest_edit) -> Outcome<DestEdit> {
        zero(given.reserved, "reserved")?;
        let mut edit = DestEdit::new();
        let mut set = Bits(given.set);
        if set.take(IPVS_DEST_EDIT_FORWARD) {
            edit.forward = Some(forward(given.forward)?);
        }
        if set.take(IPVS_DEST_EDIT_TUNNEL) {
            edit.tunnel = Some(given.tunnel.try_into()?);
        }
        if set.take(IPVS_DEST_EDIT_WEIGHT) {
            edit.weight = Some(given.weight);
        }
        if set.take(IPVS_DEST_EDIT_UPPER_THRESHOLD) {
            edit.upper_threshold = Some(given.upper_threshold);
        }
        if set.take(IPVS_DEST_EDIT_LOWER_THRESHOLD) {
            edit.lower_threshold = Some(given.lower_threshold);
        }
        set.end()?;
        Ok(edit)
    }
}

/// Reads a forwarding method: "masquerade", "local", "tunnel", "direct-route", "bypass" or a
/// number up to 7.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_forward_parse(
    text: *const c_char,
    forward: *mut u8,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(forward, "forward")?;
        place.write(c.parse::<ForwardMethod>(text)?.number());
        Ok(())
    })
}

/// Writes a forwarding method: see the section on addresses.
///
/// NULL: `buffer` is only measured.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_forward_format(
    forward: u8,
    buffer: *mut c_char,
    length: usize,
) -> usize {
    ffi!(else 0, |c| c.format_valid(buffer, length, self::forward(forward)))
}

/// Reads a tunnel: "ipip", "gue:6080", "gre:csum".
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_tunnel_parse(
    text: *const c_char,
    tunnel: *mut ipvs_tunnel,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(tunnel, "tunnel")?;
        place.write(c.parse::<Tunnel>(text)?.into());
        Ok(())
    })
}

/// Writes a tunnel: see the section on addresses.
///
/// NULL: `tunnel` gives the empty text, `buffer` is only measured.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_tunnel_format(
    tunnel: *const ipvs_tunnel,
    buffer: *mut c_char,
    length: usize,
) -> usize {
    ffi!(else 0, |c| {
        let tunnel = c.read(tunnel, "tunnel").and_then(Tunnel::try_from);
        c.format_valid(buffer, length, tunnel)
    })
}

/// Reads a dest: its key, its forwarding method, and what else is said of it.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_dest_parse(
    text: *const c_char,
    dest: *mut ipvs_dest,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let slot = c.output(dest, "dest")?;
        slot.write(ipvs_dest::new(&c.parse(text)?, 0));
        Ok(())
    })
}

/// Writes a dest: see the section on addresses. 256 bytes hold it.
///
/// NULL: `dest` gives the empty text, `buffer` is only measured.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_dest_format(
    dest: *const ipvs_dest,
    buffer: *mut c_char,
    length: usize,
) -> usize {
    ffi!(else 0, |c| {
        let dest = c.input(dest, "dest").and_then(Dest::try_from);
        c.format_valid(buffer, length, dest)
    })
}
