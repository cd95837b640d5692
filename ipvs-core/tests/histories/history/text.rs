//! A history as text: a step a line, what belongs to it on the indented lines below.
//!
//! ```text
//! # Found on 6.12.107.
//! a change add service tcp 192.0.2.1:80 scheduler rr
//! a batch
//!   add dest 10.0.3.1:80 masquerade weight 1 of tcp 192.0.2.1:80
//!   flush
//! a read dests tcp 192.0.2.1:80
//! a file ip_vs
//! a sysctl conntrack 1
//! a interface wire up 1500 10.0.2.1/24
//! a0 send
//!   get-service request+dump
//! a0 fill 40 services acknowledged
//! a0 receive 32768
//! a0 drain 32768
//! a0 buffer 4608
//! a0 reopen
//! ```

use std::fmt;
use std::str::FromStr;

use ipvs_core::{Change, Op, TimeoutsEdit};

use super::{At, Fill, Filling, History, Interface, Line, Read, Step};
use crate::message::text::Mistake;

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.steps.iter().try_for_each(|step| writeln!(f, "{step}"))
    }
}

impl FromStr for History {
    type Err = Mistake;

    fn from_str(text: &str) -> Result<Self, Mistake> {
        let mut steps = Vec::new();
        let mut lines = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .peekable();
        while let Some(line) = lines.next() {
            let mut below = Vec::new();
            while let Some(more) = lines.next_if(|line| line.starts_with(' ')) {
                below.push(more.trim());
            }
            if !line.starts_with('#') {
                steps.push(step(line, &below).map_err(|mistake| format!("{line}: {mistake}"))?);
            }
        }
        Ok(History { steps })
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", if self.0 == 0 { 'a' } else { 'b' })
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.at, self.number)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Change(at, change) => write!(f, "{at} change {change}"),
            Step::Batch(at, changes) => {
                write!(f, "{at} batch")?;
                changes
                    .iter()
                    .try_for_each(|change| write!(f, "\n  {change}"))
            }
            Step::Read(at, read) => write!(f, "{at} read {read}"),
            Step::File(at, name) => write!(f, "{at} file {name}"),
            Step::Sysctl(at, name, value) => write!(f, "{at} sysctl {name} {value}"),
            Step::Interface(at, interface) => write!(f, "{at} interface {interface}"),
            Step::Send(line, messages) => {
                write!(f, "{line} send")?;
                messages
                    .iter()
                    .try_for_each(|message| write!(f, "\n  {message}"))
            }
            Step::Fill(line, fill) => write!(f, "{line} fill {fill}"),
            Step::Receive(line, length) => write!(f, "{line} receive {length}"),
            Step::Drain(line, length) => write!(f, "{line} drain {length}"),
            Step::Reopen(line) => write!(f, "{line} reopen"),
            Step::ReceiveBuffer(line, size) => write!(f, "{line} buffer {size}"),
        }
    }
}

fn step(line: &str, below: &[&str]) -> Result<Step, Mistake> {
    let (place, rest) = line.split_once(' ').ok_or("no step")?;
    let (what, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let (at, socket) = place_of(place)?;
    let step = match what {
        "change" => Step::Change(at, change(rest)?),
        "batch" => Step::Batch(at, each(below, change)?),
        "read" => Step::Read(at, read(rest)?),
        "file" => Step::File(at, rest.to_owned()),
        "sysctl" => {
            let (name, value) = rest.split_once(' ').unwrap_or((rest, ""));
            Step::Sysctl(at, name.to_owned(), value.to_owned())
        }
        "interface" => Step::Interface(at, interface(rest)?),
        _ => socket_step(socket.ok_or("no such step")?, what, rest, below)?,
    };
    Ok(step)
}

fn socket_step(line: Line, what: &str, rest: &str, below: &[&str]) -> Result<Step, Mistake> {
    Ok(match what {
        "send" => Step::Send(line, each(below, str::parse)?),
        "fill" => Step::Fill(line, fill(rest)?),
        "receive" => Step::Receive(line, number(rest)?),
        "drain" => Step::Drain(line, number(rest)?),
        "reopen" => Step::Reopen(line),
        "buffer" => Step::ReceiveBuffer(line, number(rest)?),
        _ => return Err("no such step".to_owned()),
    })
}

fn place_of(text: &str) -> Result<(At, Option<Line>), Mistake> {
    let (at, socket) = match text.split_at_checked(1) {
        Some(("a", socket)) => (At(0), socket),
        Some(("b", socket)) => (At(1), socket),
        _ => return Err("it begins with no namespace".to_owned()),
    };
    let number = (!socket.is_empty()).then(|| number(socket)).transpose()?;
    Ok((at, number.map(|number| Line { at, number })))
}

/// A change as it prints.
fn change(text: &str) -> Result<Change, Mistake> {
    let begins = |op: &&(Op, String)| format!("{text} ").starts_with(&format!("{} ", op.1));
    let ops: Vec<_> = Op::ALL.iter().map(|op| (*op, op.to_string())).collect();
    let (op, words) = ops
        .iter()
        .filter(begins)
        .max_by_key(|op| op.1.len())
        .ok_or("no such change")?;
    let rest = text[words.len()..].trim();
    let of = || rest.rsplit_once(" of ").ok_or("it is of no service");
    Ok(match op {
        Op::AddService => Change::AddService(value(rest)?),
        Op::UpdateService => Change::UpdateService(value(rest)?),
        Op::RemoveService => Change::RemoveService(value(rest)?),
        Op::AddDest => Change::AddDest(value(of()?.1)?, value(of()?.0)?),
        Op::UpdateDest => Change::UpdateDest(value(of()?.1)?, value(of()?.0)?),
        Op::RemoveDest => Change::RemoveDest(value(of()?.1)?, value(of()?.0)?),
        Op::StartDaemon => Change::StartDaemon(value(rest)?),
        Op::StopDaemon => Change::StopDaemon(value(rest)?),
        Op::SetTimeouts if rest.is_empty() => Change::SetTimeouts(TimeoutsEdit::new()),
        Op::SetTimeouts => Change::SetTimeouts(value(rest)?),
        Op::Flush => Change::Flush,
        Op::Zero => Change::Zero,
        Op::ZeroService => Change::ZeroService(value(rest)?),
        _ => return Err("no change".to_owned()),
    })
}

impl fmt::Display for Read {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Read::Services => f.write_str("services"),
            Read::Service(key) => write!(f, "service {key}"),
            Read::Dests(key) => write!(f, "dests {key}"),
            Read::Dest(key, dest) => write!(f, "dest {dest} of {key}"),
            Read::Daemons => f.write_str("daemons"),
            Read::Timeouts => f.write_str("timeouts"),
            Read::Info => f.write_str("info"),
            Read::Snapshot => f.write_str("snapshot"),
            Read::List => f.write_str("list"),
        }
    }
}

fn read(text: &str) -> Result<Read, Mistake> {
    let (what, rest) = text.split_once(' ').unwrap_or((text, ""));
    Ok(match what {
        "services" => Read::Services,
        "service" => Read::Service(value(rest)?),
        "dests" => Read::Dests(value(rest)?),
        "dest" => {
            let (dest, key) = rest.split_once(" of ").ok_or("it is of no service")?;
            Read::Dest(value(key)?, value(dest)?)
        }
        "daemons" => Read::Daemons,
        "timeouts" => Read::Timeouts,
        "info" => Read::Info,
        "snapshot" => Read::Snapshot,
        "list" => Read::List,
        _ => return Err("no such reading".to_owned()),
    })
}

impl fmt::Display for Interface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.up { "up" } else { "down" };
        write!(f, "{} {state} {}", self.name, self.mtu)?;
        self.addresses
            .iter()
            .try_for_each(|one| write!(f, " {one}"))
    }
}

fn interface(text: &str) -> Result<Interface, Mistake> {
    let mut words = text.split(' ').map(str::to_owned);
    let mut next = || words.next().ok_or("NAME up|down MTU ADDRESS...");
    Ok(Interface {
        name: next()?,
        up: next()? == "up",
        mtu: value(&next()?)?,
        addresses: words.collect(),
    })
}

impl fmt::Display for Fill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.what {
            Filling::Services => "services",
            Filling::Dests => "dests",
        };
        let ending = if self.acknowledged {
            " acknowledged"
        } else {
            ""
        };
        write!(f, "{} {what}{ending}", self.count)
    }
}

fn fill(text: &str) -> Result<Fill, Mistake> {
    let words: Vec<_> = text.split(' ').collect();
    let (count, what) = match words[..] {
        [count, "services", ..] => (count, Filling::Services),
        [count, "dests", ..] => (count, Filling::Dests),
        _ => return Err("COUNT services|dests [acknowledged]".to_owned()),
    };
    Ok(Fill {
        what,
        count: number(count)?,
        acknowledged: words.len() > 2,
    })
}

fn each<T>(lines: &[&str], read: impl Fn(&str) -> Result<T, Mistake>) -> Result<Vec<T>, Mistake> {
    let located = |line: &&str| read(line).map_err(|mistake| format!("{line}: {mistake}"));
    lines.iter().map(located).collect()
}

fn value<T: FromStr<Err: fmt::Display>>(text: &str) -> Result<T, Mistake> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

fn number(text: &str) -> Result<usize, Mistake> {
    value(text)
}
