//! A host: a network namespace and what a person types on it.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Mutex, PoisonError};

use ipvs_core::{Client, Namespace, NamespaceSource, Options};

use crate::Result;

/// A host of the lab. Dropping it removes its interfaces, addresses, routes and
/// its IPVS table.
#[derive(Debug)]
pub struct Host {
    name: String,
    namespace: Namespace,
    typed: Mutex<Vec<String>>,
    ports: AtomicU16,
}

impl Host {
    /// A new host with nothing but a loopback interface, which is down.
    ///
    /// # Errors
    /// When the namespace can't be made (this takes root).
    pub(crate) fn new(name: &str) -> Result<Self> {
        let namespace = Namespace::create()
            .map_err(|error| format!("{name}: no new network namespace: {error}"))?;
        Ok(Self {
            name: name.to_owned(),
            namespace,
            typed: Mutex::default(),
            ports: AtomicU16::new(40_001),
        })
    }

    /// The name it was given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its network namespace.
    pub fn namespace(&self) -> &Namespace {
        &self.namespace
    }

    /// A client for this host's IPVS.
    ///
    /// # Errors
    /// When the kernel has no IPVS or refuses it.
    pub fn ipvs(&self) -> Result<Client> {
        let namespace = NamespaceSource::Fd(self.namespace.try_clone()?.into());
        Ok(Client::open(&Options::new().with_namespace(namespace))?)
    }

    /// Runs `work` on this host.
    ///
    /// # Errors
    /// When the namespace can't be entered.
    pub fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T> {
        self.namespace
            .run(work)
            .map_err(|error| format!("{}: can't enter its namespace: {error}", self.name).into())
    }

    /// Runs `ip` with each of these lines, such as `addr add … dev eth0`, up to
    /// the first that fails.
    ///
    /// # Errors
    /// Holds the lines and what `ip` said, with the number of the line that failed.
    pub fn ip(&self, lines: &[&str]) -> Result<()> {
        for line in lines {
            self.note(format!("ip {line}"));
        }
        self.execute("ip", &["-batch", "-"], &lines.join("\n"))
            .map(drop)
    }

    /// Loads a kernel module.
    ///
    /// # Errors
    /// When the kernel has none of that name.
    pub fn modprobe(&self, module: &str) -> Result<()> {
        self.note(format!("modprobe {module}"));
        self.command("modprobe", &[module]).map(drop)
    }

    /// Sets a sysctl of this host's network: `("net.ipv4.ip_forward", 1)`.
    ///
    /// # Errors
    /// Names the sysctl and what the kernel said.
    pub fn sysctl(&self, name: &str, value: u32) -> Result<()> {
        self.note(format!("sysctl -w {name}={value}"));
        let path = format!("/proc/sys/{}", name.replace('.', "/"));
        self.run(|| std::fs::write(path, value.to_string()))?
            .map_err(|error| format!("{}: sysctl {name}={value}: {error}", self.name).into())
    }

    /// Gives `nft` a rule set.
    ///
    /// # Errors
    /// Holds the rule set and what `nft` said.
    pub fn nft(&self, rules: &str) -> Result<()> {
        for rule in rules.lines() {
            self.note(format!("nft {rule}"));
        }
        self.execute("nft", &["-f", "-"], rules).map(drop)
    }

    /// Runs a program on this host and returns what it printed.
    ///
    /// # Errors
    /// Names the host, the whole command, its exit status and its stderr.
    pub fn command(&self, program: &str, arguments: &[&str]) -> Result<String> {
        self.execute(program, arguments, "")
    }

    /// Starts a program on this host, and leaves it running.
    ///
    /// # Errors
    /// When there is no such program.
    pub fn spawn(&self, command: &mut Command) -> Result<Child> {
        self.run(|| command.spawn())?
            .map_err(|error| format!("{}# {command:?}: {error}", self.name).into())
    }

    /// The text of this host's `/proc/net` file of that name.
    ///
    /// # Errors
    /// When there is no such file.
    pub fn proc_net(&self, name: &str) -> Result<String> {
        let mut text = String::new();
        self.namespace
            .file(name)
            .and_then(|mut file| file.read_to_string(&mut text))
            .map_err(|error| format!("{}: /proc/net/{name}: {error}", self.name))?;
        Ok(text)
    }

    /// A client port that this host has not used yet. The kernel's own choice may
    /// fall on one whose connection IPVS still remembers, and then counts one less.
    pub(crate) fn fresh_port(&self) -> u16 {
        self.ports.fetch_add(1, Ordering::Relaxed)
    }

    /// What was typed here since this was last asked, as a person types it.
    pub fn typed(&self) -> Vec<String> {
        std::mem::take(&mut *self.typed.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note(&self, command: String) {
        self.typed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(command);
    }

    fn execute(&self, program: &str, arguments: &[&str], input: &str) -> Result<String> {
        let command = || -> std::io::Result<std::process::Output> {
            let mut child = Command::new(program)
                .args(arguments)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()?;
            if let Some(mut stdin) = child.stdin.take() {
                // Who ends without reading all of it says why on stderr.
                let _ = stdin.write_all(input.as_bytes());
            }
            child.wait_with_output()
        };
        let typed = format!("{}# {program} {}", self.name, arguments.join(" "));
        let output = self
            .run(command)?
            .map_err(|error| format!("{typed}: {error}"))?;
        if !output.status.success() {
            let complaint = String::from_utf8_lossy(&output.stderr);
            let failure = format!("{typed}: {}: {}", output.status, complaint.trim());
            let input = input.lines().map(|line| format!("\n    {line}"));
            return Err((failure + &input.collect::<String>()).into());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}
