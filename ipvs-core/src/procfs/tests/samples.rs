//! Files as guests printed them: Debian's 5.10 and 7.2, by `cat`, with traffic of
//! each kind on `lo`.

use super::*;
use crate::{DestKey, Family, ForwardMethod, IpvsVersion, Netmask, Protocol, ServiceKey};

pub(super) const CONNECTIONS: &str = r#"Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData
UDP 0A010001 0000 0A010001 13C4 0A020002 13C4 NONE             58 sip ab(<>:"/[]?{}~%1)@ho-st.example
TCP fd01:0000:0000:0000:0000:0000:0000:0001 AD90 fd01:0000:0000:0000:0000:0000:0000:0001 0050 fd02:0000:0000:0000:0000:0000:0000:0002 1F90 ESTABLISHED     899
TCP fd01:0000:0000:0000:0000:0000:0000:0000 0000 fd01:0000:0000:0000:0000:0000:0000:0001 0050 fd02:0000:0000:0000:0000:0000:0000:0002 1F90 ASSURED         299
SCTP 0A010001 94A3 0A010001 0063 0A020002 0063 ESTABLISHED     898
UDP 0A010001 A616 0A010001 0036 fd02:0000:0000:0000:0000:0000:0000:0002 0036 UDP             298
UDP fd01:0000:0000:0000:0000:0000:0000:0001 E006 fd01:0000:0000:0000:0000:0000:0000:0001 0036 0A020002 0036 UDP             297
IP  0A010000 0000 00000007 0000 0A020002 0000 NONE             59
IP  fd01:0000:0000:0000:0000:0000:0000:0000 0000 0000:0abc:0000:0000:0000:0000:0000:0000 0000 fd02:0000:0000:0000:0000:0000:0000:0002 0000 NONE             59
"#;

#[test]
fn connections_of_every_kind() {
    let read: Vec<Connection> = Connections::new(CONNECTIONS.as_bytes())
        .map(Result::unwrap)
        .collect();
    let shown: Vec<String> = read.iter().map(show).collect();
    assert_eq!(
        shown,
        [
            "10.1.0.1 0 -> udp 10.1.0.1:5060 -> 10.2.0.2:5060 NONE 58s template",
            "fd01::1 44432 -> tcp [fd01::1]:80 -> [fd02::2]:8080 ESTABLISHED 899s",
            "fd01:: 0 -> tcp [fd01::1]:80 -> [fd02::2]:8080 ASSURED 299s template",
            "10.1.0.1 38051 -> sctp 10.1.0.1:99 -> 10.2.0.2:99 ESTABLISHED 898s",
            "10.1.0.1 42518 -> udp 10.1.0.1:54 -> [fd02::2]:54 UDP 298s",
            "fd01::1 57350 -> udp [fd01::1]:54 -> 10.2.0.2:54 UDP 297s",
            "10.1.0.0 0 -> fwmark 7 -> 10.2.0.2:0 NONE 59s template",
            "fd01:: 0 -> fwmark 2748 ipv6 -> [fd02::2]:0 NONE 59s template",
        ]
    );
    let sip = read[0].persistence.as_ref().unwrap();
    assert_eq!(sip.engine, crate::PersistenceEngine::SIP);
    assert_eq!(sip.data, br#"ab(<>:"/[]?{}~%1)@ho-st.example"#);
    assert!(read[1..].iter().all(|row| row.persistence.is_none()));
    assert!(read.iter().all(|row| row.origin.is_none()));
}

fn show(connection: &Connection) -> String {
    format!(
        "{} {} -> {} -> {} {} {:?}{}",
        connection.client,
        connection.client_port,
        connection.service,
        connection.dest,
        connection.state,
        connection.expires,
        if connection.is_template() {
            " template"
        } else {
            ""
        },
    )
}

#[test]
fn connections_and_where_they_come_from() {
    let file = "\
Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Origin Expires
TCP 0A010001 E884 0A010001 0050 0A020002 1F90 ESTABLISHED LOCAL      898
TCP 0A010001 0000 0A010001 0050 0A020002 1F90 ASSURED     SYNC       298
";
    let read = |file: &str| {
        let rows = SyncedConnections::new(file.as_bytes());
        rows.collect::<Result<Vec<Connection>, Error>>()
    };
    let rows = read(file).unwrap();
    assert_eq!(
        show(&rows[0]),
        "10.1.0.1 59524 -> tcp 10.1.0.1:80 -> 10.2.0.2:8080 ESTABLISHED 898s"
    );
    assert_eq!(
        (rows[0].origin, rows[1].origin),
        (Some(Origin::Local), Some(Origin::Synced))
    );
    assert!(rows[1].is_template() && rows[1].expires == Duration::from_secs(298));
    for (bad, field) in [
        (file.replace("SYNC", "sync"), "origin"),
        (file.replace("298", "298 sip"), "end"),
    ] {
        assert_eq!(read(&bad).unwrap_err().field(), Some(field));
    }
}

/// Other kernels and other programs make rows that this one's traffic does not.
#[test]
fn rare_connections() {
    let given_up = row("TCP 0A010001 0000 0A010001 FFFF 0A020002 FFFF NONE 9");
    assert!(given_up.is_template() && given_up.is_invalidated());
    let mark = ServiceKey::firewall_mark(7, Family::V4);
    let given_up = row("IP  0A010001 0000 00000007 FFFF 0A020002 FFFF NONE 9");
    assert!(given_up.service == mark && given_up.is_invalidated());
    let given_up = row("IP  0A010001 0000 00000007 0000 0A020002 FFFF NONE 9");
    assert!(given_up.service == mark && given_up.is_invalidated());

    // An FTP data connection whose client's port is not known yet is no template.
    assert!(!row("TCP 0A010001 0000 0A010001 0014 0A020002 0014 LISTEN 9").is_template());
    // A connection to port 65535 is not given up.
    assert!(!row("TCP 0A010001 0001 0A010001 FFFF 0A020002 FFFF NONE 9").is_invalidated());

    for (protocol, number) in [("ICMP", 1), ("ICMPv6", 58), ("IP_50", 50), ("IP", 0)] {
        let connection = row(&ROW.replace("TCP", protocol));
        let service = ServiceKey::address(Protocol::new(number), [10, 1, 0, 1], 80);
        assert_eq!(connection.service, service, "{protocol}");
    }
    assert_eq!(
        row(&ROW.replace("ESTABLISHED", "ERR!")).state,
        ConnectionState::UNKNOWN
    );
    let data = |row: Connection| row.persistence.unwrap().data;
    assert_eq!(
        data(row(
            "UDP 0A010001 0000 0A010001 13C4 0A020002 13C4 NONE 58 sip  a b \n"
        )),
        b" a b "
    );
    assert_eq!(
        data(row(
            "UDP 0A010001 0000 0A010001 13C4 0A020002 13C4 NONE 58 sip \n"
        )),
        b""
    );
}

pub(super) const TABLE: &str = "\
IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  0A010001:0050 rr  persistent 75000 FFFFFF00
  -> 0A020002:1F90      Masq    1      2          30         
  -> 0A020003:0050      Route   0      0          0         
UDP  0A010001:0035 none ops  
UDP  0A010001:0036 rr  
  -> [fd02:0000:0000:0000:0000:0000:0000:0002]:0036      Tunnel  1      0          1         
TCP  [fd01:0000:0000:0000:0000:0000:0000:0001]:0050 rr persistent 75000 40000000
IP_50  0A010001:0000 rr  
  -> 0A010001:0000      Local   1      0          0         
FWM  00000ABC wlc ops persistent -1294967296 FFFFFFFF
";

#[test]
fn a_table_of_services() {
    let table = KernelTable::read(TABLE.as_bytes()).unwrap();
    let version = IpvsVersion {
        major: 1,
        minor: 2,
        patch: 1,
    };
    assert_eq!(
        (table.info.version, table.info.connection_table_size),
        (version, 4096)
    );
    let keys: Vec<KernelServiceKey> = table.services.iter().map(|service| service.key).collect();
    let expected = [
        "tcp 10.1.0.1:80",
        "udp 10.1.0.1:53",
        "udp 10.1.0.1:54",
        "tcp [fd01::1]:80",
        "50 10.1.0.1:0",
        "fwmark 2748 ipv6",
    ];
    let expected = expected.map(|key| key.parse::<ServiceKey>().unwrap().into());
    assert_eq!(keys, expected);

    let [web, dns, tunnel, six, esp, mark] = <[_; 6]>::try_from(table.services).unwrap();
    let kept = web.persistence.unwrap();
    let mask = Netmask::prefix(Family::V4, 24);
    assert_eq!(
        (kept.timeout_jiffies, kept.netmask(Family::V4)),
        (75000, mask)
    );
    assert_eq!(kept.netmask(Family::V6), None);
    let [one, two] = <[_; 2]>::try_from(web.dests).unwrap();
    assert_eq!(
        (one.key, one.forward),
        (DestKey::new([10, 2, 0, 2], 8080), ForwardMethod::MASQUERADE)
    );
    assert_eq!(
        (one.weight, one.active_connections, one.inactive_connections),
        (1, 2, 30)
    );
    assert_eq!((two.weight, two.forward), (0, ForwardMethod::DIRECT_ROUTE));

    assert!(dns.one_packet && dns.persistence.is_none() && dns.dests.is_empty());
    assert_eq!(dns.scheduler, crate::Scheduler::NONE);
    assert_eq!(tunnel.dests[0].key.to_string(), "[fd02::2]:54");
    assert_eq!(tunnel.dests[0].forward, ForwardMethod::TUNNEL);
    // As a little-endian machine prints and reads it.
    #[cfg(target_endian = "little")]
    assert_eq!(
        six.persistence.unwrap().netmask(Family::V6),
        Some(Netmask::V6(64))
    );
    assert_eq!(six.dests, []);
    assert_eq!(esp.dests[0].forward, ForwardMethod::LOCAL);
    assert!(mark.one_packet);
    assert_eq!(mark.persistence.unwrap().timeout_jiffies, 3_000_000_000);
}

#[test]
fn a_table_says_what_is_wrong_with_it() {
    for (word, bad, sentence) in [
        ("1.2.1", "1.2", "header: line 1: "),
        ("(size=4096)", "size=4096", "header: line 1: "),
        ("Flags", "Flag", "header: line 2: "),
        (
            "TCP  0A010001:0050 rr  persistent 75000 FFFFFF00\n",
            "",
            "dest: line 4: ",
        ),
        (
            "TCP  0A010001:0050",
            "TCP  0A010001.0050",
            "service: line 4: \"0A010001.0050\"",
        ),
        (
            "75000 FFFFFF00",
            "x FFFFFF00",
            "timeout_jiffies: line 4: \"x\"",
        ),
        (
            "75000 FFFFFF00",
            "4294967296 FFFFFF00",
            "timeout_jiffies: line 4: ",
        ),
        ("75000 FFFFFF00", "75000", "netmask_bits: line 4: \"\""),
        ("0A020002:1F90", "[0A020002:1F90", "dest: line 5: "),
        ("Masq", "Bypass", "forward: line 5: \"Bypass\""),
        ("none ops", "none ops once", "flags: line 7: \"once\""),
        (
            "FWM  00000ABC",
            "FWM  100000ABC",
            "firewall_mark: line 13: ",
        ),
        (
            "FWM  00000ABC wlc",
            "FWM  00000ABC abcdefghijklmnop",
            "scheduler: line 13: ",
        ),
    ] {
        assert!(TABLE.contains(word), "{word}");
        let error = KernelTable::read(TABLE.replacen(word, bad, 1).as_bytes());
        let error = error.unwrap_err().to_string();
        assert!(error.starts_with(&format!("parse: {sentence}")), "{error}");
    }
    let error = KernelTable::read(&b""[..]).unwrap_err();
    assert_eq!(error.field(), Some("header"));
}

#[test]
fn applications() {
    let file = "prot port    usecnt name\nTCP  21      3      ftp              \n";
    let read: Vec<_> = Applications::new(file.as_bytes())
        .map(Result::unwrap)
        .collect();
    let ftp = &read[0];
    assert_eq!(
        (ftp.protocol, ftp.port, ftp.connections),
        (Protocol::TCP, 21, 3)
    );
    assert_eq!((ftp.name.as_str(), read.len()), ("ftp", 1));
    for (word, bad, field) in [
        ("21", "65536", "port"),
        ("3", "-3", "connections"),
        ("ftp", "", "name"),
        ("ftp", "ftp x", "end"),
    ] {
        let file = file.replace(word, bad);
        let error = Applications::new(file.as_bytes())
            .next()
            .unwrap()
            .unwrap_err();
        assert_eq!(error.field(), Some(field));
    }
}

pub(super) const STATS: &str = "   Total Incoming Outgoing         Incoming         Outgoing
   Conns  Packets  Packets            Bytes            Bytes
       2        3        4               8C 123456789ABCDEF0

 Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s
       1        2        3                A                7
";

#[test]
fn totals_and_their_rates() {
    let stats = total_stats(STATS.as_bytes()).unwrap();
    assert_eq!(
        (
            stats.connections,
            stats.incoming_packets,
            stats.outgoing_packets
        ),
        (2, 3, 4)
    );
    assert_eq!(
        (stats.incoming_bytes, stats.outgoing_bytes),
        (0x8C, 0x1234_5678_9ABC_DEF0)
    );
    let rates = stats.rates;
    assert_eq!(
        (
            rates.connections,
            rates.incoming_packets,
            rates.outgoing_packets
        ),
        (1, 2, 3)
    );
    assert_eq!((rates.incoming_bytes, rates.outgoing_bytes), (10, 7));
}

pub(super) const CPU_STATS: &str =
    "       Total Incoming Outgoing         Incoming         Outgoing
CPU    Conns  Packets  Packets            Bytes            Bytes
  0        1        1        1               3C               28
  1        1        1        1               50               3C
  ~        2        2        2               8C               64

     Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s
           0        0        0                7                5
";

#[test]
fn counters_of_each_cpu() {
    let stats = CpuStats::read(CPU_STATS.as_bytes()).unwrap();
    let [zero, one] = <[_; 2]>::try_from(stats.cpus).unwrap();
    assert_eq!(
        (
            zero.cpu,
            zero.connections,
            zero.incoming_packets,
            zero.outgoing_packets
        ),
        (0, 1, 1, 1)
    );
    assert_eq!((zero.incoming_bytes, zero.outgoing_bytes), (0x3C, 0x28));
    assert_eq!(
        (one.cpu, one.incoming_bytes, one.outgoing_bytes),
        (1, 0x50, 0x3C)
    );
    assert_eq!(
        (stats.total.connections, stats.total.incoming_bytes),
        (2, 0x8C)
    );
    assert_eq!(
        (
            stats.total.rates.incoming_bytes,
            stats.total.rates.outgoing_bytes
        ),
        (7, 5)
    );

    let many = CPU_STATS.replace("  1        1 ", "FFF        1 ");
    assert_eq!(CpuStats::read(many.as_bytes()).unwrap().cpus[1].cpu, 4095);
    for (word, bad, sentence) in [
        ("  ~ ", "  * ", "cpu: line 5: \"*\""),
        (
            "  ~        2        2        2               8C               64\n",
            "",
            "cpu: line 5: \"\"",
        ),
        ("  0   ", "100000000   ", "cpu: line 3: "),
        ("3C\n", "3C 1\n", "end: line 4: \"1\""),
    ] {
        let error = CpuStats::read(CPU_STATS.replacen(word, bad, 1).as_bytes());
        let error = error.unwrap_err().to_string();
        assert!(error.starts_with(&format!("parse: {sentence}")), "{error}");
    }
}

pub(super) const STATUS: &str = "\
Conns:\t12
Conn buckets:\t256 (8 bits, lfactor -4)
Conn buckets empty:\t239 (93%)
Conn buckets len-1:\t16 (94%)
Conn buckets len-3:\t1 (5%)
Services:\t0
Service buckets:\t128 (7 bits, lfactor -3)
Stats thread slots:\t1 (max 8)
Stats chain max len:\t90
Stats thread ests:\t216000
";

#[test]
fn the_status_of_the_tables() {
    let status = Status::read(STATUS.as_bytes()).unwrap();
    assert_eq!((status.connections, status.services), (12, 0));
    let table = &status.connection_table;
    assert_eq!((table.buckets, table.load_factor), (256, -4));
    assert_eq!(table.lengths, [239, 16, 0, 1]);
    let table = &status.service_table;
    assert_eq!((table.buckets, table.load_factor), (128, -3));
    assert!(table.lengths.is_empty());
    assert_eq!(
        (status.estimator_threads, status.estimator_threads_max),
        (1, 8)
    );
    assert_eq!(
        (status.estimator_chain, status.estimators_per_thread),
        (90, 216_000)
    );
    assert_eq!(status.other, []);

    let newer = format!("{STATUS}Conn buckets len-10:\t1\nWeather:\tfine: dry\n");
    let other = Status::read(newer.as_bytes()).unwrap().other;
    let text = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        other,
        [
            text("Conn buckets len-10", "1"),
            text("Weather", "fine: dry")
        ]
    );

    for (word, bad, sentence) in [
        ("Conns:\t12\n", "", "status: the file has no line \"Conns\""),
        (
            "Stats thread ests:\t216000\n",
            "",
            "status: the file has no line \"Stats thread ests\"",
        ),
        ("Conns:\t12", "Conns 12", "line: line 1: \"Conns 12\""),
        ("Conns:\t12", "Conns:\t-12", "connections: line 1: \"-12\""),
        ("256 (8", "4294967296 (8", "buckets: line 2: "),
        (" -4)", ")", "buckets: line 2: "),
        ("239 (93%)", "", "lengths: line 3: \"\""),
        ("1 (max 8)", "1", "estimator_threads: line 8: \"1\""),
    ] {
        assert!(STATUS.contains(word), "{word}");
        let error = Status::read(STATUS.replacen(word, bad, 1).as_bytes());
        let error = error.unwrap_err().to_string();
        assert!(error.starts_with(&format!("parse: {sentence}")), "{error}");
    }
}
