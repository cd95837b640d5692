//! As root, from the top of the repository:
//!
//!     cargo run --example drain -- 'tcp 192.0.2.1:80' 10.0.3.100:8080 60
//!
//! Lets a real server leave: new connections go elsewhere at once; it is removed
//! when those it has are gone, or after so many seconds. Killed and run again, it
//! goes on where it was.

use std::error::Error;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, SystemTime};

use ipvs_core::{Client, Drain, DrainStep, Options};

fn main() -> ExitCode {
    ipvs_examples::tell(drain)
}

fn drain() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [service, dest, seconds] = &arguments[..] else {
        return Err("which service, which real server, how many seconds?".into());
    };
    let patience = Duration::from_secs(seconds.parse()?);
    let ipvs = Client::open(&Options::new())?;

    let mut leaving =
        Drain::new(service.parse()?, dest.parse()?).with_deadline(SystemTime::now() + patience);
    loop {
        match leaving.step(&ipvs)? {
            DrainStep::Waiting(left) => {
                let connections = left.active + left.inactive;
                println!("{dest} has {connections} connections, and gets no new ones");
            }
            DrainStep::Removed(_) => {
                println!("{dest} is gone");
                return Ok(());
            }
            other => return Err(format!("{dest} does not leave: {other:?}").into()),
        }
        thread::sleep(Duration::from_secs(1));
    }
}
