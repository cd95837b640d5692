//! `-h` and `-v`.

use std::io::{self, Write};

use ipvs_core::Info;

use crate::words;

/// The version that this program stands in for, in the original's own line:
/// scripts take it apart.
pub(crate) fn print_version(info: &Info, out: &mut dyn Write) -> io::Result<()> {
    let version = info.version;
    writeln!(
        out,
        "ipvsadm v1.31 2019/12/24 (compiled with popt and IPVS v{version})"
    )
}

pub(crate) fn print(program: &str, info: &Info, out: &mut dyn Write) -> io::Result<()> {
    print_version(info, out)?;
    let package = env!("CARGO_PKG_VERSION");
    writeln!(out, "This one is built on ipvs-core {package}.\n")?;
    out.write_all(&words::encode(&format!(
        "Usage: {program} COMMAND [OPTIONS]\n\n"
    )))?;
    write!(out, "{COMMANDS}")
}

/// What `ipvsadm-save` says to an option that it hasn't got.
pub(crate) const SAVE: &str = "usage: ipvsadm-save [-n]
Prints the table as rules for ipvsadm-restore; -n: with numbers, not names.";

const COMMANDS: &str = "\
Virtual services
  -A, --add-service SERVICE [SCHEDULING]
  -E, --edit-service SERVICE [SCHEDULING]      replaces all of its settings
  -D, --delete-service SERVICE
  -C, --clear                                  removes every service
Real servers
  -a, --add-server SERVICE -r SERVER [FORWARDING]
  -e, --edit-server SERVICE -r SERVER [FORWARDING]
  -d, --delete-server SERVICE -r SERVER
Listings, counters, rules
  -L, -l, --list [SERVICE | -c | --timeout | --daemon] [LISTING]
  -Z, --zero [SERVICE]                         sets counters to zero
  -S, --save [-n]                              prints the table as rules
  -R, --restore                                reads rules from standard input
Settings of the whole director
      --set TCP TCPFIN UDP                     timeouts in seconds; 0 keeps one
      --start-daemon master|backup [SYNC]
      --stop-daemon master|backup
  -h, --help
  -v, --version

SERVICE, one of
  -t, --tcp-service HOST[:PORT]
  -u, --udp-service HOST[:PORT]
      --sctp-service HOST[:PORT]
  -f, --fwmark-service MARK [-6, --ipv6]       1 to 4294967295; -6: of IPv6

SERVER
  -r, --real-server HOST[:PORT]                without a port: the service's

SCHEDULING
  -s, --scheduler NAME                         wlc unless told otherwise
  -b, --sched-flags FLAG[,FLAG]                sh-fallback, sh-port, mh-fallback,
                                               mh-port, flag-1, flag-2, flag-3
  -p, --persistent [SECONDS]                   360 unless told otherwise
  -M, --netmask MASK                           255.255.255.0, or 64 for IPv6
      --pe ENGINE                              recognises clients, such as sip
  -o, --ops                                    every UDP packet by itself

FORWARDING
  -g, --gatewaying                             direct routing: the default
  -i, --ipip                                   through a tunnel
  -m, --masquerading                           address translation
  -w, --weight NUMBER                          1 unless told otherwise; 0: no new
  -x, --u-threshold CONNECTIONS                no new ones from here on
  -y, --l-threshold CONNECTIONS                new ones again below
      --tun-type ipip|gue|gre
      --tun-port PORT                          gue's UDP port
      --tun-nocsum, --tun-csum, --tun-remcsum  checksums of gue and gre

LISTING
  -n, --numeric                                numbers and not names
  -c, --connection                             the connections
      --timeout, --daemon                      the director's settings
      --stats, --rate, --thresholds, --persistent-conn, --tun-info
                                               other columns
  -X, --exact                                  large numbers in full
      --nosort                                 the kernel's order
      --json                                   everything, for programs

SYNC
      --mcast-interface NAME                   eth0 unless told otherwise
      --syncid NUMBER                          0 to 255; a backup's 0: any
      --sync-maxlen BYTES
      --mcast-group ADDRESS                    224.0.0.81 unless told otherwise
      --mcast-port PORT                        8848 unless told otherwise
      --mcast-ttl NUMBER                       1 unless told otherwise
";
