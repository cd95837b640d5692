//! As root, from the top of the repository:
//!
//!     cargo run --example sync -- master eth1 7      role, interface, sync id
//!
//! Starts a connection sync daemon, shows what is running with the kernel's
//! defaults filled in, and stops it on Enter or at the end of stdin.

use std::error::Error;
use std::process::ExitCode;

use ipvs_core::{Client, Options, SyncDaemon};

fn main() -> ExitCode {
    ipvs_examples::tell(sync)
}

fn sync() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [role, interface, id] = words.as_slice() else {
        return Err("usage: sync master|backup INTERFACE SYNC-ID".into());
    };
    let daemon = SyncDaemon::new(role.parse()?, interface.parse()?).with_sync_id(id.parse()?);

    let ipvs = Client::open(&Options::new())?;
    ipvs.start_daemon(&daemon)?;
    let outcome = show(&ipvs);
    ipvs.stop_daemon(daemon.role)?;
    println!("stopped; {} running", ipvs.daemons()?.len());
    outcome
}

fn show(ipvs: &Client) -> Result<(), Box<dyn Error>> {
    for it in ipvs.daemons()? {
        println!("{} on {}, sync id {}", it.role, it.interface, it.sync_id);
        if let (Some(group), Some(port)) = (it.group, it.port) {
            println!("    to {group} port {port}");
        }
        if let (Some(length), Some(ttl)) = (it.max_length, it.ttl) {
            println!("    up to {length} bytes a message, time to live {ttl}");
        }
    }
    println!("Enter stops it.");
    std::io::stdin().read_line(&mut String::new())?;
    Ok(())
}
