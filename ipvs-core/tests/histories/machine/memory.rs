//! The fake, set up as a kernel is.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use ipvs_core::fake::{self, Environment, Kernel};
use ipvs_core::{Checks, Client, Options};

use super::{Machine, Place, Received, Socket};
use crate::history::Interface;

/// A new machine for each history.
pub struct Memory {
    environment: Environment,
    /// Something that goes wrong on it.
    meddle: Option<Meddle>,
}

type Meddle = Box<dyn Fn(&Kernel) + Send>;

impl Memory {
    pub fn new(environment: Environment) -> Self {
        Memory {
            environment,
            meddle: None,
        }
    }

    /// With something that goes wrong in each history.
    pub fn meddled_with(mut self, meddle: impl Fn(&Kernel) + Send + 'static) -> Self {
        self.meddle = Some(Box::new(meddle));
        self
    }
}

struct Home {
    namespace: fake::Namespace,
    client: Client,
}

impl Machine for Memory {
    fn places(&self, count: usize) -> Vec<Box<dyn Place>> {
        let kernel = Kernel::with(self.environment.clone());
        let place = |name: &str| -> Box<dyn Place> {
            let namespace = kernel.namespace(name);
            let client = namespace
                .open(&Options::new().with_checks(Checks::Kernel))
                .unwrap();
            Box::new(Home { namespace, client })
        };
        let places = ["a", "b"].into_iter().take(count).map(place).collect();
        self.meddle.iter().for_each(|meddle| meddle(&kernel));
        places
    }
}

impl Place for Home {
    fn client(&self) -> &Client {
        &self.client
    }

    fn socket(&self) -> Box<dyn Socket> {
        Box::new(self.namespace.socket())
    }

    fn file(&self, name: &str) -> io::Result<Vec<u8>> {
        self.namespace.file(name)
    }

    fn sysctl(&self, name: &str) -> io::Result<Vec<u8>> {
        self.namespace.sysctl(name)
    }

    fn set_sysctl(&self, name: &str, text: &[u8]) -> io::Result<()> {
        let taken = self.namespace.set_sysctl(name, text)?;
        if taken == text.len() {
            Ok(())
        } else {
            Err(io::ErrorKind::WriteZero.into())
        }
    }

    fn set_interface(&self, interface: &Interface) {
        let mut made = fake::Interface::new(&interface.name).with_mtu(interface.mtu);
        made.up = interface.up;
        made.addresses = interface
            .addresses
            .iter()
            .map(|text| prefixed(text))
            .collect();
        self.namespace.set_interface(made);
    }
}

impl Socket for fake::Socket {
    fn port(&self) -> u32 {
        fake::Socket::port(self)
    }

    fn send(&self, bytes: &[u8]) -> io::Result<()> {
        fake::Socket::send(self, bytes)
    }

    fn receive(&self, buffer: &mut [u8]) -> Received {
        Received::from(fake::Socket::receive(self, buffer, Duration::ZERO))
    }

    fn set_receive_buffer_size(&self, bytes: usize) -> io::Result<usize> {
        Ok(fake::Socket::set_receive_buffer_size(self, bytes))
    }
}

fn prefixed(text: &str) -> (IpAddr, u8) {
    let (address, prefix) = text.split_once('/').expect("ADDRESS/PREFIX");
    (address.parse().unwrap(), prefix.parse().unwrap())
}
