//! What of the firewall concerns a director, as `nft -j list ruleset` tells it.

mod packet;

use serde_json::Value;

pub use packet::Packet;

/// How deep chains may call each other; the kernel's own limit is 16.
const DEPTH: usize = 16;

/// The rules of nftables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Firewall {
    /// Whether there are tables of the older iptables, too, which nft does not show.
    pub legacy: bool,
    chains: Vec<Chain>,
}

/// A chain, with a hook if packets come into it by themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chain {
    pub(super) family: String,
    pub(super) table: String,
    pub(super) name: String,
    hook: Option<String>,
    /// Whether what no rule decides about is dropped.
    drops: bool,
    rules: Vec<Rule>,
}

/// What a rule does that matters here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Rule {
    /// To an ICMP message that a destination can't be reached; `None` leaves it alone.
    unreachable: Option<Fate>,
    /// Whether it gives packets this host's own address.
    masquerades: bool,
    /// The mark that it gives packets.
    mark: Option<Mark>,
    /// What a packet must be like for all this.
    conditions: Vec<Value>,
}

/// A mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    One(u64),
    /// One that comes from elsewhere, or is not shown.
    Any,
}

/// What becomes of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fate {
    Accepted,
    Dropped,
    Called(String),
    Returned,
}

impl Firewall {
    /// Reads what nft prints. What it does not know it takes for a rule about other packets.
    ///
    /// # Errors
    /// When it is no JSON.
    pub fn read(text: &[u8]) -> Result<Firewall, serde_json::Error> {
        let value: Value = serde_json::from_slice(text)?;
        let mut firewall = Firewall::default();
        let list = value.get("nftables").and_then(Value::as_array);
        for object in list.into_iter().flatten() {
            if let Some(chain) = object.get("chain") {
                firewall.chains.extend(read_chain(chain));
            }
            if let Some(rule) = object.get("rule") {
                firewall.add(rule);
            }
        }
        Ok(firewall)
    }

    fn add(&mut self, rule: &Value) {
        let mut chains = self.chains.iter_mut();
        let chain = chains.find(|chain| {
            word(rule, "family") == chain.family
                && word(rule, "table") == chain.table
                && word(rule, "chain") == chain.name
        });
        if let Some(chain) = chain {
            chain.rules.push(read_rule(rule));
        }
    }

    /// Whether a packet that leaves this host may get its address.
    #[must_use]
    pub fn may_masquerade(&self, packet: &Packet<'_>) -> bool {
        let chains = self.chains.iter();
        let mut rules = chains
            .filter(|chain| packet.is_of(&chain.family))
            .flat_map(|chain| &chain.rules)
            .filter(|rule| rule.masquerades);
        let meets = |rule: &Rule| rule.conditions.iter().all(|it| packet.may_meet(it));
        self.legacy || rules.any(meets)
    }

    /// Whether any packet may get a mark.
    #[must_use]
    pub fn may_mark(&self, mark: u32) -> bool {
        let mut rules = self.chains.iter().flat_map(|chain| &chain.rules);
        let sets = |rule: &Rule| match rule.mark {
            Some(Mark::One(number)) => number == u64::from(mark),
            Some(Mark::Any) => true,
            None => false,
        };
        self.legacy || rules.any(sets)
    }

    /// The first chain that drops our own word that a packet is too long.
    pub(super) fn drops_unreachable(&self) -> Option<&Chain> {
        let out = |chain: &&Chain| {
            let hooks = ["output", "postrouting"];
            let hook = chain.hook.as_deref();
            hook.is_some_and(|hook| hooks.contains(&hook))
                && ["ip", "inet"].contains(&chain.family.as_str())
        };
        self.chains.iter().filter(out).find(|chain| {
            let fate = self.fate(chain, DEPTH);
            fate == Some(Fate::Dropped) || fate.is_none() && chain.drops
        })
    }

    /// What a chain does to it; `None` when its rules leave it alone.
    fn fate(&self, chain: &Chain, depth: usize) -> Option<Fate> {
        for fate in chain
            .rules
            .iter()
            .filter_map(|rule| rule.unreachable.clone())
        {
            match fate {
                Fate::Called(name) => {
                    let called = self.chains.iter().find(|other| {
                        (&other.family, &other.table, &other.name)
                            == (&chain.family, &chain.table, &name)
                    });
                    let called = called.filter(|_| depth > 0);
                    match called.and_then(|called| self.fate(called, depth - 1)) {
                        Some(Fate::Returned) | None => {}
                        decided => return decided,
                    }
                }
                Fate::Returned => return None,
                decided => return Some(decided),
            }
        }
        None
    }
}

fn word<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn read_chain(chain: &Value) -> Option<Chain> {
    Some(Chain {
        family: word(chain, "family").to_owned(),
        table: word(chain, "table").to_owned(),
        name: chain.get("name")?.as_str()?.to_owned(),
        hook: chain.get("hook").and_then(Value::as_str).map(str::to_owned),
        drops: word(chain, "policy") == "drop",
        rules: Vec::new(),
    })
}

fn read_rule(rule: &Value) -> Rule {
    let mut read = Rule::default();
    let statements = rule.get("expr").and_then(Value::as_array);
    let mut concerned = true;
    for (key, value) in statements.into_iter().flatten().filter_map(only_entry) {
        let fate = match key {
            "match" => {
                concerned &= takes_unreachable(value);
                read.conditions.push(value.clone());
                continue;
            }
            "masquerade" | "snat" => {
                read.masquerades = true;
                continue;
            }
            "mangle"
                if value
                    .pointer("/key/meta/key")
                    .is_some_and(|it| it == "mark") =>
            {
                let number = value.get("value").and_then(Value::as_u64);
                read.mark = Some(number.map_or(Mark::Any, Mark::One));
                continue;
            }
            "xt" => {
                read.add_extension(value);
                concerned = false;
                continue;
            }
            "accept" => Fate::Accepted,
            "drop" | "reject" => Fate::Dropped,
            "return" => Fate::Returned,
            "jump" | "goto" => Fate::Called(word(value, "target").to_owned()),
            "counter" | "log" | "comment" => continue,
            _ => {
                concerned = false;
                continue;
            }
        };
        if concerned {
            read.unreachable = Some(fate);
        }
    }
    read
}

impl Rule {
    /// Takes what iptables put into nftables, of which nft shows no more than the name.
    fn add_extension(&mut self, extension: &Value) {
        match word(extension, "name") {
            "MASQUERADE" | "SNAT" => self.masquerades = true,
            "MARK" | "CONNMARK" => self.mark = Some(Mark::Any),
            // Older ones do not show the name either.
            "" => (self.masquerades, self.mark) = (true, Some(Mark::Any)),
            _ => {}
        }
    }
}

fn only_entry(statement: &Value) -> Option<(&str, &Value)> {
    let (key, value) = statement.as_object()?.iter().next()?;
    Some((key, value))
}

/// Whether a condition holds for an ICMP message that a destination can't be reached,
/// which conntrack calls related.
fn takes_unreachable(condition: &Value) -> bool {
    let equals = ["==", "in"].contains(&word(condition, "op"));
    let path = |names: [&str; 2]| condition.pointer(&format!("/left/{}/{}", names[0], names[1]));
    let is = |names: [&str; 2], wanted: &str| path(names).and_then(Value::as_str) == Some(wanted);
    let words: &[&str] = if is(["payload", "protocol"], "icmp") && is(["payload", "field"], "type")
    {
        &["destination-unreachable", "3"]
    } else if is(["payload", "protocol"], "ip") && is(["payload", "field"], "protocol")
        || is(["meta", "key"], "l4proto")
    {
        &["icmp", "1"]
    } else if is(["meta", "key"], "nfproto") {
        &["ipv4"]
    } else if is(["ct", "key"], "state") {
        &["related"]
    } else {
        return false;
    };
    let right = condition.get("right").unwrap_or(&Value::Null);
    let set = right.get("set").unwrap_or(right);
    let mut values = set.as_array().into_iter().flatten().chain([set]);
    equals
        && values.any(|value| match value {
            Value::String(value) => words.contains(&value.as_str()),
            Value::Number(number) => words.contains(&number.to_string().as_str()),
            _ => false,
        })
}
