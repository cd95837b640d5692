//! The files that the cluster runs by: the document's, and what the chapters make of it.

use std::net::{IpAddr, Ipv4Addr};

use lab::Result;
use lvs::config::{Config, SystemNames, Virtual, parse};

/// The document's lvs.cf.
const DOCUMENT: &[u8] = include_bytes!("../../lvs/samples/har300.cf");

/// The document's file, as it stands.
///
/// # Errors
/// When it can't be read: never, as a test of its own shows.
pub(crate) fn document() -> Result<Config> {
    Ok(parse(DOCUMENT, &SystemNames)?.config)
}

/// The document's file without its ten minutes of persistence, so that every client
/// meets both servers.
///
/// # Errors
/// As [`document`].
pub(crate) fn single() -> Result<Config> {
    let mut file = document()?;
    web(&mut file)?.persistent = 0;
    Ok(file)
}

/// The same with what the page REDUNDANCY asks for: directeur is the primary, secours the
/// backup, links are watched, and connections are told to the other over eth1.
///
/// # Errors
/// As [`document`].
pub(crate) fn redundant() -> Result<Config> {
    let mut file = single()?;
    file.primary = ip([10, 0, 2, 50]);
    file.primary_private = ip([10, 0, 3, 15]);
    file.backup = ip([10, 0, 2, 51]);
    file.backup_private = ip([10, 0, 3, 16]);
    file.backup_active = true;
    file.monitor_links = true;
    file.syncdaemon = true;
    file.syncd_iface = "eth1".parse()?;
    Ok(file)
}

/// The same with the heartbeat's times as the original's page writes them: nobody takes over
/// because a machine is slow.
///
/// # Errors
/// As [`document`].
pub(crate) fn patient() -> Result<Config> {
    let mut file = redundant()?;
    (file.keepalive, file.deadtime) = (6, 18);
    Ok(file)
}

/// The same before there is any service.
///
/// # Errors
/// As [`document`].
pub(crate) fn empty() -> Result<Config> {
    let mut file = patient()?;
    file.virtuals.clear();
    Ok(file)
}

/// The document's virtual service, to change it.
///
/// # Errors
/// When the file has none.
pub(crate) fn web(file: &mut Config) -> Result<&mut Virtual> {
    Ok(file.virtuals.first_mut().ok_or("the file has no service")?)
}

fn ip(octets: [u8; 4]) -> Option<IpAddr> {
    Some(Ipv4Addr::from(octets).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_reads_back() {
        for file in [document(), single(), patient(), empty()] {
            let file = file.unwrap();
            let text = file.to_string();
            let parsed = parse(text.as_bytes(), &SystemNames).unwrap();
            assert_eq!(parsed.config, file);
            assert_eq!(parsed.warnings.len(), 0);
            assert_eq!(file.complaints().len(), 0, "{text}");
        }
    }
}
