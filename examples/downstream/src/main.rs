//! `pool SERVICE FILE [--once]`: keeps the real servers of a service as a file lists them.

use std::error::Error;
use std::fs;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use ipvs_core::{Client, Options};
use pool::Pool;

const INTERVAL: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (service, file, once) = match &arguments[..] {
        [service, file] => (service, file, false),
        [service, file, once] if once == "--once" => (service, file, true),
        _ => return Err("usage: pool SERVICE FILE [--once]".into()),
    };
    let mut pool = Pool::new(service.parse()?);
    let ipvs = Client::open(&Options::new())?;
    loop {
        pool.set_servers(&fs::read_to_string(file)?)?;
        let progress = pool.sync(&ipvs)?;
        for change in progress.changes {
            println!("{change}");
        }
        for server in progress.leaving {
            println!("{server} leaves when its connections have ended");
        }
        if once {
            return Ok(());
        }
        thread::sleep(INTERVAL);
    }
}
