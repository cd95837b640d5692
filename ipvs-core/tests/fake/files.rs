//! The files of `/proc/net`, by the bytes and through a client.

use std::time::Duration;

use ipvs_core::fake::{Environment, Kernel, Release};
use ipvs_core::procfs::Origin;
use ipvs_core::{
    Client, Dest, ErrorKind, ForwardMethod, Netmask, Scheduler, Service, ServiceFlags, ServiceKey,
    Tunnel,
};
use ipvs_sys::errno::*;

use crate::site::Site;

/// The services and dests that `BLOCKS` are about.
fn fill(kernel: &Kernel) {
    let client = kernel.client().unwrap();
    let rr = |key: &str| Service::new(key.parse().unwrap()).with_scheduler(Scheduler::RR);
    let add = |service: Service, dests: &[Dest]| {
        client.add_service(&service).unwrap();
        for dest in dests {
            client.add_dest(&service.key, dest).unwrap();
        }
    };
    let minute = Duration::from_secs(60);
    add(
        rr("tcp 192.0.2.1:80").with_persistence(Duration::from_secs(77)),
        &[
            Dest::new([192, 0, 2, 2], 80, ForwardMethod::TUNNEL),
            Dest::new([192, 0, 2, 3], 80, ForwardMethod::DIRECT_ROUTE).with_weight(65_535),
            Dest::new([127, 0, 0, 1], 80, ForwardMethod::MASQUERADE),
        ],
    );
    add(
        rr("udp 192.0.2.1:82").with_flags(ServiceFlags::ONE_PACKET),
        &[],
    );
    let six = Netmask::V6(24);
    let persistent = rr("tcp [fd01::1]:443").with_persistence(Duration::from_secs(24));
    let server = [0xfd01, 0, 0, 0, 0, 0, 0, 2];
    add(
        persistent.with_persistence_netmask(six),
        &[Dest::new(server, 443, ForwardMethod::DIRECT_ROUTE)],
    );
    add(
        rr("fwmark 2748")
            .with_flags(ServiceFlags::ONE_PACKET)
            .with_persistence(minute),
        &[Dest::new([192, 0, 2, 9], 0, ForwardMethod::LOCAL)],
    );
    add(rr("fwmark 2749 ipv6").with_scheduler(Scheduler::NONE), &[]);
}

/// Lines as real kernels print them, of every kind; in which order they come means nothing.
const BLOCKS: [&str; 5] = [
    "TCP  C0000201:0050 rr  persistent 19250 FFFFFFFF
  -> 7F000001:0050      Masq    1      0          0         
  -> C0000203:0050      Route   65535  0          0         
  -> C0000202:0050      Tunnel  1      0          0         
",
    "UDP  C0000201:0052 rr ops  \n",
    "TCP  [fd01:0000:0000:0000:0000:0000:0000:0001]:01BB rr persistent 6000 18000000
  -> [fd01:0000:0000:0000:0000:0000:0000:0002]:01BB      Route   1      0          0         
",
    "FWM  00000ABC rr ops persistent 15000 FFFFFFFF
  -> C0000209:0000      Local   1      0          0         
",
    "FWM  00000ABD none \n",
];

#[test]
#[cfg(target_endian = "little")]
fn a_table_is_printed_as_kernels_do() {
    let kernel = Kernel::with(Environment::new().with_release(Release::V6_1));
    fill(&kernel);
    let text = String::from_utf8(kernel.initial().file("ip_vs").unwrap()).unwrap();
    let header = "IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
";
    let mut rest = text.strip_prefix(header).unwrap().to_owned();
    for block in BLOCKS {
        assert!(rest.contains(block), "{block}\nis not in\n{text}");
        rest = rest.replacen(block, "", 1);
    }
    assert_eq!(rest, "");
    let read = kernel.client().unwrap().kernel_table().unwrap();
    assert_eq!(read.services.len(), 5);
}

#[test]
fn connections_are_listed_by_the_client() {
    let site = Site::new();
    let mut learned = site.connection("10.0.1.50:40001", 30);
    learned.origin = Some(Origin::Synced);
    let rows = vec![site.connection("10.0.1.50:40000", 60), learned];
    site.kernel.initial().set_connections(rows.clone()).unwrap();
    let listed: Vec<_> = site
        .client
        .connections()
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let clients = |rows: &[ipvs_core::procfs::Connection]| {
        rows.iter().map(|row| row.client_port).collect::<Vec<_>>()
    };
    assert_eq!(clients(&listed), clients(&rows));
    let synced: Vec<_> = site
        .client
        .synced_connections()
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let origins: Vec<_> = synced.iter().map(|row| row.origin).collect();
    assert_eq!(origins, [Some(Origin::Local), Some(Origin::Synced)]);
}

#[test]
fn the_status_tells_of_the_tables() {
    let site = Site::new();
    let rows = (1..=100).map(|n| site.connection(&format!("10.0.1.50:{n}"), 60));
    site.kernel
        .initial()
        .set_connections(rows.collect())
        .unwrap();
    let status = site.client.status().unwrap();
    assert_eq!((status.connections, status.services), (100, 1));
    assert_eq!(status.connection_table.buckets, 2048);
    assert_eq!(status.connection_table.lengths, [1948, 100]);
    assert_eq!(
        status.service_table.lengths.iter().sum::<u32>(),
        status.service_table.buckets
    );
    assert_eq!(site.client.info().unwrap().connection_table_size, 2048);
}

/// By the load factors of the namespace: as Linux 7.2 did it with one that is not the first.
#[test]
fn the_table_of_services_grows() {
    let kernel = Kernel::new();
    let sizes = |client: Client| {
        let mut sizes = Vec::new();
        for port in 1..=401 {
            let service = Service::new(ServiceKey::udp([192, 0, 2, 1], port));
            client.add_service(&service).unwrap();
            if [1, 41, 401].contains(&port) {
                sizes.push(client.status().unwrap().service_table.buckets);
            }
        }
        client.flush().unwrap();
        sizes.push(client.status().unwrap().service_table.buckets);
        sizes
    };
    let other = kernel.namespace("blue").client().unwrap();
    assert_eq!(sizes(other), [16, 256, 2048, 0]);
    assert_eq!(sizes(kernel.client().unwrap()), [16, 512, 4096, 0]);
}

#[test]
fn a_file_that_the_release_lacks_is_missed() {
    let site = Site::with(Environment::new().with_release(Release::V6_12));
    let error = site.client.status().unwrap_err();
    assert_eq!(
        (error.kind(), error.errno()),
        (ErrorKind::Unsupported, Some(ENOENT))
    );
    let error = site.kernel.initial().file("ip_vs_nonsense").unwrap_err();
    assert_eq!(error.raw_os_error(), Some(ENOENT));
}

#[test]
fn the_helper_of_ftp_is_listed() {
    let site = Site::new();
    assert_eq!(site.client.applications().unwrap().count(), 0);
    assert!(site.kernel.load_module("ip_vs_ftp"));
    let helpers: Vec<_> = site
        .client
        .applications()
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(
        (helpers.len(), helpers[0].name.as_str(), helpers[0].port),
        (1, "ftp", 21)
    );
}

#[test]
fn a_tunnel_into_the_other_family_is_seen() {
    let site = Site::new();
    let far = Dest::new([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1], 80, ForwardMethod::TUNNEL)
        .with_tunnel(Tunnel::gue(5555));
    site.client.add_dest(&site.service, &far).unwrap();
    let table = site.client.kernel_table().unwrap();
    assert_eq!(table.services[0].dests[0].key, far.key);
    assert_eq!(site.client.dest(&site.service, &far.key).unwrap().dest, far);
}
