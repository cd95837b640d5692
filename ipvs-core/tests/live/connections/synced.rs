//! Rows that another director's messages make: those that no packet of this
//! suite could.

use std::net::{IpAddr, UdpSocket};

use ipvs_core::procfs::{Connection, ConnectionState as State, Origin};
use ipvs_core::{DaemonRole, DestKey, Family, PersistenceEngine, Protocol, ServiceKey, SyncDaemon};

use super::{assert_fresh, ends};
use crate::site::{Site, address};
use crate::traffic::until;

/// `IP_VS_CONN_F_TEMPLATE`
const TEMPLATE: u32 = 0x1000;
const ESTABLISHED: u16 = 1;
const TIMEOUT: u32 = 600;

/// What a director tells of one connection, in the protocol's version 1.
struct Told {
    protocol: u8,
    flags: u32,
    state: u16,
    ports: [u16; 3],
    addresses: [IpAddr; 3],
    engine_data: Option<&'static [u8]>,
}

impl Told {
    fn template(protocol: u8, addresses: [&str; 3]) -> Self {
        Told {
            protocol,
            flags: TEMPLATE,
            state: 0,
            ports: [0, 80, 8080],
            addresses: addresses.map(address),
            engine_data: None,
        }
    }

    fn write(&self, message: &mut Vec<u8>) {
        let mut options = Vec::new();
        if let Some(data) = self.engine_data {
            // The data, and then the engine's name.
            options.extend([2, u8::try_from(data.len()).unwrap()]);
            options.extend(data);
            options.extend(b"\x03\x03sip");
        }
        let addresses = self.addresses.map(|address| match address {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().to_vec(),
        });
        let addresses = addresses.concat();
        let size = u16::try_from(24 + addresses.len() + options.len()).unwrap();
        message.resize(message.len().next_multiple_of(4), 0);
        message.extend([u8::from(self.addresses[0].is_ipv6()), self.protocol]);
        message.extend(size.to_be_bytes());
        message.extend(self.flags.to_be_bytes());
        message.extend(self.state.to_be_bytes());
        self.ports
            .iter()
            .for_each(|port| message.extend(port.to_be_bytes()));
        // No firewall mark.
        message.extend(0_u32.to_be_bytes());
        message.extend(TIMEOUT.to_be_bytes());
        message.extend(addresses);
        message.extend(options);
    }
}

/// One message of several connections.
fn message(told: &[Told]) -> Vec<u8> {
    let mut message = vec![0, 0, 0, 0, u8::try_from(told.len()).unwrap(), 1, 0, 0];
    told.iter().for_each(|told| told.write(&mut message));
    let size = u16::try_from(message.len()).unwrap();
    message[2..4].copy_from_slice(&size.to_be_bytes());
    message
}

pub fn what_another_director_tells_is_read(site: &Site) {
    site.sh(
        "ip link add sync0 mtu 1500 type dummy && ip link set sync0 up multicast on && \
         ip addr add 10.9.9.1/24 dev sync0 && ip route add 224.0.0.0/4 dev sync0",
    );
    let backup = SyncDaemon::new(DaemonRole::Backup, "sync0".parse().unwrap());
    site.client.start_daemon(&backup).unwrap();

    let four = ["10.0.0.9", "192.0.2.1", "10.0.3.100"];
    let six = ["2001:db8::9", "2001:db8::1", "2001:db8:3::100"];
    let established = Told {
        flags: 0,
        state: ESTABLISHED,
        ports: [4000, 80, 8080],
        ..Told::template(6, four)
    };
    let data = b" a b\xff(\\x00) ";
    let told = [
        established,
        Told::template(6, six),
        Told::template(1, four),
        Told::template(58, six),
        Told::template(50, four),
        Told {
            ports: [0, 0, 0],
            ..Told::template(0, ["10.0.0.9", "254.220.186.152", "10.0.3.100"])
        },
        Told {
            ports: [0, 0, 0],
            ..Told::template(0, ["2001:db8::9", "0:7::", "2001:db8:3::100"])
        },
        Told {
            ports: [0, 5060, 5060],
            engine_data: Some(data),
            ..Told::template(17, four)
        },
    ];
    let sender = site.run(|| UdpSocket::bind("10.9.9.1:0")).unwrap();
    sender.send_to(&message(&told), "224.0.0.81:8848").unwrap();

    let rows = until("every connection arrives", || {
        let rows = site.client.synced_connections().unwrap();
        let rows: Vec<_> = rows.map(Result::unwrap).collect();
        (rows.len() == told.len()).then_some(rows)
    });
    for told in &told {
        let [client, vip, server] = told.addresses;
        let [client_port, port, dest_port] = told.ports;
        let protocol = Protocol::new(told.protocol.into());
        let service = match (told.protocol, vip.is_ipv6()) {
            (0, false) => ServiceKey::firewall_mark(0xFEDC_BA98, Family::V4),
            (0, true) => ServiceKey::firewall_mark(7, Family::V6),
            _ => ServiceKey::address(protocol, vip, port),
        };
        let expected = (
            client,
            client_port,
            service,
            DestKey::new(server, dest_port),
        );
        let mut found = rows.iter().filter(|row| ends(row) == expected);
        let row = found
            .next()
            .unwrap_or_else(|| panic!("{expected:?} in {rows:?}"));
        assert_eq!(row.origin, Some(Origin::Synced));
        assert_fresh(row, TIMEOUT.into());
        let template = told.flags == TEMPLATE;
        assert_eq!(row.is_template(), template);
        assert_eq!(
            row.state,
            if template {
                State::NONE
            } else {
                State::ESTABLISHED
            }
        );
        assert!(found.next().is_none());
    }

    let rows = site.client.connections().unwrap().map(Result::unwrap);
    let mut kept: Vec<_> = rows.filter_map(|row: Connection| row.persistence).collect();
    let sip = kept.pop().unwrap();
    assert_eq!(
        (sip.engine, sip.data.as_slice()),
        (PersistenceEngine::SIP, &data[..])
    );
    assert_eq!(kept, []);
    site.client.stop_daemon(DaemonRole::Backup).unwrap();
}
