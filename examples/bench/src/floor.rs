//! The floor: the least that a program must do.
//!
//! Changes are messages made beforehand, a thousand a send, of which the last is acknowledged;
//! listings are received with one system call a datagram and read into flat structs. It looks
//! at no error but the acknowledgement's, checks nothing, and knows what it will find.

mod flat;
mod socket;

use std::iter::once;
use std::net::Ipv4Addr;

use ipvs_core::Change;

use crate::Outcome;
use crate::meter::Clock;
use crate::tables::{self, Size};
use crate::workload::Workload;
use flat::{Dest, Service};
use socket::Socket;

/// Does a workload, and tells what it cost.
pub(crate) fn run(workload: Workload, clock: Clock) -> Outcome {
    let mut socket = Socket::open()?;
    let changes = socket.encode(&workload.changes(Size::USUAL))?;
    let weights = weights(&workload.before(Size::USUAL).changes().collect::<Vec<_>>());
    let (cost, done) = match workload {
        Workload::Nothing | Workload::Stream => return Ok(()),
        Workload::List => clock.measure(|| {
            let (services, dests) = list(&mut socket)?;
            Ok::<_, Box<dyn std::error::Error>>(services.len() + dests.len())
        })?,
        Workload::Overlap => {
            let mut others = (1..SOCKETS)
                .map(|_| Socket::open())
                .collect::<Outcome<Vec<_>>>()?;
            clock.measure(|| {
                let (services, dests) = list_at_once(&mut socket, &mut others)?;
                Ok::<_, Box<dyn std::error::Error>>(services.len() + dests.len())
            })?
        }
        Workload::Fix | Workload::Reload => clock.measure(|| {
            let (_, dests) = list(&mut socket)?;
            let found = dests.iter().filter(|dest| as_known(dest, &weights));
            let found = found.count();
            socket.replay(&changes)?;
            Ok(found)
        })?,
        _ => clock.measure(|| socket.replay(&changes).map(|()| 0))?,
    };
    println!("inside {cost}\nobjects {}", done?);
    Ok(())
}

/// Every service and every dest.
fn list(socket: &mut Socket) -> Outcome<(Vec<Service>, Vec<Dest>)> {
    let (mut services, mut dests) = (Vec::new(), Vec::new());
    socket.services(|service| services.push(service))?;
    for service in &services {
        socket.dests(service, |dest| dests.push(dest))?;
    }
    Ok((services, dests))
}

const SOCKETS: usize = 8;

/// The same, the dests of as many services at once as there are sockets.
fn list_at_once(socket: &mut Socket, others: &mut [Socket]) -> Outcome<(Vec<Service>, Vec<Dest>)> {
    let (mut services, mut dests) = (Vec::new(), Vec::new());
    socket.services(|service| services.push(service))?;
    for services in services.chunks(1 + others.len()) {
        let mut sockets: Vec<&mut Socket> = once(&mut *socket).chain(&mut *others).collect();
        for (service, socket) in services.iter().zip(&mut sockets) {
            socket.ask_dests(service)?;
        }
        for (_, socket) in services.iter().zip(&mut sockets) {
            socket.take_dests(|dest| dests.push(dest))?;
        }
    }
    Ok((services, dests))
}

/// The weights of the dests that changes make, by the numbers of their addresses.
fn weights(changes: &[Change]) -> Vec<u32> {
    let dests = changes.iter().filter_map(|change| match change {
        Change::AddDest(_, dest) => Some(dest.weight),
        _ => None,
    });
    dests.collect()
}

/// Whether a dest is as it was before, which stands for any comparison.
fn as_known(dest: &Dest, weights: &[u32]) -> bool {
    let [a, b, c, d, ..] = dest.bytes;
    let number = tables::number(Ipv4Addr::new(a, b, c, d));
    let number = usize::try_from(number).ok();
    number.and_then(|number| weights.get(number)) == Some(&dest.weight)
}
