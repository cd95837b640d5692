//! Carrying out commands.

use std::io::Write;

use ipvs_core::rules::{Command, List};
use ipvs_core::{Client, Info};

use crate::failure::Failure;
use crate::listing::Lister;
use crate::names::Resolver;
use crate::{help, restore, save};

/// What every command is carried out with.
pub(crate) struct Session<'a> {
    pub(crate) client: &'a Client,
    pub(crate) info: Info,
    pub(crate) names: &'a Resolver,
    /// The name that the program was called by.
    pub(crate) program: &'a str,
    pub(crate) out: &'a mut dyn Write,
}

impl Session<'_> {
    pub(crate) fn run(&mut self, command: &Command) -> Result<(), Failure> {
        match command {
            Command::Change(change) => {
                let made = self.client.change(change);
                made.map_err(|error| Failure::of_change(&error))
            }
            Command::List(list) => self.list(list),
            Command::Save { numeric } => self.save(*numeric),
            Command::Restore => restore::add(self),
            Command::Help => Ok(help::print(self.program, &self.info, self.out)?),
            Command::Version => Ok(help::print_version(&self.info, self.out)?),
            _ => Err(Failure::new(2, "this command is not carried out here")),
        }
    }

    pub(crate) fn list(&mut self, list: &List) -> Result<(), Failure> {
        let lister = Lister {
            client: self.client,
            info: self.info,
            names: self.names,
        };
        lister.print(list, self.out)
    }

    pub(crate) fn save(&mut self, numeric: bool) -> Result<(), Failure> {
        save::print(self.client, self.names, numeric, self.out)
    }

    /// Puts the rules of the standard input in the place of those there are.
    pub(crate) fn replace(&mut self) -> Result<(), Failure> {
        restore::replace(self)
    }
}
