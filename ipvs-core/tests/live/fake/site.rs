//! Where one case happens: a fake kernel of its own, with what the live suite's site has.

#[path = "../site/common.rs"]
#[allow(
    dead_code,
    reason = "the live suite's, of which the errors need a part"
)]
mod common;

use std::io;
use std::time::Duration;

use ipvs_core::fake::{self, Environment, Interface, Namespace};
use ipvs_core::{Client, Options};
use ipvs_sys::socket::ReceiveError;

pub use self::common::{address, masquerade};
use crate::errors::unprivileged::tell;
use crate::kernel::Kernel;
use crate::raw::Raw;

pub struct Site {
    pub kernel: Kernel,
    pub client: Client,
    namespace: Namespace,
}

/// A raw socket, which fails where a real one may.
pub struct Socket(fake::Socket);

impl Site {
    pub fn new(kernel: Kernel) -> Self {
        let namespace = fake::Kernel::with(kernel.environment.clone()).initial();
        Self::of(kernel, namespace)
    }

    /// One in which `lo` was never up.
    pub fn untouched(kernel: Kernel) -> Self {
        let namespace = fake::Kernel::with(kernel.environment.clone()).new_namespace();
        Self::of(kernel, namespace)
    }

    fn of(kernel: Kernel, namespace: Namespace) -> Self {
        let client = namespace.client().unwrap();
        Site {
            kernel,
            client,
            namespace,
        }
    }

    pub fn raise_lo(&self) {
        self.namespace.set_interface(Interface::loopback());
    }

    /// An end of a wire, as it is to be: its addresses, as in `10.0.3.1/24`.
    pub fn set_interface(&self, name: &str, up: bool, addresses: &[&str]) {
        let mut interface = Interface::new(name);
        interface.up = up;
        for text in addresses {
            let (address, prefix) = text.split_once('/').unwrap();
            interface = interface.with_address(common::address(address), prefix.parse().unwrap());
        }
        self.namespace.set_interface(interface);
    }

    /// A UDP port that is somebody else's, until what is returned is dropped.
    pub fn take_port(&self, port: u16) -> impl Drop + use<> {
        struct Taken(Namespace, u16);
        impl Drop for Taken {
            fn drop(&mut self) {
                self.0.release_port(self.1);
            }
        }
        self.namespace.take_port(port);
        Taken(self.namespace.clone(), port)
    }

    pub fn file(&self, name: &str) -> String {
        String::from_utf8(self.namespace.file(name).unwrap()).unwrap()
    }

    /// The fake's table has its size at once.
    pub fn settle(&self) {}

    pub fn has_ipv6(&self) -> bool {
        self.kernel.environment.ipv6
    }

    /// What comes of it on a kernel that can load no such module.
    pub fn without_module<T>(&self, module: &str, body: impl FnOnce(&Client) -> T) -> T {
        let environment = self.kernel.environment.clone();
        body(&client(environment.without_module(module)))
    }

    /// What somebody without privileges is told, whoever makes them such a one.
    pub fn as_somebody(&self, _: &str, _: &[&str]) -> String {
        let kernel = fake::Kernel::with(self.kernel.environment.clone().unprivileged());
        let mut raw = Raw::new(Socket(kernel.initial().socket()));
        tell(&kernel.client().unwrap(), &mut raw)
    }

    /// A second client of the namespace.
    pub fn open(&self, options: Options) -> Client {
        self.namespace.open(&options).unwrap()
    }

    pub fn socket(&self) -> Socket {
        Socket(self.namespace.socket())
    }
}

impl Socket {
    pub const RECEIVE_BUFFER: usize = ipvs_sys::socket::Socket::RECEIVE_BUFFER;

    pub fn send(&self, bytes: &[u8]) -> io::Result<()> {
        self.0.send(bytes)
    }

    pub fn receive(&self, buffer: &mut [u8], silence: Duration) -> Result<usize, ReceiveError> {
        self.0.receive(buffer, silence)
    }

    pub fn send_buffer_size(&self) -> io::Result<usize> {
        Ok(self.0.send_buffer_size())
    }

    pub fn set_receive_buffer_size(&self, bytes: usize) -> io::Result<usize> {
        Ok(self.0.set_receive_buffer_size(bytes))
    }
}

fn client(environment: Environment) -> Client {
    fake::Kernel::with(environment).client().unwrap()
}
