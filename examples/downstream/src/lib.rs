//! Keeps the real servers of one service as a list has them.

use std::fmt;

use ipvs_core::{
    Client, Dest, DestKey, Error, ErrorKind, ForwardMethod, Plan, Scheduler, Scope, Service,
    ServiceKey, Table,
};

/// How often it begins anew when it does not know what became of a change.
const TRIES: usize = 5;

/// A service and the real servers that it should have.
#[derive(Clone, Debug)]
pub struct Pool {
    service: Service,
    servers: Vec<Dest>,
}

/// What a look at the kernel came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What was changed, in words.
    pub changes: Vec<String>,
    /// Servers that are not wanted any more and still have connections: look again later.
    pub leaving: Vec<DestKey>,
}

/// A line of the list that is no server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// Its number, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

impl Pool {
    /// A pool without servers: it refuses every connection.
    #[must_use]
    pub fn new(key: ServiceKey) -> Self {
        Pool {
            service: Service::new(key).with_scheduler(Scheduler::WLC),
            servers: Vec::new(),
        }
    }

    /// Replaces the servers by those of a list: a line each, `10.0.3.100:8080 3`, the weight
    /// last. Lines that begin with `#` don't count.
    ///
    /// # Errors
    ///
    /// The first line that is none; the servers are as before then.
    pub fn set_servers(&mut self, list: &str) -> Result<(), BadLine> {
        let lines = (1..).zip(list.lines().map(str::trim));
        let told = lines.filter(|(_, text)| !text.is_empty() && !text.starts_with('#'));
        self.servers = told
            .map(|(line, text)| server(text).map_err(|reason| BadLine { line, reason }))
            .collect::<Result<_, _>>()?;
        Ok(())
    }

    /// Makes the service what it should be. What other people's services are is left alone.
    ///
    /// When an answer is lost, nobody knows what became of a change; so it looks, and goes on
    /// from what it finds.
    ///
    /// # Errors
    ///
    /// What it cannot help: no privilege, no module, a kernel that never answers. Some of the
    /// changes may have been made.
    pub fn sync(&self, ipvs: &Client) -> Result<Progress, Error> {
        let mut changes = Vec::new();
        for _ in 1..TRIES {
            match self.attempt(ipvs, &mut changes) {
                Err(error) if is_doubtful(&error) => {}
                outcome => return outcome.map(|leaving| Progress { changes, leaving }),
            }
        }
        let leaving = self.attempt(ipvs, &mut changes)?;
        Ok(Progress { changes, leaving })
    }

    fn attempt(&self, ipvs: &Client, changes: &mut Vec<String>) -> Result<Vec<DestKey>, Error> {
        let wanted = Table::new().with_service(self.service, self.servers.clone());
        let ours = Scope::nothing().with_service(self.service.key);
        let plan = Plan::new(&ipvs.snapshot()?, &wanted, &ours)?;
        changes.extend(plan.steps().iter().map(|step| step.to_string()));
        ipvs.apply(&plan).into_result()?;
        Ok(plan.draining().iter().map(|(_, dest)| *dest).collect())
    }
}

/// Whether it may help to look again.
fn is_doubtful(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::TimedOut
            | ErrorKind::Overrun
            | ErrorKind::Protocol
            | ErrorKind::ChangedWhileReading
            | ErrorKind::AlreadyExists
            | ErrorKind::ServiceNotFound
            | ErrorKind::DestNotFound
    )
}

fn server(text: &str) -> Result<Dest, String> {
    let (key, weight) = text
        .split_once(char::is_whitespace)
        .ok_or("a server and its weight are expected")?;
    let key: DestKey = key.parse().map_err(|error: Error| error.to_string())?;
    let weight = weight.trim();
    let weight = weight
        .parse()
        .map_err(|_| format!("{weight:?} is no weight"))?;
    let dest = Dest::new(key.address, key.port, ForwardMethod::MASQUERADE);
    Ok(dest.with_weight(weight))
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

impl std::error::Error for BadLine {}
