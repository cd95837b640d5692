//! Rows of the timeouts.

use std::time::Duration;

use ipvs_core::{ErrorKind, TimeoutsEdit};
use ipvs_sys::uapi::*;

use super::{Case, Row, rows};
use crate::site::Site;

pub fn rows() -> Vec<Row> {
    rows![
        SetTimeouts EINVAL a_timeout_is_longer_than_the_kernel_counts;
        SetTimeouts ERANGE a_timeout_is_cut_short;
    ]
}

/// How often the kernel's clock ticks in a second: what it multiplies seconds
/// with. It shows in /proc/net/ip_vs, where persistence is counted in ticks.
pub fn ticks(site: &Site) -> u32 {
    let service = ipvs_core::Service::new("tcp 192.0.2.77:77".parse().unwrap())
        .with_persistence(Duration::from_secs(1));
    site.client.add_service(&service).unwrap();
    let table = site.file("ip_vs");
    site.client.remove_service(&service.key).unwrap();
    let words = table.split_once("persistent ").unwrap().1;
    words.split(' ').next().unwrap().parse().unwrap()
}

fn a_timeout_is_longer_than_the_kernel_counts(case: &Case<'_>) {
    let (client, before) = (case.site.unchecked(), case.site.client.timeouts().unwrap());
    let longest = u32::try_from(i32::MAX).unwrap() / ticks(case.site);
    let beginning = TimeoutsEdit::new().with_udp(Duration::from_secs(77));
    for seconds in [longest + 1, i32::MAX as u32, 1 << 31, u32::MAX] {
        let timeout = Duration::from_secs(seconds.into());
        for edit in [
            beginning.with_tcp(timeout),
            beginning.with_tcp_fin(timeout),
            beginning.with_udp(timeout),
        ] {
            let words = ["set timeouts: ", "above what this kernel can hold (EINVAL)"];
            case.typed(
                client.set_timeouts(&edit),
                ErrorKind::InvalidInput,
                None,
                &words,
            );
        }
    }
    // All of them or none.
    assert_eq!(case.site.client.timeouts().unwrap(), before);
    let longest = Duration::from_secs(longest.into());
    client
        .set_timeouts(&TimeoutsEdit::new().with_tcp(longest))
        .unwrap();
    assert_eq!(case.site.client.timeouts().unwrap().tcp, longest);
}

fn a_timeout_is_cut_short(case: &Case<'_>) {
    let mut raw = case.site.raw();
    let kinds = [
        IPVS_CMD_ATTR_TIMEOUT_TCP,
        IPVS_CMD_ATTR_TIMEOUT_TCP_FIN,
        IPVS_CMD_ATTR_TIMEOUT_UDP,
    ];
    for kind in kinds {
        for length in 0..4 {
            let short = raw.write(IPVS_CMD_SET_CONFIG, |attrs| {
                attrs.bytes(kind, &[1; 4][..length])
            });
            case.raw(short, format!("attribute {kind} of {length} bytes"));
        }
        // What is too long is taken by its first bytes.
        let value = 100_u64.to_le_bytes();
        raw.write(IPVS_CMD_SET_CONFIG, |attrs| attrs.bytes(kind, &value))
            .unwrap();
    }
    assert_eq!(
        case.site.client.timeouts().unwrap().udp,
        Duration::from_secs(100)
    );
}
