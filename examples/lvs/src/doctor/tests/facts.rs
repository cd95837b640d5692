//! What a host is, and which part of a file it has.

use super::*;

const PAIR: &str = "\
backup_active = 1
virtual web {
     active = 1
     address = 10.0.2.100 eth0:0
     server one {
         address = 10.0.3.100
         active = 1
     }
     server two {
         address = 10.0.3.150
     }
}
virtual other {
     active = 1
     address = 10.0.2.101 eth0:1
     server two {
         address = 10.0.3.150
         active = 1
     }
}
virtual ftp {
     active = 1
     address = 10.0.2.100 eth0:0
     port = 21
     server one {
         address = 10.0.3.100
         active = 1
     }
}
";

fn pair(text: &str, addresses: &[(&str, &str)]) -> Facts {
    let mut facts = Facts::director(Forward::Nat);
    facts.network = host(addresses);
    facts.wanted = wanted(text);
    facts
}

#[test]
fn one_of_two_without_pulse_and_addresses_serves_nobody() {
    let mut bare = pair(PAIR, &[("eth0", "10.0.2.51/24")]);
    assert_eq!(bare.duty_by(Some(true)), Duty::Serves);
    assert_eq!(bare.duty_by(Some(false)), Duty::StandsBy);
    assert_eq!(bare.duty_by(None), Duty::Unattended);
    bare.duty = Duty::Unattended;
    let [finding] = examine(&bare).try_into().unwrap();
    assert_eq!(finding.code, Code::PulseNotRunning);
    assert_eq!(finding.cure, ["lvs pulse -c lvs.cf"]);
    // It has them, it is the only one, or there are none.
    for (text, addresses) in [
        (PAIR, "10.0.2.100/24"),
        (&PAIR.replace("backup_active = 1", ""), "10.0.2.51/24"),
        (
            &PAIR.replace("address = 10.0.2.10", "fwmark = 1"),
            "10.0.2.51/24",
        ),
    ] {
        let text = text.replace(" eth0:0", "").replace(" eth0:1", "");
        let facts = pair(&text, &[("eth0", addresses)]);
        assert_eq!(facts.duty_by(None), Duty::Serves, "{text}");
    }
}

#[test]
fn a_server_serves_the_addresses_of_its_own_services() {
    let vips = |address: &str| {
        let facts = pair(PAIR, &[("eth0", address)]);
        facts.wanted.unwrap().vips_of(&facts.network)
    };
    assert_eq!(vips("10.0.3.100/24"), [ip("10.0.2.100")]);
    assert_eq!(vips("10.0.3.150/24"), [ip("10.0.2.101")]);
    assert_eq!(vips("10.0.3.151/24"), [] as [IpAddr; 0]);
}
