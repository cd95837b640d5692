//! By which addresses browsers may call the page. Pure.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

/// An address that browsers call the page by: `http://127.0.0.1:3636`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    secure: bool,
    /// The `Host` of requests, in small letters and without a default port.
    host: String,
}

/// Why a text is no origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OriginError;

impl fmt::Display for OriginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it is http:// or https://, a host and perhaps a port, and nothing behind")
    }
}

impl std::error::Error for OriginError {}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let small = text.to_ascii_lowercase();
        let (secure, host) = match (
            small.strip_prefix("http://"),
            small.strip_prefix("https://"),
        ) {
            (Some(host), _) => (false, host),
            (_, Some(host)) => (true, host),
            _ => return Err(OriginError),
        };
        let fits = |letter: char| letter.is_ascii_alphanumeric() || "-._:[]".contains(letter);
        if host.is_empty() || !host.chars().all(fits) {
            return Err(OriginError);
        }
        let default = if secure { ":443" } else { ":80" };
        let host = host.strip_suffix(default).unwrap_or(host).to_owned();
        Ok(Origin { secure, host })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.secure { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.host)
    }
}

impl Origin {
    /// Those of a page that listens at `address`: itself, and `localhost` where that leads here.
    /// A page that listens at every address of the machine is known by its loopback one alone:
    /// nobody calls it `0.0.0.0`.
    #[must_use]
    pub fn of_listener(address: SocketAddr) -> Vec<Origin> {
        let plain = |host: String| Origin {
            secure: false,
            host: host.strip_suffix(":80").map_or(host.clone(), str::to_owned),
        };
        let mut own = address;
        if address.ip().is_unspecified() {
            own.set_ip(match address.ip() {
                IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
                IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
            });
        }
        let mut found = vec![plain(own.to_string())];
        if own.ip().is_loopback() {
            found.push(plain(format!("localhost:{}", own.port())));
        }
        found
    }

    /// Whether it is reached over TLS, which its cookies are then kept to.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.secure
    }
}

/// Every address that the page goes by.
#[derive(Debug)]
pub(super) struct Origins(pub(super) Vec<Origin>);

impl Origins {
    /// The origin that a request's `Host` names, if it is one of ours. A name that somebody let
    /// lead here is none.
    pub(super) fn of_host(&self, host: &str) -> Option<&Origin> {
        let host = host.to_ascii_lowercase();
        self.0.iter().find(|own| {
            let default = if own.secure { ":443" } else { ":80" };
            host.strip_suffix(default).unwrap_or(&host) == own.host
        })
    }

    /// Whether a request to `host` that says that it comes from a page of `origin` does.
    pub(super) fn is_own(&self, host: &str, origin: &str) -> bool {
        let said = origin.parse::<Origin>();
        said.is_ok_and(|said| self.of_host(host) == Some(&said))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origins() -> Origins {
        let mut all = Origin::of_listener("127.0.0.1:3636".parse().unwrap());
        all.push("https://LVS.example.org:443".parse().unwrap());
        Origins(all)
    }

    #[test]
    fn hosts_are_ours_or_not() {
        for (host, known) in [
            ("127.0.0.1:3636", Some("http://127.0.0.1:3636")),
            ("LocalHost:3636", Some("http://localhost:3636")),
            ("lvs.example.org", Some("https://lvs.example.org")),
            ("lvs.example.org:443", Some("https://lvs.example.org")),
            ("127.0.0.1", None),
            ("127.0.0.1:80", None),
            ("evil.example:3636", None),
            ("localhost.evil.example:3636", None),
            ("", None),
        ] {
            let found = origins().of_host(host).map(ToString::to_string);
            assert_eq!(found.as_deref(), known, "{host}");
        }
    }

    #[test]
    fn a_form_comes_from_the_page_that_it_goes_to() {
        let origins = origins();
        assert!(origins.is_own("localhost:3636", "http://localhost:3636"));
        assert!(origins.is_own("lvs.example.org", "https://lvs.example.org"));
        for origin in [
            "http://127.0.0.1:3636",
            "https://localhost:3636",
            "http://localhost:3637",
            "http://evil.example",
            "null",
            "",
        ] {
            assert!(!origins.is_own("localhost:3636", origin), "{origin}");
        }
        assert!(!origins.is_own("lvs.example.org", "http://lvs.example.org"));
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for text in [
            "",
            "http://",
            "ftp://a",
            "http://a/b",
            "a:80",
            "https://a b",
        ] {
            assert_eq!(text.parse::<Origin>(), Err(OriginError), "{text}");
        }
    }

    #[test]
    fn a_page_that_listens_everywhere_is_known_by_what_leads_here() {
        for (address, known) in [
            ("[::]:80", &["http://[::1]", "http://localhost"][..]),
            (
                "0.0.0.0:3636",
                &["http://127.0.0.1:3636", "http://localhost:3636"],
            ),
            ("10.0.2.51:3636", &["http://10.0.2.51:3636"]),
        ] {
            let found = Origin::of_listener(address.parse().unwrap());
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            assert_eq!(found, known, "{address}");
        }
    }
}
