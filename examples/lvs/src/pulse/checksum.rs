//! The Internet checksum (RFC 1071) and the pseudo-headers in front of it.

use std::net::IpAddr;

/// The ones' complement of the ones' complement sum of `parts`, as if they stood one
/// behind the other. Each but the last must have an even length.
pub(crate) fn internet(parts: &[&[u8]]) -> u16 {
    let words = parts.iter().flat_map(|part| part.chunks(2)).map(word);
    !words.fold(0, add)
}

fn word(pair: &[u8]) -> u16 {
    let byte = |index| pair.get(index).copied().unwrap_or(0);
    u16::from_be_bytes([byte(0), byte(1)])
}

/// A carry out of the top comes back in at the bottom; a sum that overflowed is at most
/// `0xfffe`, so that it has room for it.
fn add(sum: u16, word: u16) -> u16 {
    let (sum, carry) = sum.overflowing_add(word);
    sum + u16::from(carry)
}

/// What the checksum of a payload of `length` bytes covers besides the payload.
pub(super) fn pseudo_header(from: IpAddr, to: IpAddr, protocol: u8, length: u16) -> Vec<u8> {
    let [high, low] = length.to_be_bytes();
    let tail: &[u8] = match from {
        IpAddr::V4(_) => &[0, protocol, high, low],
        IpAddr::V6(_) => &[0, 0, high, low, 0, 0, 0, protocol],
    };
    [octets(from), octets(to), tail.to_vec()].concat()
}

/// The 4 or 16 bytes of an address.
pub(super) fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 1071, section 3.
    #[test]
    fn the_example_of_the_rfc() {
        let bytes = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
        assert_eq!(internet(&[&bytes]), !0xddf2);
        assert_eq!(internet(&[&bytes[..4], &bytes[4..]]), !0xddf2);
    }

    #[test]
    fn an_odd_byte_counts_as_a_high_one() {
        assert_eq!(internet(&[&[0x12]]), !0x1200);
    }

    #[test]
    fn a_block_with_its_checksum_sums_to_zero() {
        let sum = internet(&[&[0xff, 0xff, 0x80, 0x01]]).to_be_bytes();
        assert_eq!(internet(&[&[0xff, 0xff, 0x80, 0x01], &sum]), 0);
    }

    #[test]
    fn pseudo_headers_are_12_and_40_bytes() {
        let [v4, v6] = ["10.0.2.51", "fe80::1"].map(|text| text.parse().unwrap());
        let header = pseudo_header(v4, "224.0.0.18".parse().unwrap(), 112, 12);
        assert_eq!(header, [10, 0, 2, 51, 224, 0, 0, 18, 0, 112, 0, 12]);
        assert_eq!(pseudo_header(v6, v6, 58, 32).len(), 40);
    }
}
