use std::fmt::{Debug, Display};
use std::str::FromStr;

use ipvs_core::procfs::{ConnectionState, Origin};
use ipvs_core::*;

use crate::source::Source;

/// Every type that a person might type: from any text, and from any value.
pub fn text(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        from_text(text);
    }
    from_values(&mut Source::new(data));
}

/// What can be read prints as something that reads as the same.
fn from_text(text: &str) {
    macro_rules! each {
        ($($type:ty)*) => { $(read::<$type>(text);)* };
    }
    each! {
        Protocol Family ServiceKey DestKey Scheduler PersistenceEngine InterfaceName
        ServiceFlags Netmask ForwardMethod TunnelKind TunnelFlags Tunnel DaemonRole Service
        Dest SyncDaemon Timeouts TimeoutsEdit IpvsVersion Sysctl ConnectionState Origin
    }
    for scheduler in Scheduler::KNOWN {
        if let Ok(flags) = scheduler.parse_flags(text) {
            scheduler_flags(scheduler, flags);
        }
    }
}

fn read<T>(text: &str)
where
    T: FromStr<Err = Error> + Display + PartialEq + Debug,
{
    match text.parse::<T>() {
        Ok(value) => prints(&value),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(!error.to_string().contains('\n'), "{error:?}");
        }
    }
}

fn prints<T>(value: &T)
where
    T: FromStr<Err = Error> + Display + PartialEq + Debug,
{
    let text = value.to_string();
    assert_eq!(text.parse::<T>().as_ref().ok(), Some(value), "{text}");
}

fn scheduler_flags(scheduler: &Scheduler, flags: ServiceFlags) {
    let text = scheduler.format_flags(flags);
    assert_eq!(scheduler.parse_flags(&text).ok(), Some(flags), "{text}");
}

fn from_values(source: &mut Source<'_>) {
    match source.below(17) {
        0 => prints(&source.protocol()),
        1 => prints(&source.family()),
        2 => prints(&source.service_key()),
        3 => prints(&source.dest_key()),
        4 => prints(&source.scheduler()),
        5 => prints(&source.engine()),
        6 => prints(&source.interface()),
        7 => prints(&source.service_flags()),
        8 => {
            let family = source.family();
            prints(&source.netmask(family));
        }
        9 => prints(&source.forward_method()),
        10 => prints(&source.tunnel()),
        11 => prints(&source.service()),
        12 => prints(&source.dest()),
        13 => prints(&source.daemon()),
        14 => prints(&source.timeouts()),
        15 => prints(&source.timeouts_edit()),
        _ => {
            let bits = u32::from(source.below(8)) * ServiceFlags::SCHEDULER_1.bits();
            scheduler_flags(&source.scheduler(), ServiceFlags::from_bits_retain(bits));
        }
    }
}
