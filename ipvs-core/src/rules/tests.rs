//! What was learned from running ipvsadm 1.31 on the same words, and what must
//! hold for any.

mod faults;
mod numbers;
mod printing;
mod reader;
mod reading;
mod round_trip;

use std::net::IpAddr;

use super::*;
use crate::{Change, Protocol};

/// A host and two services.
struct Lab;

impl Names for Lab {
    fn address(&self, host: &str) -> Option<IpAddr> {
        match host {
            "vip" => Some([192, 0, 2, 1].into()),
            "vip6" => "2001:db8::1".parse().ok(),
            _ => None,
        }
    }

    fn port(&self, service: &str, protocol: Protocol) -> Option<u16> {
        match (service, protocol) {
            ("http", Protocol::TCP) => Some(80),
            ("domain", Protocol::TCP | Protocol::UDP) => Some(53),
            _ => None,
        }
    }
}

/// The change of a line that is right.
fn change(line: &str) -> Change {
    match parse_line(line, &Lab) {
        Ok(Some(Command::Change(change))) => change,
        other => panic!("{line}: {other:?}"),
    }
}

/// The mistake of a line that is not.
fn mistake(line: &str) -> Mistake {
    parse_line(line, &Lab).expect_err(line)
}
