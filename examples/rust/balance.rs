//! As root, from the top of the repository:
//!
//!     cargo run --example balance
//!
//! Makes a web service with two real servers, shifts the load from one to the
//! other, shows the table each time, and takes it all away again.

use std::error::Error;
use std::process::ExitCode;

use ipvs_core::{Client, Dest, DestEdit, ForwardMethod, Options, Scheduler, Service, ServiceKey};
use ipvs_examples::table;

fn main() -> ExitCode {
    ipvs_examples::tell(balance)
}

fn balance() -> Result<(), Box<dyn Error>> {
    let ipvs = Client::open(&Options::new())?;
    let web = Service::new(ServiceKey::tcp([192, 0, 2, 1], 80)).with_scheduler(Scheduler::WRR);

    // If somebody has this service already, this is AlreadyExists, and theirs stays.
    ipvs.add_service(&web)?;
    let outcome = shift(&ipvs, &web.key);
    // Its dests go with it.
    ipvs.remove_service(&web.key)?;
    outcome
}

fn shift(ipvs: &Client, web: &ServiceKey) -> Result<(), Box<dyn Error>> {
    let first = Dest::new([198, 51, 100, 1], 8080, ForwardMethod::MASQUERADE).with_weight(3);
    let second = Dest::new([198, 51, 100, 2], 8080, ForwardMethod::MASQUERADE);
    ipvs.add_dest(web, &first)?;
    ipvs.add_dest(web, &second)?;
    show("Three of four connections go to the first server:", ipvs)?;

    // An edit changes the given fields and keeps all others.
    ipvs.edit_dest(web, &first.key, &DestEdit::new().with_weight(0))?;
    show("The first takes no new ones; those it has go on:", ipvs)
}

fn show(caption: &str, ipvs: &Client) -> Result<(), Box<dyn Error>> {
    println!("{caption}");
    for line in table::body(&ipvs.snapshot()?) {
        println!("{line}");
    }
    Ok(())
}
