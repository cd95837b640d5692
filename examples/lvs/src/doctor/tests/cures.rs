//! Whatever the sysctls are, the lines that set them leave nothing to find.

use proptest::prelude::*;

use super::*;

const INTERFACES: [&str; 6] = ["all", "default", "lo", "eth0", "eth1", "tunl0"];
const NAMES: [&str; 5] = [
    "rp_filter",
    "arp_ignore",
    "arp_announce",
    "accept_local",
    "forwarding",
];

/// As the kernel would.
fn type_lines(facts: &mut Facts, findings: &[Finding]) {
    for line in findings.iter().flat_map(|finding| &finding.cure) {
        let set = line.strip_prefix("sysctl -w ").unwrap();
        let (name, value) = set.split_once('=').unwrap();
        let path = name.replace('.', "/");
        facts.settings.0.insert(path, value.parse().unwrap());
    }
}

fn hosts() -> [Facts; 5] {
    let mut gateway = lab1(Forward::Direct);
    gateway.wanted = wanted("network = direct\nnat_router = 10.0.3.200 eth1:0\n");
    let vips = vec![ip("10.0.2.100")];
    let server = |mode, holder| {
        let mut facts = Facts::server(mode, vips.clone(), None);
        let addresses = [("eth0", "10.0.2.101/24"), ("eth1", "10.0.3.100/24")];
        facts.network = host(&[&addresses[..], &[(holder, "10.0.2.100/32")]].concat());
        facts
    };
    [
        lab1(Forward::Nat),
        gateway,
        lab1(Forward::Tunnel),
        server(Forward::Direct, "lo"),
        server(Forward::Tunnel, "tunl0"),
    ]
}

proptest! {
    #[test]
    fn typed_lines_leave_nothing_to_find(
        values in prop::collection::vec(0_i64..9, INTERFACES.len() * NAMES.len()),
        forward in 0_i64..2,
    ) {
        for mut facts in hosts() {
            facts.settings.0.insert("net/ipv4/ip_forward".into(), forward);
            let places = INTERFACES.iter().flat_map(|it| NAMES.map(|name| (it, name)));
            for ((place, name), value) in places.zip(&values) {
                let highest = match name {
                    "rp_filter" | "arp_announce" => 2,
                    "arp_ignore" => 8,
                    _ => 1,
                };
                let path = super::super::settings::of_interface(place, name);
                facts.settings.0.insert(path, (*value).min(highest));
            }
            let findings = examine(&facts);
            type_lines(&mut facts, &findings);
            // Forwarding of all interfaces comes first, and that of one behind it.
            let findings = examine(&facts);
            type_lines(&mut facts, &findings);
            prop_assert_eq!(codes(&facts), [""; 0], "{:?}", facts.settings);
        }
    }
}
