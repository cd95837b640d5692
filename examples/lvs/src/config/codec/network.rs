//! The values that are about the network: addresses, devices, masks, ports, schedulers.

use std::net::IpAddr;

use ipvs_core::{InterfaceName, Netmask, Protocol, Scheduler};

use super::{Codec, Reading, integer};
use crate::config::findings::{Fault, Mistake};
use crate::config::lines::Word;
use crate::config::model::Alias;
use crate::config::text;

/// The sync daemon's number, of which the originals took the low byte.
pub(in crate::config) struct SyncId;

impl Codec for SyncId {
    type Value = u8;

    fn read(reading: &mut Reading<'_>) -> Result<u8, Mistake> {
        let number: u32 = integer(reading.word()?)?;
        let [.., low] = number.to_be_bytes();
        if u32::from(low) != number {
            reading.warn(format!("only the low byte of it counts: {low}"));
        }
        Ok(low)
    }

    fn write(value: &u8) -> Option<String> {
        Some(value.to_string())
    }
}

/// A firewall mark; 0 is none.
pub(in crate::config) struct Mark;

impl Codec for Mark {
    type Value = Option<u32>;

    fn read(reading: &mut Reading<'_>) -> Result<Option<u32>, Mistake> {
        let mark: u32 = integer(reading.word()?)?;
        Ok((mark != 0).then_some(mark))
    }

    fn write(value: &Option<u32>) -> Option<String> {
        value.filter(|mark| *mark != 0).map(|mark| mark.to_string())
    }
}

/// An address.
pub(in crate::config) struct Address;

impl Codec for Address {
    type Value = IpAddr;

    fn read(reading: &mut Reading<'_>) -> Result<IpAddr, Mistake> {
        let word = reading.word()?.clone();
        reading.address(&word)
    }

    fn write(value: &IpAddr) -> Option<String> {
        Some(value.to_string())
    }
}

/// An address, or 0.0.0.0 for none.
pub(in crate::config) struct Node;

impl Codec for Node {
    type Value = Option<IpAddr>;

    fn read(reading: &mut Reading<'_>) -> Result<Option<IpAddr>, Mistake> {
        let address = Address::read(reading)?;
        Ok((!address.is_unspecified()).then_some(address))
    }

    fn write(value: &Option<IpAddr>) -> Option<String> {
        Some(value.map_or_else(|| "0.0.0.0".to_owned(), |address| address.to_string()))
    }
}

/// The same where the file says none by leaving the key out.
pub(in crate::config) struct Given;

impl Codec for Given {
    type Value = Option<IpAddr>;

    fn read(reading: &mut Reading<'_>) -> Result<Option<IpAddr>, Mistake> {
        Node::read(reading)
    }

    fn write(value: &Option<IpAddr>) -> Option<String> {
        value.map(|address| address.to_string())
    }
}

/// An address and its device.
pub(in crate::config) struct Floating;

impl Codec for Floating {
    type Value = Option<Alias>;

    fn read(reading: &mut Reading<'_>) -> Result<Option<Alias>, Mistake> {
        let (address, device) = match reading.values {
            [address] => (address.clone(), None),
            [address, device] => (address.clone(), Some(interface(device)?)),
            [_, _, more, ..] => return Err(more.mistake(Fault::UnexpectedArguments)),
            [] => return Err(reading.key.mistake(Fault::MissingArguments)),
        };
        if device.is_none() {
            reading.warn("without a device behind it nobody brings this address up");
        }
        let address = reading.address(&address)?;
        Ok(Some(Alias { address, device }))
    }

    fn write(value: &Option<Alias>) -> Option<String> {
        let Alias { address, device } = value.as_ref()?;
        Some(match device {
            Some(device) => format!("{address} {}", write_interface(device)),
            None => address.to_string(),
        })
    }
}

/// The name of an interface, with or without a label.
pub(in crate::config) struct Interface;

impl Codec for Interface {
    type Value = InterfaceName;

    fn read(reading: &mut Reading<'_>) -> Result<InterfaceName, Mistake> {
        interface(reading.word()?)
    }

    fn write(value: &InterfaceName) -> Option<String> {
        Some(write_interface(value))
    }
}

fn interface(word: &Word) -> Result<InterfaceName, Mistake> {
    word.text.parse().map_err(|_| {
        let hint = format!("a name of 1 to {} bytes", InterfaceName::MAX_LENGTH);
        word.mistake(Fault::InvalidArgument).hint(hint)
    })
}

/// What a kernel can call an interface may hold quotes and worse.
fn write_interface(name: &InterfaceName) -> String {
    text::word(&name.to_string())
}

/// A netmask of IPv4, or a prefix length of IPv6.
pub(in crate::config) struct Mask;

impl Codec for Mask {
    type Value = Option<Netmask>;

    fn read(reading: &mut Reading<'_>) -> Result<Option<Netmask>, Mistake> {
        let word = reading.word()?;
        let mask = word.text.parse::<Netmask>().ok();
        let mask = mask.filter(|mask| match mask {
            Netmask::V4(_) => mask.prefix_length().is_some(),
            Netmask::V6(length) => (1..=128).contains(length),
        });
        mask.map(Some)
            .ok_or_else(|| word.mistake(Fault::BadSubnetMask))
    }

    fn write(value: &Option<Netmask>) -> Option<String> {
        value.map(|mask| mask.to_string())
    }
}

/// The same, where the mask of one address is as good as none.
pub(in crate::config) struct GroupMask;

impl Codec for GroupMask {
    type Value = Option<Netmask>;

    fn read(reading: &mut Reading<'_>) -> Result<Option<Netmask>, Mistake> {
        let mask = Mask::read(reading)?;
        Ok(mask.filter(|mask| *mask != Netmask::host(mask.family())))
    }

    fn write(value: &Option<Netmask>) -> Option<String> {
        Mask::write(value)
    }
}

/// A port by number or name.
pub(in crate::config) struct Port;

impl Codec for Port {
    type Value = u16;

    fn read(reading: &mut Reading<'_>) -> Result<u16, Mistake> {
        reading.port()
    }

    fn write(value: &u16) -> Option<String> {
        Some(value.to_string())
    }
}

/// A server's port, of which the originals knew numbers only.
pub(in crate::config) struct ServerPort;

impl Codec for ServerPort {
    type Value = Option<u16>;

    fn read(reading: &mut Reading<'_>) -> Result<Option<u16>, Mistake> {
        let port = reading.port()?;
        if reading.word()?.text.parse::<u16>().is_err() {
            reading.warn("the originals took only a number for a server's port");
        }
        Ok(Some(port))
    }

    fn write(value: &Option<u16>) -> Option<String> {
        value.map(|port| port.to_string())
    }
}

/// A scheduler that the library knows.
pub(in crate::config) struct Schedulers;

/// Those that the originals knew.
const ORIGINAL: &[Scheduler] = &[
    Scheduler::LC,
    Scheduler::RR,
    Scheduler::WLC,
    Scheduler::WRR,
    Scheduler::LBLC,
    Scheduler::LBLCR,
    Scheduler::DH,
    Scheduler::SH,
];

impl Codec for Schedulers {
    type Value = Scheduler;

    fn read(reading: &mut Reading<'_>) -> Result<Scheduler, Mistake> {
        let word = reading.word()?;
        let mut known = Scheduler::KNOWN.iter();
        let Some(scheduler) = known.find(|known| known.as_bytes() == word.text.as_bytes()) else {
            let names: Vec<String> = Scheduler::KNOWN.iter().map(ToString::to_string).collect();
            let hint = format!("it is one of {}", names.join(", "));
            return Err(word.mistake(Fault::InvalidArgument).hint(hint));
        };
        if !ORIGINAL.contains(scheduler) {
            reading.warn(format!(
                "the originals did not know the scheduler {scheduler}"
            ));
        }
        Ok(*scheduler)
    }

    fn write(value: &Scheduler) -> Option<String> {
        Some(value.to_string())
    }
}

/// A protocol that has ports.
pub(in crate::config) struct Protocols;

impl Codec for Protocols {
    type Value = Protocol;

    fn read(reading: &mut Reading<'_>) -> Result<Protocol, Mistake> {
        let word = reading.word()?;
        match word.text.as_str() {
            "tcp" => Ok(Protocol::TCP),
            "udp" => Ok(Protocol::UDP),
            "sctp" => {
                reading.warn("the originals did not know the protocol sctp");
                Ok(Protocol::SCTP)
            }
            _ => Err(word
                .mistake(Fault::InvalidArgument)
                .hint("it is tcp, udp or sctp")),
        }
    }

    fn write(value: &Protocol) -> Option<String> {
        Some(value.to_string())
    }
}
