//! The floating addresses that are on this host, and the file that remembers them: a
//! pulse that comes back after its death takes off what was dropped from lvs.cf meanwhile,
//! and nobody else's addresses.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

use super::floating::Floating;
use crate::net::{Address, Net};

pub(super) struct Claims {
    path: PathBuf,
}

/// What came of making things as they should be.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Whether an address was put on.
    pub(super) added: bool,
    /// What could not be done.
    pub(super) faults: Vec<String>,
}

impl Claims {
    /// Remembers at `path`.
    pub(super) fn at(path: PathBuf) -> Claims {
        Claims { path }
    }

    /// Whether an address that a pulse put on is still there.
    pub(super) fn found(&self, net: &mut Net) -> io::Result<bool> {
        let (claimed, there) = (self.read(), net.addresses()?);
        let is_there = |claim: &Floating| there.iter().any(|there| claim.is_on(there));
        Ok(claimed.iter().any(is_there))
    }

    /// Takes off what was claimed, or is in `ours`, and is not `wanted`; then puts on what
    /// is wanted, in that order.
    pub(super) fn settle(&self, net: &mut Net, ours: &[Floating], wanted: &[Floating]) -> Outcome {
        let mut outcome = Outcome::default();
        if let Err(error) = self.change(net, ours, wanted, &mut outcome) {
            outcome
                .faults
                .push(format!("cannot settle the addresses: {error}"));
        }
        outcome
    }

    fn change(
        &self,
        net: &mut Net,
        ours: &[Floating],
        wanted: &[Floating],
        outcome: &mut Outcome,
    ) -> io::Result<()> {
        let claimed = self.read();
        // Written before anything is put on: whoever comes after us must know. To take off
        // what is on, nothing needs to be.
        if !wanted.is_empty() {
            if let Err(error) = self.write(&[wanted, &claimed].concat()) {
                let path = self.path.display();
                let fault = format!("cannot remember the addresses in {path}: {error}");
                outcome.faults.push(fault);
            }
        }
        let known = [ours, &claimed].concat();
        let mut left = Vec::new();
        for there in net.addresses()? {
            let stale = |claim: &&Floating| {
                claim.is_on(&there) && !wanted.iter().any(|wanted| wanted.is(&there))
            };
            if let Some(claim) = known.iter().find(stale) {
                if let Err(error) = take_off(net, &there) {
                    outcome
                        .faults
                        .push(format!("cannot remove {claim}: {error}"));
                    left.push(claim.clone());
                }
            }
        }
        // Read again: what shared the network of a removed address may have gone with it.
        let there = net.addresses()?;
        for floating in wanted {
            if there.iter().any(|there| floating.is(there)) {
                continue;
            }
            match put_on(net, floating) {
                Ok(()) => outcome.added = true,
                Err(error) => outcome
                    .faults
                    .push(format!("cannot add {floating}: {error}")),
            }
        }
        self.write(&[wanted, &left].concat())
    }

    /// Lines like `10.0.2.100/24 eth0`; what is not like that was not written by us.
    fn read(&self) -> Vec<Floating> {
        let text = fs::read_to_string(&self.path).unwrap_or_default();
        let line = |line: &str| {
            let (network, interface) = line.split_once(' ')?;
            let (address, prefix) = network.split_once('/')?;
            Some(Floating {
                address: address.parse().ok()?,
                prefix: prefix.parse().ok()?,
                interface: interface.to_owned(),
                label: None,
            })
        };
        text.lines().filter_map(line).collect()
    }

    fn write(&self, claims: &[Floating]) -> io::Result<()> {
        if claims.is_empty() {
            return match fs::remove_file(&self.path) {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        let line = |claim: &Floating| {
            let Floating {
                address,
                prefix,
                interface,
                ..
            } = claim;
            format!("{address}/{prefix} {interface}\n")
        };
        let mut lines: Vec<String> = claims.iter().map(line).collect();
        lines.sort_unstable();
        lines.dedup();
        // A file cut off in the middle would forget addresses.
        let new = self.path.with_extension("new");
        fs::write(&new, lines.concat())?;
        fs::rename(&new, &self.path)
    }
}

fn take_off(net: &mut Net, there: &Address) -> io::Result<()> {
    match net.remove_address(there.address, there.prefix, &there.interface) {
        Err(error) if error.kind() == ErrorKind::AddrNotAvailable => Ok(()),
        done => done,
    }
}

fn put_on(net: &mut Net, floating: &Floating) -> io::Result<()> {
    let Floating {
        address,
        prefix,
        interface,
        label,
    } = floating;
    match net.add_address(*address, *prefix, interface, label.as_deref()) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn floating(address: &str) -> Floating {
        Floating {
            address: address.parse().unwrap(),
            prefix: 24,
            interface: "eth0".into(),
            label: None,
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let directory = tempfile::tempdir().unwrap();
        let claims = Claims::at(directory.path().join("pulse.addresses"));
        assert_eq!(claims.read(), []);
        let both = [floating("10.0.2.100"), floating("fd00::64")];
        claims.write(&[&both[..], &both[..1]].concat()).unwrap();
        assert_eq!(claims.read(), both);
        claims.write(&[]).unwrap();
        claims.write(&[]).unwrap();
        assert_eq!(claims.read(), []);
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 0);
    }

    #[test]
    fn lines_that_nobody_wrote_are_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("pulse.addresses");
        fs::write(
            &path,
            "10.0.2.100/24\nx/24 eth0\n10.0.2.100/y eth0\n10.0.2.100/24 eth0\n",
        )
        .unwrap();
        assert_eq!(Claims::at(path).read(), [floating("10.0.2.100")]);
    }
}
