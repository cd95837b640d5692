//! Reads the recordings; each one's first lines say how.

use ipvs_core::wire::message::{Content, Generic, Message, Messages};
use ipvs_sys::netlink::GENL_ID_CTRL;

/// A command that was run on a real kernel, and what passed over netlink meanwhile.
#[derive(Default)]
pub(crate) struct Command {
    /// The words behind `ipvsadm`.
    pub(crate) words: Vec<String>,
    pub(crate) requests: Vec<Vec<u8>>,
    pub(crate) replies: Vec<Vec<u8>>,
    /// What it printed.
    pub(crate) printed: Vec<String>,
    /// Its exit status.
    pub(crate) status: i32,
}

impl Command {
    pub(crate) fn line(&self) -> String {
        format!("ipvsadm {}", self.words.join(" "))
    }

    /// Whether it printed nothing but its success.
    pub(crate) fn succeeded(&self) -> bool {
        self.status == 0
    }

    /// The requests to IPVS: those that resolve its family left out.
    pub(crate) fn asked(&self) -> impl Iterator<Item = (Message<'_>, Generic<'_>)> {
        self.requests.iter().flat_map(|datagram| generics(datagram))
    }

    /// The answers to the last request of a command.
    pub(crate) fn answers(&self, command: u8) -> Vec<Generic<'_>> {
        let asked: Vec<_> = self.asked().collect();
        let Some((request, _)) = asked
            .iter()
            .rfind(|(_, generic)| generic.command == command)
        else {
            return Vec::new();
        };
        let sequence = request.header.sequence;
        let port = request.header.port;
        let replies = self.replies.iter().flat_map(|datagram| generics(datagram));
        replies
            .filter(|(reply, _)| (reply.header.sequence, reply.header.port) == (sequence, port))
            .map(|(_, generic)| generic)
            .collect()
    }
}

fn generics(datagram: &[u8]) -> impl Iterator<Item = (Message<'_>, Generic<'_>)> {
    Messages::new(datagram).filter_map(|message| {
        let message = message.unwrap();
        match message.content().unwrap() {
            Content::Generic(generic) if message.header.kind != GENL_ID_CTRL => {
                Some((message, generic))
            }
            _ => None,
        }
    })
}

/// The commands of a recording, in order.
pub(crate) fn read(text: &str) -> Vec<Command> {
    let mut commands: Vec<Command> = Vec::new();
    for line in text.lines() {
        let (mark, rest) = line.split_at_checked(1).unwrap_or((line, ""));
        let rest = rest.trim_start_matches(' ');
        if mark == "$" {
            let words = rest.split(' ').map(str::to_owned);
            let words = words.skip_while(|word| word != "ipvsadm").skip(1).collect();
            commands.push(Command {
                words,
                ..Command::default()
            });
        }
        let Some(command) = commands.last_mut() else {
            continue;
        };
        match mark {
            ">" => command.requests.push(bytes(rest)),
            "<" => command.replies.push(bytes(rest)),
            "|" => command.printed.push(line.get(2..).unwrap_or("").to_owned()),
            "!" => command.status = rest.parse().unwrap(),
            _ => {}
        }
    }
    commands
}

fn bytes(hex: &str) -> Vec<u8> {
    assert!(hex.len() % 2 == 0, "half a byte: {hex}");
    let digits = hex
        .as_bytes()
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).unwrap());
    digits
        .map(|pair| u8::from_str_radix(pair, 16).unwrap())
        .collect()
}
