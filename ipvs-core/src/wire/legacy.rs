//! Questions to the older interface, which it answers in place: see [`ipvs_sys::sockopt`].
//!
//! It tells of a service's dests what netlink does at a twentieth of the kernel's
//! work, except: dests of another family than the service's, what a tunnel is like,
//! counters of 64 bits, and anything of IPv6.

use std::mem::offset_of;
use std::net::{IpAddr, Ipv4Addr};

use ipvs_sys::sockopt::{ip_vs_dest_entry, ip_vs_get_dests, ip_vs_service_entry};
use ipvs_sys::uapi::IP_VS_CONN_F_FWD_MASK;

use crate::{Dest, DestEntry, Family, ForwardMethod, Protocol, ServiceKey, Stats};

/// More dests than this are not asked for at once.
const MOST: usize = 1 << 20;

const HEAD: usize = size_of::<ip_vs_get_dests>();
const ENTRY: usize = size_of::<ip_vs_dest_entry>();
/// Where the answer does not reach, there is no weight that a dest can have.
const UNTOUCHED: u8 = 0xff;

/// Asks for a service; `None` for one that the older interface does not know.
pub(crate) fn ask_service(key: &ServiceKey) -> Option<Vec<u8>> {
    ask(key, size_of::<ip_vs_service_entry>())
}

/// How many dests a service has, whatever their family.
pub(crate) fn dest_count(service: &[u8]) -> Option<usize> {
    let count = number(service, offset_of!(ip_vs_service_entry, num_dests))?;
    usize::try_from(count).ok()
}

/// Asks for the dests of a service, as many as there is `room` for.
pub(crate) fn ask_dests(key: &ServiceKey, room: usize) -> Option<Vec<u8>> {
    if room > MOST {
        return None;
    }
    let mut question = ask(key, HEAD + room * ENTRY)?;
    let room = u32::try_from(room).ok()?.to_ne_bytes();
    write(&mut question, offset_of!(ip_vs_get_dests, num_dests), room)?;
    Some(question)
}

/// The dests that were told, without their counters; each is `None` if it is not all told.
pub(crate) fn dests(answer: &[u8]) -> impl Iterator<Item = Option<DestEntry>> {
    let entries = answer.get(HEAD..).unwrap_or_default().chunks_exact(ENTRY);
    let weight = |entry: &&[u8]| number(entry, offset_of!(ip_vs_dest_entry, weight));
    entries
        .take_while(move |entry| weight(entry).is_some_and(|weight| i32::try_from(weight).is_ok()))
        .map(dest)
}

fn dest(entry: &[u8]) -> Option<DestEntry> {
    let number = |place| number(entry, place);
    let flags = number(offset_of!(ip_vs_dest_entry, conn_flags))? & IP_VS_CONN_F_FWD_MASK;
    let forward = ForwardMethod::new(u8::try_from(flags).ok()?)?;
    if forward == ForwardMethod::TUNNEL {
        return None;
    }
    let address = Ipv4Addr::from(read(entry, offset_of!(ip_vs_dest_entry, addr))?);
    let port = u16::from_be_bytes(read(entry, offset_of!(ip_vs_dest_entry, port))?);
    Some(DestEntry {
        dest: Dest {
            weight: number(offset_of!(ip_vs_dest_entry, weight))?,
            upper_threshold: number(offset_of!(ip_vs_dest_entry, u_threshold))?,
            lower_threshold: number(offset_of!(ip_vs_dest_entry, l_threshold))?,
            ..Dest::new(address, port, forward)
        },
        active_connections: number(offset_of!(ip_vs_dest_entry, activeconns))?,
        inactive_connections: number(offset_of!(ip_vs_dest_entry, inactconns))?,
        persistent_connections: number(offset_of!(ip_vs_dest_entry, persistconns))?,
        stats: Stats::default(),
    })
}

/// A question of `length` bytes about a service, at whose beginning every one names it alike.
fn ask(key: &ServiceKey, length: usize) -> Option<Vec<u8>> {
    let (protocol, address, port, mark) = match *key {
        ServiceKey::Address {
            protocol,
            address: IpAddr::V4(address),
            port,
        } => (protocol, address, port, 0),
        ServiceKey::FirewallMark {
            mark,
            family: Family::V4,
        } => (Protocol::TCP, Ipv4Addr::UNSPECIFIED, 0, mark),
        _ => return None,
    };
    let mut question = vec![UNTOUCHED; length];
    question.get_mut(..HEAD)?.fill(0);
    let protocol = protocol.number().to_ne_bytes();
    write(
        &mut question,
        offset_of!(ip_vs_get_dests, protocol),
        protocol,
    )?;
    write(
        &mut question,
        offset_of!(ip_vs_get_dests, addr),
        address.octets(),
    )?;
    write(
        &mut question,
        offset_of!(ip_vs_get_dests, port),
        port.to_be_bytes(),
    )?;
    write(
        &mut question,
        offset_of!(ip_vs_get_dests, fwmark),
        mark.to_ne_bytes(),
    )?;
    Some(question)
}

const _: () = {
    assert!(offset_of!(ip_vs_get_dests, protocol) == offset_of!(ip_vs_service_entry, protocol));
    assert!(offset_of!(ip_vs_get_dests, addr) == offset_of!(ip_vs_service_entry, addr));
    assert!(offset_of!(ip_vs_get_dests, port) == offset_of!(ip_vs_service_entry, port));
    assert!(offset_of!(ip_vs_get_dests, fwmark) == offset_of!(ip_vs_service_entry, fwmark));
};

fn write<const N: usize>(bytes: &mut [u8], place: usize, value: [u8; N]) -> Option<()> {
    *bytes.get_mut(place..)?.first_chunk_mut()? = value;
    Some(())
}

fn number(bytes: &[u8], place: usize) -> Option<u32> {
    read(bytes, place).map(u32::from_ne_bytes)
}

fn read<const N: usize>(bytes: &[u8], place: usize) -> Option<[u8; N]> {
    bytes.get(place..)?.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn web() -> ServiceKey {
        ServiceKey::tcp([192, 0, 2, 1], 80)
    }

    /// Writes a dest of a weight where the kernel puts the one of this place.
    fn tell(answer: &mut [u8], place: usize, host: u8, flags: u32, weight: u32) {
        let entry = &mut answer[HEAD + place * ENTRY..][..ENTRY];
        entry.fill(0);
        write(entry, offset_of!(ip_vs_dest_entry, addr), [10, 0, 0, host]).unwrap();
        let port = 8080_u16.to_be_bytes();
        write(entry, offset_of!(ip_vs_dest_entry, port), port).unwrap();
        for (field, number) in [
            (offset_of!(ip_vs_dest_entry, conn_flags), flags),
            (offset_of!(ip_vs_dest_entry, weight), weight),
            (offset_of!(ip_vs_dest_entry, u_threshold), 40),
            (offset_of!(ip_vs_dest_entry, l_threshold), 30),
            (offset_of!(ip_vs_dest_entry, activeconns), 3),
            (offset_of!(ip_vs_dest_entry, inactconns), 2),
            (offset_of!(ip_vs_dest_entry, persistconns), 1),
        ] {
            write(entry, field, number.to_ne_bytes()).unwrap();
        }
    }

    #[test]
    fn a_question_names_the_service_at_its_beginning() {
        let question = ask_dests(&web(), 2).unwrap();
        assert_eq!(question.len(), HEAD + 2 * ENTRY);
        assert_eq!(question[4..8], [192, 0, 2, 1]);
        assert_eq!(question[8..10], [0, 80]);
        assert_eq!(number(&question, 16), Some(2));
        let mark = ask_service(&ServiceKey::firewall_mark(7, Family::V4)).unwrap();
        assert_eq!(number(&mark, 12), Some(7));
    }

    #[test]
    fn what_the_older_interface_does_not_know_is_not_asked_for() {
        let far = ServiceKey::tcp([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1], 80);
        assert_eq!(ask_service(&far), None);
        assert_eq!(
            ask_dests(&ServiceKey::firewall_mark(7, Family::V6), 1),
            None
        );
        assert_eq!(ask_dests(&web(), usize::MAX), None);
    }

    #[test]
    fn an_answer_ends_where_the_kernel_wrote_no_more() {
        let mut answer = ask_dests(&web(), 3).unwrap();
        assert_eq!(dests(&answer).count(), 0);
        // Bits beyond the method are the kernel's own.
        tell(&mut answer, 0, 1, 0x0103, 7);
        tell(&mut answer, 1, 2, 0, 0);
        let told: Option<Vec<DestEntry>> = dests(&answer).collect();
        let first = Dest::new([10, 0, 0, 1], 8080, ForwardMethod::DIRECT_ROUTE)
            .with_weight(7)
            .with_thresholds(40, 30);
        let second = Dest::new([10, 0, 0, 2], 8080, ForwardMethod::MASQUERADE)
            .with_weight(0)
            .with_thresholds(40, 30);
        let entry = |dest| DestEntry {
            active_connections: 3,
            inactive_connections: 2,
            persistent_connections: 1,
            ..DestEntry::new(dest)
        };
        assert_eq!(told.unwrap(), [entry(first), entry(second)]);
    }

    #[test]
    fn a_tunnel_is_not_all_told() {
        let mut answer = ask_dests(&web(), 1).unwrap();
        tell(&mut answer, 0, 1, 2, 7);
        assert_eq!(dests(&answer).collect::<Vec<_>>(), [None]);
    }
}
