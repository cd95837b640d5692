//! The model as JSON (feature `serde`): one schema for tables, snapshots and connections.
//!
//! The types implement serde's `Serialize` and `Deserialize`; the schema is the same in every
//! program of this library, and grows by new fields only. What is written reads back as the same
//! value, whatever a kernel holds.
//!
//! * Addresses are text, counters and numbers are integers, durations whole seconds.
//! * What has a name is text as `Display` prints it: `"tcp"`, `"wlc"`, `"masquerade"`; a number
//!   without a name is that number as text: `"50"`. In names, blanks, backslashes and bytes that
//!   are not printable are `\xNN`. A netmask is `"255.255.255.0"`, or a prefix length of IPv6: `"64"`.
//! * Flags are a list of words, the unknown ones together as `"0x…"`.
//! * Reading, a field that is missing is its default, a field that is not known is an error, and
//!   an error names the field.
//!
//! | object | fields (with their defaults) |
//! |---|---|
//! | [`Table`](crate::Table) | `services` (`[]`), `timeouts` (`null`), `daemons` (`null`) |
//! | [`Snapshot`](crate::Snapshot) | `info`, `services` (`[]`), `timeouts`, `daemons` (`[]`) |
//! | its `info` | `version`: `"1.2.1"`, `connection_table_size` |
//! | a service | its key: `protocol`, `address` and `port`, or `firewall_mark` and `family` (`"ipv4"`); `scheduler` (`"wlc"`), `flags` (`[]`: `"persistent"`, `"one-packet"`, `"scheduler-1"` to `"scheduler-3"`), `persistence_timeout` (0), `persistence_netmask` (one address), `persistence_engine` (`null`); `dests` (`[]`); in a snapshot `stats` |
//! | a dest | `address`, `port`, `forward`, `weight` (1), `upper_threshold` (0), `lower_threshold` (0), `tunnel`; in a snapshot `active_connections`, `inactive_connections`, `persistent_connections` (0), `stats` |
//! | `tunnel` | `kind` (`"ipip"`), `port` (0), `flags` (`[]`: `"csum"`, `"remcsum"`) |
//! | `timeouts` | `tcp` (900), `tcp_fin` (120), `udp` (300) |
//! | a daemon | `role`: `"master"` or `"backup"`, `interface`, `sync_id` (0), `max_length`, `group`, `port`, `ttl` (`null`) |
//! | `stats` | `connections`, `incoming_packets`, `outgoing_packets`, `incoming_bytes`, `outgoing_bytes` (0), `rates`: the same five for a second, `width`: 64 or 32 (64) |
//! | [`Connection`](crate::procfs::Connection) | the service's key; `client`, `client_port`, `dest`: `address` and `port`; `state`: `"ESTABLISHED"`, `expires`, `origin` (`null`: `"local"`, `"synced"`), `persistence` (`null`: `engine` and `data`, with `\xNN` as in names) |
//!
//! [`Service`](crate::Service), [`Dest`](crate::Dest), their keys and entries are the same objects
//! by themselves.
//!
//! ```
//! use ipvs_core::{Dest, ForwardMethod, Service, ServiceKey, Table};
//!
//! let text = r#"{
//!     "services": [{
//!         "protocol": "tcp", "address": "192.0.2.1", "port": 80,
//!         "dests": [{ "address": "10.0.3.100", "port": 8080, "forward": "masquerade" }]
//!     }]
//! }"#;
//! let web = Service::new(ServiceKey::tcp([192, 0, 2, 1], 80));
//! let server = Dest::new([10, 0, 3, 100], 8080, ForwardMethod::MASQUERADE);
//! let table: Table = serde_json::from_str(text)?;
//! assert_eq!(table, Table::new().with_service(web, vec![server]));
//!
//! let error = serde_json::from_str::<Table>(r#"{"services": [{"firewall_mark": -7}]}"#);
//! assert_eq!(
//!     error.unwrap_err().to_string(),
//!     "services: firewall_mark: invalid value: integer `-7`, expected u32 at line 1 column 34"
//! );
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! Connections are written one at a time, so that memory stays flat:
//!
//! ```no_run
//! use ipvs_core::{Client, Options};
//! use serde::Serializer;
//!
//! let client = Client::open(&Options::new())?;
//! let rows = client.connections()?.filter_map(Result::ok);
//! let mut out = serde_json::Serializer::new(std::io::stdout().lock());
//! out.collect_seq(rows)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod model;
mod object;
#[cfg(test)]
mod tests;
mod text;
