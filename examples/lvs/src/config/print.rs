//! The model as text.

use std::fmt;

use super::entries::write;
use super::keys::{GLOBAL, SERVER, VIRTUAL};
use super::model::{Config, Virtual};
use super::text::word;

/// The whole file, with a line end behind each line.
impl fmt::Display for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        write(GLOBAL, self, "", &mut out);
        for service in &self.virtuals {
            block("virtual", service, &mut out);
        }
        for service in &self.failovers {
            block("failover", service, &mut out);
        }
        f.write_str(&out)
    }
}

fn block(kind: &str, service: &Virtual, out: &mut String) {
    *out += &format!("{kind} {} {{\n", word(&service.name));
    write(VIRTUAL, service, "     ", out);
    for server in &service.servers {
        *out += &format!("     server {} {{\n", word(&server.name));
        write(SERVER, server, "         ", out);
        *out += "     }\n";
    }
    *out += "}\n";
}
