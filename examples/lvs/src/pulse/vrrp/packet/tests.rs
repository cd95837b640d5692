use proptest::prelude::*;

use super::*;

/// As keepalived 2.2.7 sent it: router 51, priority 150, a second, 10.0.2.100.
const KEEPALIVED: [u8; 12] = [
    0x31, 0x33, 0x96, 0x01, 0x00, 0x64, 0x3f, 0x41, 0x0a, 0x00, 0x02, 0x64,
];

fn header() -> Header {
    Header {
        from: "10.0.2.51".parse().unwrap(),
        to: "224.0.0.18".parse().unwrap(),
        hop_limit: 255,
    }
}

fn advertisement() -> Advertisement {
    Advertisement {
        vrid: NonZeroU8::new(51).unwrap(),
        priority: 150,
        interval: Interval::SECOND,
        addresses: Addresses::new(["10.0.2.100".parse().unwrap()]).unwrap(),
    }
}

/// The packet of keepalived with a byte changed and the checksum set right again.
fn spoiled(index: usize, value: u8) -> Vec<u8> {
    let mut bytes = KEEPALIVED.to_vec();
    bytes[index] = value;
    bytes[6..8].fill(0);
    let header = header();
    let sum = sum(header.from, header.to, Checksum::default(), &bytes);
    bytes[6..8].copy_from_slice(&sum.to_be_bytes());
    bytes
}

#[test]
fn the_packet_of_keepalived() {
    let Header { from, to, .. } = header();
    let encoded = advertisement().encode(from, to, Checksum::WithPseudoHeader);
    assert_eq!(encoded, KEEPALIVED);
    let bare = advertisement().encode(from, to, Checksum::Bare);
    assert_eq!(bare[6..8], [0x2c, 0x03]);
    for bytes in [encoded, bare] {
        assert_eq!(
            Advertisement::decode(&header(), &bytes),
            Ok(advertisement())
        );
    }
}

#[test]
fn what_is_discarded_and_why() {
    let refused = |bytes: &[u8]| Advertisement::decode(&header(), bytes).unwrap_err();
    assert_eq!(refused(&spoiled(0, 0x21)), Refusal::Version(2));
    assert_eq!(refused(&spoiled(0, 0x32)), Refusal::Type(2));
    assert_eq!(refused(&spoiled(1, 0)), Refusal::Router);
    assert_eq!(refused(&spoiled(3, 2)), Refusal::Length(12));
    assert_eq!(refused(&spoiled(5, 0)), Refusal::Interval);
    assert_eq!(refused(&[]), Refusal::Length(0));
    assert_eq!(refused(&KEEPALIVED[..11]), Refusal::Length(11));
    let mut damaged = KEEPALIVED;
    damaged[2] ^= 1;
    assert_eq!(refused(&damaged), Refusal::Checksum);
    let routed = Header {
        hop_limit: 254,
        ..header()
    };
    let refusal = Advertisement::decode(&routed, &KEEPALIVED);
    assert_eq!(refusal, Err(Refusal::HopLimit(254)));
}

#[test]
fn without_addresses_there_is_nothing_to_say() {
    let mut bytes = [0x31, 51, 150, 0, 0, 100, 0, 0];
    let sum = internet(&[&bytes]).to_be_bytes();
    bytes[6..].copy_from_slice(&sum);
    let refusal = Advertisement::decode(&header(), &bytes);
    assert_eq!(refusal, Err(Refusal::Addresses));
}

#[test]
fn reserved_bits_say_nothing() {
    let bytes = spoiled(4, 0xf0);
    assert_eq!(
        Advertisement::decode(&header(), &bytes),
        Ok(advertisement())
    );
}

#[test]
fn under_ipv6_the_pseudo_header_always_counts() {
    let header = Header {
        from: "fe80::51".parse().unwrap(),
        to: "ff02::12".parse().unwrap(),
        hop_limit: 255,
    };
    let mut bytes = advertisement().encode(header.from, header.to, Checksum::Bare);
    // The one IPv4 address is no IPv6 address.
    let refusal = Advertisement::decode(&header, &bytes);
    assert_eq!(refusal, Err(Refusal::Length(12)));
    bytes.extend([0; 12]);
    bytes[6..8].fill(0);
    let bare = internet(&[&bytes]).to_be_bytes();
    bytes[6..8].copy_from_slice(&bare);
    let refusal = Advertisement::decode(&header, &bytes);
    assert_eq!(refusal, Err(Refusal::Checksum));
}

#[test]
fn limits_of_intervals_and_addresses() {
    assert_eq!(Interval::new(0), None);
    assert_eq!(Interval::new(4096), None);
    assert_eq!(
        Interval::new(4095).unwrap().duration(),
        Duration::from_millis(40_950)
    );
    let [v4, v6]: [IpAddr; 2] = ["10.0.2.100", "fe80::1"].map(|text| text.parse().unwrap());
    assert_eq!(Addresses::new([]), None);
    assert_eq!(Addresses::new([v4, v6]), None);
    assert_eq!(Addresses::new(vec![v4; 256]), None);
    assert!(Addresses::new(vec![v6; 255]).is_some());
}

prop_compose! {
    fn any_advertisement()(
        ipv4: bool,
        vrid in any::<NonZeroU8>(),
        priority: u8,
        interval in 1_u16..=4095,
        seeds in prop::collection::vec(any::<u128>(), 1..=255),
    ) -> Advertisement {
        let address = |seed: u128| if ipv4 {
            IpAddr::from((seed as u32).to_be_bytes())
        } else {
            IpAddr::from(seed.to_be_bytes())
        };
        let addresses: Vec<IpAddr> = seeds.into_iter().map(address).collect();
        Advertisement {
            vrid,
            priority,
            interval: Interval::new(interval).unwrap(),
            addresses: Addresses::new(addresses).unwrap(),
        }
    }
}

proptest! {
    #[test]
    fn round_trip(sent in any_advertisement(), bare: bool) {
        let checksum = if bare { Checksum::Bare } else { Checksum::WithPseudoHeader };
        let ipv4 = sent.addresses.is_ipv4();
        let (from, to) = if ipv4 { ("10.0.2.51", "224.0.0.18") } else { ("fe80::51", "ff02::12") };
        let [from, to]: [IpAddr; 2] = [from, to].map(|text| text.parse().unwrap());
        let bytes = sent.encode(from, to, checksum);
        let header = Header { from, to, hop_limit: 255 };
        prop_assert_eq!(Advertisement::decode(&header, &bytes), Ok(sent));
    }

    #[test]
    fn one_wrong_bit_is_noticed(sent in any_advertisement(), place: prop::sample::Index, bit in 0..8_u32) {
        let [from, to] = if sent.addresses.is_ipv4() { ["10.0.2.51", "224.0.0.18"] } else { ["fe80::51", "ff02::12"] };
        let [from, to]: [IpAddr; 2] = [from, to].map(|text| text.parse().unwrap());
        // The packet alone: with both ways taken, a bit may make one sum the other.
        let mut bytes = sent.encode(from, to, Checksum::WithPseudoHeader);
        let index = place.index(bytes.len());
        bytes[index] ^= 1_u8 << bit;
        let header = Header { from, to, hop_limit: 255 };
        prop_assume!(!from.is_ipv4() || internet(&[&bytes]) != 0);
        prop_assert!(Advertisement::decode(&header, &bytes).is_err());
    }

    #[test]
    fn any_bytes_are_taken_or_refused(bytes: Vec<u8>, ipv4: bool, hop_limit in 254_u8..) {
        let [from, to] = if ipv4 { ["10.0.2.51", "224.0.0.18"] } else { ["fe80::51", "ff02::12"] };
        let [from, to]: [IpAddr; 2] = [from, to].map(|text| text.parse().unwrap());
        let header = Header { from, to, hop_limit };
        if let Ok(advertisement) = Advertisement::decode(&header, &bytes) {
            prop_assert_eq!(hop_limit, 255);
            prop_assert_eq!(advertisement.addresses.is_ipv4(), ipv4);
        }
    }
}
