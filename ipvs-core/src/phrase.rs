//! Whole values in one line: what identifies them, then the fields that are not
//! at their defaults, each as a word and its value.
//!
//! For logs, and for people who type a value. (The lines of ipvsadm are
//! another language.) When read, the words behind what identifies the value may
//! come in any order, each at most once; those that are missing are defaults.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::number::decimal;
use crate::{
    Dest, DestKey, Error, Family, Netmask, Service, ServiceFlags, SyncDaemon, Timeouts,
    TimeoutsEdit, Tunnel,
};

/// `tcp 192.0.2.1:80 scheduler wlc flags persistent timeout 600 netmask
/// 255.255.255.0 engine sip`; the words from `flags` on where they are not the
/// defaults. The timeout is in seconds.
impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let timeout = Seconds(self.persistence_timeout);
        let netmask = Netmask::host(self.key.family());
        Phrase::new(self.key)
            .with("scheduler", self.scheduler)
            .unless("flags", self.flags, ServiceFlags::empty())
            .unless("timeout", timeout, Seconds(Duration::ZERO))
            .unless("netmask", self.persistence_netmask, netmask)
            .some("engine", self.persistence_engine)
            .finish(f)
    }
}

/// What `Display` prints; `scheduler` may be left out too.
impl FromStr for Service {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut words: Vec<&str> = text.split_ascii_whitespace().collect();
        // A key is two words, or three: `fwmark 7 ipv6`.
        let third = words
            .get(2)
            .is_some_and(|word| word.parse::<Family>().is_ok());
        let rest = words.split_off(words.len().min(if third { 3 } else { 2 }));
        let mut service = Service::new(words.join(" ").parse()?);
        pairs("service", text, rest, |word, value| {
            match word {
                "scheduler" => service.scheduler = value.parse()?,
                "flags" => service.flags = value.parse()?,
                "timeout" => service.persistence_timeout = value.parse::<Seconds>()?.0,
                "netmask" => service.persistence_netmask = value.parse()?,
                "engine" => service.persistence_engine = Some(value.parse()?),
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok(service)
    }
}

/// `10.0.3.100:8080 masquerade weight 1 upper 100 lower 80 tunnel gue:6080`; the
/// words from `upper` on where they are not the defaults.
impl fmt::Display for Dest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Phrase::new(format!("{} {}", self.key, self.forward))
            .with("weight", self.weight)
            .unless("upper", self.upper_threshold, 0)
            .unless("lower", self.lower_threshold, 0)
            .unless("tunnel", self.tunnel, Tunnel::default())
            .finish(f)
    }
}

/// What `Display` prints; `weight` may be left out too.
impl FromStr for Dest {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut words = text.split_ascii_whitespace();
        let key: DestKey = words.next().unwrap_or("").parse()?;
        let forward = words.next().unwrap_or("").parse()?;
        let mut dest = Dest::new(key.address, key.port, forward);
        pairs("dest", text, words, |word, value| {
            match word {
                "weight" => dest.weight = number("weight", value, u32::MAX)?,
                "upper" => dest.upper_threshold = number("upper", value, u32::MAX)?,
                "lower" => dest.lower_threshold = number("lower", value, u32::MAX)?,
                "tunnel" => dest.tunnel = value.parse()?,
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok(dest)
    }
}

/// `master eth1 sync-id 7 max-length 1400 group 224.0.0.81 port 8848 ttl 1`; the
/// words from `max-length` on where they are given.
impl fmt::Display for SyncDaemon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Phrase::new(format!("{} {}", self.role, self.interface))
            .with("sync-id", self.sync_id)
            .some("max-length", self.max_length)
            .some("group", self.group)
            .some("port", self.port)
            .some("ttl", self.ttl)
            .finish(f)
    }
}

/// What `Display` prints; `sync-id` may be left out too.
impl FromStr for SyncDaemon {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut words = text.split_ascii_whitespace();
        let role = words.next().unwrap_or("").parse()?;
        let interface = words.next().unwrap_or("").parse()?;
        let mut daemon = SyncDaemon::new(role, interface);
        pairs("daemon", text, words, |word, value| {
            match word {
                "sync-id" => daemon.sync_id = number("sync-id", value, u32::MAX)?,
                "max-length" => {
                    daemon.max_length = Some(number("max-length", value, u16::MAX.into())?)
                }
                "group" => {
                    let group = value.parse();
                    let expected = "an IP address";
                    daemon.group = Some(group.map_err(|_| Error::parse("group", value, expected))?);
                }
                "port" => daemon.port = Some(number("port", value, u16::MAX.into())?),
                "ttl" => daemon.ttl = Some(number("ttl", value, u8::MAX.into())?),
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok(daemon)
    }
}

/// `tcp 900 tcp-fin 120 udp 300`, in seconds.
impl fmt::Display for Timeouts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        TimeoutsEdit::from(*self).fmt(f)
    }
}

impl FromStr for Timeouts {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text.parse()? {
            TimeoutsEdit {
                tcp: Some(tcp),
                tcp_fin: Some(tcp_fin),
                udp: Some(udp),
            } => Ok(Timeouts::new(tcp, tcp_fin, udp)),
            _ => Err(Error::parse(
                "timeouts",
                text,
                "all three: tcp 900 tcp-fin 120 udp 300",
            )),
        }
    }
}

/// The timeouts to change, in seconds: `tcp 1800`; nothing for none.
impl fmt::Display for TimeoutsEdit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = [
            ("tcp", self.tcp),
            ("tcp-fin", self.tcp_fin),
            ("udp", self.udp),
        ];
        let set = named
            .iter()
            .filter_map(|(word, timeout)| Some((word, Seconds((*timeout)?))));
        let parts: Vec<String> = set
            .map(|(word, seconds)| format!("{word} {seconds}"))
            .collect();
        f.pad(&parts.join(" "))
    }
}

impl FromStr for TimeoutsEdit {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut edit = TimeoutsEdit::new();
        pairs(
            "timeouts",
            text,
            text.split_ascii_whitespace(),
            |word, value| {
                let field = match word {
                    "tcp" => &mut edit.tcp,
                    "tcp-fin" => &mut edit.tcp_fin,
                    "udp" => &mut edit.udp,
                    _ => return Ok(false),
                };
                *field = Some(value.parse::<Seconds>()?.0);
                Ok(true)
            },
        )?;
        Ok(edit)
    }
}

/// A duration in seconds, with the fraction that it may have: `600`, `1.5`.
#[derive(Clone, Copy, PartialEq)]
struct Seconds(Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, nanos) = (self.0.as_secs(), self.0.subsec_nanos());
        if nanos == 0 {
            return write!(f, "{seconds}");
        }
        let fraction = format!("{nanos:09}");
        write!(f, "{seconds}.{}", fraction.trim_end_matches('0'))
    }
}

impl FromStr for Seconds {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let nanos = (1..=9)
            .contains(&fraction.len())
            .then(|| decimal(&format!("{fraction:0<9}")));
        match (decimal(seconds), nanos.flatten()) {
            (Some(seconds), Some(nanos)) => Ok(Seconds(Duration::new(seconds, nanos))),
            _ => Err(Error::parse("timeout", text, "a number of seconds")),
        }
    }
}

/// A line as it grows.
struct Phrase(String);

impl Phrase {
    fn new(beginning: impl fmt::Display) -> Self {
        Phrase(beginning.to_string())
    }

    fn with(self, word: &str, value: impl fmt::Display) -> Self {
        Phrase(format!("{} {word} {value}", self.0))
    }

    fn some(self, word: &str, value: Option<impl fmt::Display>) -> Self {
        match value {
            Some(value) => self.with(word, value),
            None => self,
        }
    }

    fn unless<T: fmt::Display + PartialEq>(self, word: &str, value: T, default: T) -> Self {
        self.some(word, Some(value).filter(|value| *value != default))
    }

    fn finish(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Hands each word and its value to `take`, which says whether it knows the word.
fn pairs<'t>(
    what: &'static str,
    text: &str,
    words: impl IntoIterator<Item = &'t str>,
    mut take: impl FnMut(&str, &str) -> Result<bool, Error>,
) -> Result<(), Error> {
    let mut words = words.into_iter();
    let mut seen = Vec::new();
    while let Some(word) = words.next() {
        let fault = match words.next() {
            _ if seen.contains(&word) => "once",
            None => "with a value",
            Some(value) if take(word, value)? => {
                seen.push(word);
                continue;
            }
            Some(_) => "not at all",
        };
        return Err(Error::parse(what, text, &format!("{word:?} {fault}")));
    }
    Ok(())
}

fn number<T: FromStr>(word: &'static str, value: &str, max: u32) -> Result<T, Error> {
    decimal(value).ok_or_else(|| Error::parse(word, value, &format!("a number up to {max}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ForwardMethod, PersistenceEngine, Scheduler};

    #[test]
    fn a_service_reads_as_a_person_writes_it() {
        let text =
            "udp 192.0.2.1:5060 scheduler sh flags persistent,scheduler-2 timeout 600 engine sip";
        let service = Service::new("udp 192.0.2.1:5060".parse().unwrap())
            .with_scheduler(Scheduler::SH)
            .with_flags(ServiceFlags::SCHEDULER_2)
            .with_persistence(Duration::from_secs(600))
            .with_persistence_engine(PersistenceEngine::SIP);
        assert_eq!(service.to_string(), text);
        assert_eq!(text.parse::<Service>().unwrap(), service);
        let shuffled = "udp 192.0.2.1:5060\tengine sip timeout 600 scheduler sh \
                        flags persistent,scheduler-2";
        assert_eq!(shuffled.parse::<Service>().unwrap(), service);
        assert_eq!(format!("{service:>90}").len(), 90);
        let key = "fwmark 7 ipv6";
        assert_eq!(
            key.parse::<Service>().unwrap(),
            Service::new(key.parse().unwrap())
        );
        assert_eq!(Family::V6, key.parse::<Service>().unwrap().key.family());
    }

    #[test]
    fn a_dest_reads_as_a_person_writes_it() {
        let text = "10.0.3.100:8080 tunnel weight 3 upper 100 lower 80 tunnel gue:6080:csum";
        let dest: Dest = text.parse().unwrap();
        assert_eq!(dest.forward, ForwardMethod::TUNNEL);
        assert_eq!(
            (dest.weight, dest.upper_threshold, dest.lower_threshold),
            (3, 100, 80)
        );
        assert_eq!(dest.to_string(), text);
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for (error, part) in [
            (
                "tcp 192.0.2.1:80 scheduler rr scheduler wlc"
                    .parse::<Service>()
                    .unwrap_err(),
                "\"scheduler\" once",
            ),
            (
                "tcp 192.0.2.1:80 timeout 1."
                    .parse::<Service>()
                    .unwrap_err(),
                "seconds",
            ),
            (
                "10.0.0.1:80 masquerade weight 99999999999"
                    .parse::<Dest>()
                    .unwrap_err(),
                "weight: \"99999999999\" is not one: expected a number up to 4294967295",
            ),
            (
                "tcp 192.0.2.1:80 scheduler rr weight 3"
                    .parse::<Service>()
                    .unwrap_err(),
                "\"weight\"",
            ),
            (
                "tcp 192.0.2.1:80 scheduler rr timeout"
                    .parse::<Service>()
                    .unwrap_err(),
                "\"timeout\"",
            ),
            (
                "tcp 192.0.2.1 scheduler rr".parse::<Service>().unwrap_err(),
                "service",
            ),
            (
                "10.0.0.1:80".parse::<Dest>().unwrap_err(),
                "forwarding method",
            ),
            (
                "10.0.0.1:80 masquerade weight x"
                    .parse::<Dest>()
                    .unwrap_err(),
                "weight",
            ),
            ("master".parse::<SyncDaemon>().unwrap_err(), "interface"),
            (
                "master eth0 group x".parse::<SyncDaemon>().unwrap_err(),
                "group",
            ),
            ("tcp 900".parse::<Timeouts>().unwrap_err(), "all three"),
            ("tcp 9.x".parse::<TimeoutsEdit>().unwrap_err(), "seconds"),
            (
                "tcp 1.1234567890".parse::<TimeoutsEdit>().unwrap_err(),
                "seconds",
            ),
        ] {
            assert!(error.to_string().contains(part), "{error}");
        }
        assert_eq!(
            "tcp 1.5".parse::<TimeoutsEdit>().unwrap().to_string(),
            "tcp 1.5"
        );
        assert_eq!("".parse::<TimeoutsEdit>().unwrap(), TimeoutsEdit::new());
    }
}
