//! The story of a table. On any machine, from the top of the repository:
//!
//!     cargo run --example quickstart
//!
//! plays on a kernel in memory: it needs no root, no kernel module, and touches nothing.
//!
//!     cargo run --example quickstart -- --kernel
//!
//! plays the same, as root, on this machine's kernel: with a service of its own on an
//! address that is nobody's, which it removes in the end.

use std::error::Error;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use ipvs_core::fake::{Fault, Kernel, When};
use ipvs_core::procfs::Connection;
use ipvs_core::{
    Client, Dest, DestEdit, DestKey, Drain, DrainStep, ForwardMethod, Options, Plan, Scheduler,
    Scope, Service, ServiceKey, rules,
};
use ipvs_examples::table;

/// Where the story plays.
struct Stage {
    ipvs: Client,
    /// The kernel in memory, unless it is this machine's.
    fake: Option<Kernel>,
}

fn main() -> ExitCode {
    ipvs_examples::tell(quickstart)
}

fn quickstart() -> Result<(), Box<dyn Error>> {
    let stage = match std::env::args().nth(1).as_deref() {
        None => in_memory()?,
        Some("--kernel") => on_this_machine()?,
        Some(word) => return Err(format!("{word:?}? It knows --kernel, and no more").into()),
    };
    let web = ServiceKey::tcp([192, 0, 2, 1], 80);
    create(&stage, web)?;
    let outcome = tell(&stage, web);
    // Its dests go with it.
    stage.ipvs.remove_service(&web)?;
    outcome
}

fn in_memory() -> Result<Stage, Box<dyn Error>> {
    println!("This plays on a fake kernel, in memory. Nothing of this machine is touched.");
    let fake = Kernel::new();
    Ok(Stage {
        ipvs: fake.client()?,
        fake: Some(fake),
    })
}

fn on_this_machine() -> Result<Stage, Box<dyn Error>> {
    println!("This plays on this machine's kernel.");
    let ipvs = Client::open(&Options::new())?;
    Ok(Stage { ipvs, fake: None })
}

fn tell(stage: &Stage, web: ServiceKey) -> Result<(), Box<dyn Error>> {
    list(stage, web)?;
    plan_and_apply(stage, web)?;
    drain(stage, web, "10.0.3.100:8080".parse()?)?;
    lose_a_race(stage, web, "10.0.3.150:8080".parse()?)?;
    lose_an_answer(stage, web, "10.0.3.200:8080".parse()?)
}

fn create(stage: &Stage, web: ServiceKey) -> Result<(), Box<dyn Error>> {
    println!("\n-- A web service and its real server.");
    let server = Dest::new([10, 0, 3, 100], 8080, ForwardMethod::MASQUERADE);
    // If somebody has this service already, this is AlreadyExists, and theirs stays.
    let service = Service::new(web).with_scheduler(Scheduler::WRR);
    stage.ipvs.add_service(&service)?;
    stage.ipvs.add_dest(&web, &server)?;
    Ok(())
}

fn list(stage: &Stage, web: ServiceKey) -> Result<(), Box<dyn Error>> {
    let snapshot = stage.ipvs.snapshot()?;
    let ours = snapshot.service(&web).ok_or("the service is gone")?;
    for line in table::block(ours) {
        println!("   {line}");
    }
    Ok(())
}

fn plan_and_apply(stage: &Stage, web: ServiceKey) -> Result<(), Box<dyn Error>> {
    println!("\n-- Say what it should be, and only what differs is changed:");
    let wanted = rules::parse(
        "-A -t 192.0.2.1:80 -s wrr\n\
         -a -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 1\n\
         -a -t 192.0.2.1:80 -r 10.0.3.150:8080 -m -w 3\n\
         -a -t 192.0.2.1:80 -r 10.0.3.200:8080 -m -w 3\n",
    )?;
    let ours = Scope::nothing().with_service(web);
    let plan = Plan::new(&stage.ipvs.snapshot()?, &wanted, &ours)?;
    for step in plan.steps() {
        println!("   {} ({})", step.change, step.reason);
    }
    stage.ipvs.apply(&plan).into_result()?;
    list(stage, web)
}

fn drain(stage: &Stage, web: ServiceKey, server: DestKey) -> Result<(), Box<dyn Error>> {
    println!("\n-- A real server leaves when its connections have ended.");
    if let Some(fake) = &stage.fake {
        // No packets flow in it: the connections are what we say.
        let mut connection = Connection::new("10.0.1.50:40000".parse()?, web, server);
        connection.expires = Duration::from_secs(60);
        fake.initial().set_connections(vec![connection])?;
    }
    let mut leaving = Drain::new(web, server);
    loop {
        match leaving.step(&stage.ipvs)? {
            DrainStep::Waiting(left) => {
                println!(
                    "   {server} gets no new connections, and still has {}",
                    left.active
                );
            }
            DrainStep::Removed(_) => {
                println!("   {server} is gone");
                return Ok(());
            }
            other => return Err(format!("{server} does not leave: {other:?}").into()),
        }
        match &stage.fake {
            Some(fake) => fake.advance(Duration::from_secs(30)),
            None => thread::sleep(Duration::from_secs(1)),
        }
    }
}

/// What goes wrong on every kernel: somebody else was faster.
fn lose_a_race(stage: &Stage, web: ServiceKey, server: DestKey) -> Result<(), Box<dyn Error>> {
    println!("\n-- Somebody else removes a server that we are about to change.");
    stage.ipvs.remove_dest(&web, &server)?;
    let more = DestEdit::new().with_weight(9);
    match stage.ipvs.edit_dest(&web, &server, &more) {
        Ok(_) => Err("nobody noticed".into()),
        Err(error) => {
            println!("   {}: {error}", error.kind());
            Ok(())
        }
    }
}

/// What goes wrong once a year: on the fake, whenever a test wants it.
fn lose_an_answer(stage: &Stage, web: ServiceKey, server: DestKey) -> Result<(), Box<dyn Error>> {
    println!("\n-- The kernel's answer gets lost.");
    let Some(fake) = &stage.fake else {
        println!("   (No kernel does that at our wish: this part is the fake's alone.)");
        return Ok(());
    };
    fake.inject(When::Now, Fault::Drop);
    match stage.ipvs.remove_dest(&web, &server) {
        Ok(()) => return Err("nobody noticed".into()),
        Err(error) => println!(
            "   {} (applied: {:?}): {error}",
            error.kind(),
            error.applied()
        ),
    }
    println!("   It may have happened. Looking again, it has:");
    list(stage, web)
}
