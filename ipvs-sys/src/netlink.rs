//! The netlink and generic netlink numbers that a codec needs, spelled as in `linux/netlink.h`
//! and `linux/genetlink.h`.
//!
//! All header fields and netlink's own attributes are in host byte order.

// --- Sockets ---

/// Protocol of a generic netlink socket.
pub const NETLINK_GENERIC: i32 = 16;
/// Level of netlink's socket options.
pub const SOL_NETLINK: i32 = 270;
/// Socket option, since 4.3: error replies carry the request's header only.
pub const NETLINK_CAP_ACK: i32 = 10;
/// Socket option, since 4.12: replies carry `NLMSGERR_ATTR_*`.
pub const NETLINK_EXT_ACK: i32 = 11;
/// Socket option, since 4.20: requests are checked strictly; IPVS keeps to its lenient ways.
pub const NETLINK_GET_STRICT_CHK: i32 = 12;

// --- Messages ---

/// Messages begin at multiples of this many bytes.
pub const NLMSG_ALIGNTO: usize = 4;
/// Bytes of a message's header: length `u32`, type `u16`, flags `u16`, sequence number `u32`,
/// port `u32`.
pub const NLMSG_HDRLEN: usize = 16;
/// Message type: nothing.
pub const NLMSG_NOOP: u16 = 1;
/// Message type: an `i32` of 0 or a negated errno, the request's header, then perhaps the request
/// and `NLMSGERR_ATTR_*`.
pub const NLMSG_ERROR: u16 = 2;
/// Message type: end of a dump; an `i32` of 0 or a negated errno.
pub const NLMSG_DONE: u16 = 3;
/// Message type: data was lost.
pub const NLMSG_OVERRUN: u16 = 4;
/// The first message type that is a family's.
pub const NLMSG_MIN_TYPE: u16 = 0x10;

// --- Message flags ---

/// A request; without it the kernel acknowledges and does nothing.
pub const NLM_F_REQUEST: u16 = 0x001;
/// One message of several, ended by [`NLMSG_DONE`].
pub const NLM_F_MULTI: u16 = 0x002;
/// Please acknowledge success too.
pub const NLM_F_ACK: u16 = 0x004;
/// Please send the resulting notification to this socket as well.
pub const NLM_F_ECHO: u16 = 0x008;
/// The dump was interrupted by a change; IPVS never says so.
pub const NLM_F_DUMP_INTR: u16 = 0x010;
/// The dump was filtered as asked.
pub const NLM_F_DUMP_FILTERED: u16 = 0x020;
/// GET: the whole table.
pub const NLM_F_ROOT: u16 = 0x100;
/// GET: everything that matches.
pub const NLM_F_MATCH: u16 = 0x200;
/// GET: an atomic snapshot, never implemented.
pub const NLM_F_ATOMIC: u16 = 0x400;
/// GET: a dump.
pub const NLM_F_DUMP: u16 = NLM_F_ROOT | NLM_F_MATCH;
/// NEW: replace what exists. Together with [`NLM_F_EXCL`] it reads as [`NLM_F_DUMP`].
pub const NLM_F_REPLACE: u16 = 0x100;
/// NEW: fail if it exists.
pub const NLM_F_EXCL: u16 = 0x200;
/// NEW: create what does not exist.
pub const NLM_F_CREATE: u16 = 0x400;
/// NEW: add at the end.
pub const NLM_F_APPEND: u16 = 0x800;
/// Acknowledgement: holds only the header of the request.
pub const NLM_F_CAPPED: u16 = 0x100;
/// Acknowledgement: holds `NLMSGERR_ATTR_*`.
pub const NLM_F_ACK_TLVS: u16 = 0x200;

// --- Attributes of an acknowledgement ---

/// No attribute.
pub const NLMSGERR_ATTR_UNUSED: u16 = 0;
/// A sentence: NUL-terminated.
pub const NLMSGERR_ATTR_MSG: u16 = 1;
/// Offset of the culprit, in bytes from the beginning of the request: `u32`.
pub const NLMSGERR_ATTR_OFFS: u16 = 2;
/// Bytes of the family's own.
pub const NLMSGERR_ATTR_COOKIE: u16 = 3;
/// Nest: what the attribute should have been, since 5.10.
pub const NLMSGERR_ATTR_POLICY: u16 = 4;
/// Type of the missing attribute: `u32`, since 6.1.
pub const NLMSGERR_ATTR_MISS_TYPE: u16 = 5;
/// Offset of the nest that misses it, in bytes from the beginning: `u32`, since 6.1.
pub const NLMSGERR_ATTR_MISS_NEST: u16 = 6;

// --- Attributes ---

/// Attributes begin at multiples of this many bytes.
pub const NLA_ALIGNTO: usize = 4;
/// Bytes of an attribute's header: length `u16` (header included, padding not), type `u16`.
pub const NLA_HDRLEN: usize = 4;
/// Bit of the type: holds attributes. IPVS takes it or leaves it, and does not set it.
pub const NLA_F_NESTED: u16 = 1 << 15;
/// Bit of the type: the payload is in network byte order.
pub const NLA_F_NET_BYTEORDER: u16 = 1 << 14;
/// The bits that are the type proper.
pub const NLA_TYPE_MASK: u16 = 0x3fff;

// --- Generic netlink ---

/// Bytes of the generic header that follows a message's: command `u8`, version `u8`, 0 `u16`.
pub const GENL_HDRLEN: usize = 4;
/// Bytes of a family's name with its NUL.
pub const GENL_NAMSIZ: usize = 16;
/// The lowest number of a family.
pub const GENL_MIN_ID: u16 = NLMSG_MIN_TYPE;
/// The highest number of a family.
pub const GENL_MAX_ID: u16 = 1023;
/// The controller's own number.
pub const GENL_ID_CTRL: u16 = NLMSG_MIN_TYPE;

// --- The controller's commands ---

/// No command.
pub const CTRL_CMD_UNSPEC: u8 = 0;
/// A family: the reply to [`CTRL_CMD_GETFAMILY`].
pub const CTRL_CMD_NEWFAMILY: u8 = 1;
/// A family has gone.
pub const CTRL_CMD_DELFAMILY: u8 = 2;
/// Asks for a family by name or number, or as a dump for all.
pub const CTRL_CMD_GETFAMILY: u8 = 3;
/// Operations were added; never sent.
pub const CTRL_CMD_NEWOPS: u8 = 4;
/// Operations were removed; never sent.
pub const CTRL_CMD_DELOPS: u8 = 5;
/// Asks for operations; never implemented.
pub const CTRL_CMD_GETOPS: u8 = 6;
/// A multicast group has come.
pub const CTRL_CMD_NEWMCAST_GRP: u8 = 7;
/// A multicast group has gone.
pub const CTRL_CMD_DELMCAST_GRP: u8 = 8;
/// Asks for multicast groups; never implemented.
pub const CTRL_CMD_GETMCAST_GRP: u8 = 9;
/// Asks for a family's policy, since 5.7; a dump only.
pub const CTRL_CMD_GETPOLICY: u8 = 10;

// --- The controller's attributes ---

/// No attribute.
pub const CTRL_ATTR_UNSPEC: u16 = 0;
/// Number of the family, its message type: `u16`.
pub const CTRL_ATTR_FAMILY_ID: u16 = 1;
/// Name of the family: NUL-terminated, shorter than [`GENL_NAMSIZ`].
pub const CTRL_ATTR_FAMILY_NAME: u16 = 2;
/// Version of the family: `u32`.
pub const CTRL_ATTR_VERSION: u16 = 3;
/// Bytes of the family's own header: `u32`.
pub const CTRL_ATTR_HDRSIZE: u16 = 4;
/// The family's highest attribute: `u32`.
pub const CTRL_ATTR_MAXATTR: u16 = 5;
/// Nest: the family's commands.
pub const CTRL_ATTR_OPS: u16 = 6;
/// Nest: the family's multicast groups.
pub const CTRL_ATTR_MCAST_GROUPS: u16 = 7;
/// Nest: a policy, since 5.7.
pub const CTRL_ATTR_POLICY: u16 = 8;
/// Nest: the policies of each command, since 5.10.
pub const CTRL_ATTR_OP_POLICY: u16 = 9;
/// One command to ask the policy of: `u32`, since 5.10.
pub const CTRL_ATTR_OP: u16 = 10;
