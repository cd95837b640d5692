//! Structs as long as the old ones, with their fields where they were: the numbers are those of
//! the old header, compiled for x86-64.
#![cfg(target_pointer_width = "64")]

use std::fmt::Write;
use std::mem::offset_of;

use crate::compat::structs::*;
use crate::tests::layout::complaints;

/// Asserts them of the structs here, and gives the C that asserts them of the header.
macro_rules! layouts {
    ($($name:ident $size:literal a $align:literal: $($field:ident $offset:literal)+;)+) => {
        fn assertions() -> String {
            let mut program = "#include <stddef.h>\n#include <libipvs.h>\n".to_owned();
            let mut assert = |what: String| {
                writeln!(program, "_Static_assert({what}, \"\");").unwrap();
            };
            $(
                let name = tag(stringify!($name));
                assert_eq!((size_of::<$name>(), align_of::<$name>()), ($size, $align), "{name}");
                assert(format!("sizeof({name}) == {} && _Alignof({name}) == {}", $size, $align));
                $(
                    let field = stringify!($field);
                    assert_eq!(offset_of!($name, $field), $offset, "{name}, {field}");
                    assert(format!("offsetof({name}, {field}) == {}", $offset));
                )+
            )+
            program
        }
    };
}

fn tag(name: &str) -> String {
    let kind = if name == "nf_inet_addr" {
        "union"
    } else {
        "struct"
    };
    format!("{kind} {name}")
}

layouts! {
    nf_inet_addr 16 a 4: all 0;
    ip_vs_service_user 84 a 4: protocol 0 __addr_v4 4 port 8 fwmark 12 sched_name 16 flags 32
        timeout 36 netmask 40 af 44 addr 48 pe_name 64;
    ip_vs_dest_user 52 a 4: __addr_v4 0 port 4 conn_flags 8 weight 12 u_threshold 16
        l_threshold 20 af 24 addr 28 tun_type 44 tun_port 46 tun_flags 48;
    ip_vs_stats_user 56 a 8: conns 0 inpkts 4 outpkts 8 inbytes 16 outbytes 24 cps 32 inpps 36
        outpps 40 inbps 44 outbps 48;
    ip_vs_stats64 80 a 8: conns 0 inpkts 8 outpkts 16 inbytes 24 outbytes 32 cps 40 inpps 48
        outpps 56 inbps 64 outbps 72;
    ip_vs_getinfo 12 a 4: version 0 size 4 num_services 8;
    ip_vs_service_entry 224 a 8: protocol 0 __addr_v4 4 port 8 fwmark 12 sched_name 16 flags 32
        timeout 36 netmask 40 num_dests 44 stats 48 af 104 addr 108 pe_name 124 stats64 144;
    ip_vs_dest_entry 208 a 8: __addr_v4 0 port 4 conn_flags 8 weight 12 u_threshold 16
        l_threshold 20 activeconns 24 inactconns 28 persistconns 32 stats 40 af 96 addr 100
        stats64 120 tun_type 200 tun_port 202 tun_flags 204;
    ip_vs_get_dests 40 a 8: protocol 0 __addr_v4 4 port 8 fwmark 12 num_dests 16 af 20 addr 24
        entrytable 40;
    ip_vs_get_services 8 a 8: num_services 0 entrytable 8;
    ip_vs_timeout_user 12 a 4: tcp_timeout 0 tcp_fin_timeout 4 udp_timeout 8;
    ip_vs_daemon_user 52 a 4: state 0 mcast_ifn 4 syncid 20 sync_maxlen 24 mcast_port 28
        mcast_ttl 30 mcast_af 32 mcast_group 36;
}

/// What goes through the kernel's socket options.
const KERNELS: &str = "
    _Static_assert(sizeof(struct ip_vs_service_kern) == 44, \"\");
    _Static_assert(sizeof(struct ip_vs_dest_kern) == 24, \"\");
    _Static_assert(sizeof(struct ip_vs_service_entry_kern) == 104, \"\");
    _Static_assert(sizeof(struct ip_vs_dest_entry_kern) == 96, \"\");
    _Static_assert(sizeof(struct ip_vs_get_dests_kern) == 24, \"\");
    _Static_assert(sizeof(struct ip_vs_get_services_kern) == 8, \"\");
    _Static_assert(sizeof(struct ip_vs_daemon_kern) == 24, \"\");
    _Static_assert(sizeof(((struct ip_vs_service_user *)0)->sched_name) == 16, \"\");
    _Static_assert(sizeof(((struct ip_vs_service_user *)0)->pe_name) == 17, \"\");
    _Static_assert(sizeof(((struct ip_vs_daemon_user *)0)->mcast_ifn) == 16, \"\");
";

#[test]
fn structs_are_as_long_as_they_were() {
    let assertions = assertions() + KERNELS;
    assert_eq!(complaints(&assertions, "old_layout"), "");
    let wrong = assertions.replace("ip_vs_dest_entry) == 208", "ip_vs_dest_entry) == 200");
    assert_ne!(wrong, assertions);
    assert_ne!(
        complaints(&wrong, "wrong_old_layout"),
        "",
        "the assertions assert nothing"
    );
}
