use ipvs_core::rules::NoNames;

use super::*;
use crate::config;

const FILE: &str = "primary = 10.0.2.50
primary_private = 10.0.3.15
backup_active = 1
backup = 10.0.2.51
backup_private = 10.0.3.16
heartbeat = 1
keepalive = 2
deadtime = 5
nat_router = 10.0.3.200 eth1:0
nat_nmask = 255.255.255.0
virtual web {
    active = 1
    address = 10.0.2.100 eth0:0
    vip_nmask = 255.255.255.0
    port = 80
}
";

fn link(index: u32) -> Link {
    Link {
        name: format!("eth{}", index - 2),
        index,
        up: true,
        carrier: true,
        mac: None,
        mtu: 1500,
        kind: 1,
        arp: true,
    }
}

fn address(text: &str, index: u32) -> Address {
    Address {
        address: text.parse().unwrap(),
        prefix: 24,
        interface: link(index).name,
        index,
        label: None,
        secondary: false,
        tentative: false,
    }
}

/// A node with two interfaces, which are `eth0` and `eth1`.
fn setup(text: &str, public: &str, private: &str) -> Result<Setup, SetupError> {
    let config = config::parse(text.as_bytes(), &NoNames).unwrap().config;
    let addresses = [
        address(public, 2),
        address("fe80::2", 2),
        address(private, 3),
    ];
    Setup::new(&config, &addresses, &[link(2), link(3)])
}

fn addresses(texts: &[&str]) -> Vec<IpAddr> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[test]
fn who_has_the_primary_address_is_the_master() {
    let master = setup(FILE, "10.0.2.50", "10.0.3.15").unwrap();
    assert_eq!(master.role, Role::Master);
    let Agreement::Heartbeat {
        settings,
        port: 539,
        own,
    } = master.agreement
    else {
        panic!("a heartbeat on its own port")
    };
    assert_eq!(own, addresses(&["10.0.2.50", "10.0.3.15"]));
    assert_eq!(settings.partner, addresses(&["10.0.2.51", "10.0.3.16"]));
    let nics = [(Nic::Primary, "eth0".into()), (Nic::Private, "eth1".into())];
    assert_eq!(master.nics, nics);

    let backup = setup(FILE, "10.0.2.51", "10.0.3.16").unwrap();
    assert_eq!(backup.role, Role::Backup);
    let Agreement::Heartbeat { settings, own, .. } = backup.agreement else {
        panic!("a heartbeat")
    };
    assert_eq!(own, addresses(&["10.0.2.51", "10.0.3.16"]));
    assert_eq!(settings.partner, addresses(&["10.0.2.50", "10.0.3.15"]));
    assert_eq!(master.floating, backup.floating);
}

#[test]
fn who_has_neither_address_is_no_node() {
    let error = setup(FILE, "10.0.2.52", "10.0.3.17").unwrap_err();
    assert_eq!(
        error.to_string(),
        "neither primary (10.0.2.50) nor backup (10.0.2.51) is an address of this host"
    );
}

#[test]
fn without_a_private_address_there_is_one_path() {
    let one = FILE.replace("primary_private = 10.0.3.15\n", "");
    let setup = setup(&one, "10.0.2.50", "10.0.3.15").unwrap();
    let Agreement::Heartbeat { settings, own, .. } = setup.agreement else {
        panic!("a heartbeat")
    };
    assert_eq!(own, addresses(&["10.0.2.50"]));
    assert_eq!(settings.partner, addresses(&["10.0.2.51"]));
    let nics = [(Nic::Primary, "eth0".into()), (Nic::Private, "eth1".into())];
    assert_eq!(setup.nics, nics, "the gateway's interface counts");
}

#[test]
fn without_an_active_backup_nobody_is_spoken_to() {
    let alone = FILE.replace("backup_active = 1", "backup_active = 0");
    let setup = setup(&alone, "10.0.2.50", "10.0.3.15").unwrap();
    let Agreement::Heartbeat { settings, own, .. } = &setup.agreement else {
        panic!("a heartbeat")
    };
    assert!(settings.partner.is_empty() && own.is_empty());
    assert!(!setup.agreement.has_partner());
}

#[test]
fn with_a_router_number_it_is_vrrp() {
    let vrrp = format!("vrrp_id = 51\nvrrp_interval = 50\n{FILE}");
    for (public, priority) in [("10.0.2.50", 150), ("10.0.2.51", 100)] {
        let setup = setup(&vrrp, public, "10.0.3.15").unwrap();
        let Agreement::Vrrp {
            settings,
            interface,
            index,
        } = setup.agreement
        else {
            panic!("VRRP")
        };
        assert_eq!((interface.as_str(), index), ("eth0", 2));
        assert_eq!(settings.local.to_string(), public);
        assert_eq!(settings.priority.get(), priority);
        assert_eq!(settings.interval.centiseconds(), 50);
        let spoken_for = addresses(&["10.0.3.200", "10.0.2.100"]);
        assert_eq!(settings.addresses.as_slice(), spoken_for);
    }
}

#[test]
fn vrrp_on_another_interface_speaks_from_what_is_there() {
    let vrrp = format!("vrrp_id = 51\nvrrp_interface = eth1\n{FILE}");
    let setup = setup(&vrrp, "10.0.2.50", "10.0.3.15").unwrap();
    let Agreement::Vrrp { settings, .. } = setup.agreement else {
        panic!("VRRP")
    };
    assert_eq!(settings.local.to_string(), "10.0.3.15");
}

#[test]
fn vrrp_over_ipv6_speaks_from_the_link_local_address() {
    let six = "vrrp_id = 51\nprimary = 10.0.2.50\nbackup = 10.0.2.51
virtual web {\n active = 1\n address = fd00::64 eth0\n vip_nmask = 64\n port = 80\n}\n";
    let setup = setup(six, "10.0.2.50", "10.0.3.15").unwrap();
    let Agreement::Vrrp { settings, .. } = &setup.agreement else {
        panic!("VRRP")
    };
    assert_eq!(settings.local.to_string(), "fe80::2");
    assert!(setup.agreement.election().is_ok());
}

#[test]
fn what_vrrp_can_not_work_with() {
    let refused = |text: &str| {
        setup(text, "10.0.2.50", "10.0.3.15")
            .unwrap_err()
            .to_string()
    };
    let nodes = "vrrp_id = 51\nprimary = 10.0.2.50\nbackup = 10.0.2.51\n";
    assert!(refused(nodes).contains("no active service"));
    let away = format!("vrrp_interface = eth7\n{FILE}vrrp_id = 51\n");
    assert_eq!(refused(&away), "no interface eth7");
}

#[test]
fn the_owner_keeps_its_own_address() {
    let owner = FILE.replace("address = 10.0.2.100 eth0:0", "address = 10.0.2.50 eth0:0");
    let setup = setup(&owner, "10.0.2.50", "10.0.3.15").unwrap();
    let floating: Vec<String> = setup.floating.iter().map(Floating::to_string).collect();
    assert_eq!(floating, ["10.0.3.200/24 on eth1:0"]);
}
