//! As root, from the top of the repository:
//!
//!     cargo run --example stats            once a second, until Ctrl-C
//!     cargo run --example stats -- 3       three times
//!
//! Prints each service's connections and present rates. The kernel samples
//! them every two seconds.

use std::error::Error;
use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

use ipvs_core::{Client, Options};

fn main() -> ExitCode {
    ipvs_examples::tell(stats)
}

fn stats() -> Result<(), Box<dyn Error>> {
    let times = match std::env::args().nth(1) {
        Some(times) => times.parse()?,
        None => usize::MAX,
    };
    let ipvs = Client::open(&Options::new())?;
    for round in 0..times {
        if round > 0 {
            sleep(Duration::from_secs(1));
        }
        println!(
            "{:<28} {:>10} {:>8} {:>8} {:>8} {:>10} {:>10}",
            "service", "conns", "conns/s", "in pk/s", "out pk/s", "in B/s", "out B/s"
        );
        for entry in ipvs.services()? {
            let (stats, rates) = (entry.stats, entry.stats.rates);
            println!(
                "{:<28} {:>10} {:>8} {:>8} {:>8} {:>10} {:>10}",
                entry.service.key,
                stats.connections,
                rates.connections,
                rates.incoming_packets,
                rates.outgoing_packets,
                rates.incoming_bytes,
                rates.outgoing_bytes,
            );
        }
    }
    Ok(())
}
