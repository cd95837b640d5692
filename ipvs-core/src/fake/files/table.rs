//! `ip_vs`.

use ipvs_sys::uapi::{
    IP_VS_CONN_F_DROUTE, IP_VS_CONN_F_LOCALNODE, IP_VS_CONN_F_TUNNEL, IP_VS_SVC_F_ONEPACKET,
    IP_VS_SVC_F_PERSISTENT,
};

use super::words;
use crate::fake::ipvs::{Dest, Ipvs, Service};
use crate::fake::keys;

/// The file. The kernel prints it in the order in which it lists services.
pub(super) fn all(ipvs: &Ipvs) -> String {
    let mut file = format!(
        "IP Virtual Server version 1.2.1 (size={})\n\
         Prot LocalAddress:Port Scheduler Flags\n  \
           -> RemoteAddress:Port Forward Weight ActiveConn InActConn\n",
        ipvs.connection_buckets
    );
    for service in ipvs.services.iter() {
        file += &head(service);
        file.extend(service.dests.iter().map(row));
    }
    file
}

/// A service's own line. Its blanks are as the kernel has them.
fn head(service: &Service) -> String {
    let key = &service.key;
    let scheduler = String::from_utf8_lossy(&service.scheduler);
    let once = match service.flags & IP_VS_SVC_F_ONEPACKET {
        0 => "",
        _ => "ops ",
    };
    let address = keys::address(key.family, key.address);
    let head = if key.mark != 0 {
        format!("FWM  {:08X} {scheduler} {once}", key.mark)
    } else {
        let protocol = words::protocol(key.protocol);
        let endpoint = words::endpoint(address, key.port);
        match address.is_ipv6() {
            true => format!("{protocol}  {endpoint} {scheduler} "),
            false => format!("{protocol}  {endpoint} {scheduler} {once} "),
        }
    };
    if service.flags & IP_VS_SVC_F_PERSISTENT == 0 {
        return head + "\n";
    }
    // The ticks as an `int`; a prefix length as the bytes of a mask.
    let ticks = i32::from_ne_bytes(service.timeout.to_ne_bytes());
    let netmask = u32::from_be_bytes(service.netmask);
    format!("{head}persistent {ticks} {netmask:08X}\n")
}

fn row(dest: &Dest) -> String {
    let endpoint = words::endpoint(
        keys::address(dest.key.family, dest.key.address),
        dest.key.port,
    );
    let forward = match dest.settings.forward {
        IP_VS_CONN_F_LOCALNODE => "Local",
        IP_VS_CONN_F_TUNNEL => "Tunnel",
        IP_VS_CONN_F_DROUTE => "Route",
        _ => "Masq",
    };
    format!(
        "  -> {endpoint}      {forward:<7} {:<6} {:<10} {:<10}\n",
        dest.settings.weight, dest.active, dest.inactive
    )
}
