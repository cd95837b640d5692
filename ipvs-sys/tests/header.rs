//! Compares our words with the kernel's headers, through a C program that prints theirs.
//!
//! Our list is read from our own source text, so that no word can be left out of the comparison;
//! IPVS's is read from its preprocessed header, so that none can be missing here. It takes a C
//! compiler (`$CC`, or else `cc`) and the headers of a kernel not older than 5.10.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::mem::offset_of;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs};

use ipvs_sys::sockopt::*;
use ipvs_sys::uapi::ip_vs_flags;
use ipvs_sys::{netlink, sockopt, uapi};

const SOURCES: [&str; 3] = [
    include_str!("../src/uapi.rs"),
    include_str!("../src/netlink.rs"),
    include_str!("../src/sockopt.rs"),
];

const IPVS_HEADER: &str = "#include <linux/ip_vs.h>\n";
const HEADERS: &str = "
    #include <linux/genetlink.h>
    #include <linux/ip_vs.h>
    #include <linux/netlink.h>
    #include <linux/version.h>
    #include <sys/socket.h>
";

/// The words that not every header has: those since a kernel (major, minor), those gone again.
const SINCE: [(&str, (i64, i64)); 2] = [
    ("NLMSGERR_ATTR_MISS_TYPE", (6, 1)),
    ("NLMSGERR_ATTR_MISS_NEST", (6, 1)),
];
const HISTORIC: [&str; 2] = ["IP_VS_DEST_F_AVAILABLE", "IP_VS_DEST_F_OVERLOAD"];

/// In C a complement of 32 bits; an attribute's type has 16.
const NARROWER: [&str; 1] = ["NLA_TYPE_MASK"];

#[test]
fn every_word_has_the_value_of_the_header() {
    let ours = our_words();
    let theirs = Header::read();
    let mut wrong = String::new();
    for (&name, &value) in &ours {
        let expected = match theirs.words.get(name) {
            Some(&wide) if NARROWER.contains(&name) => wide & 0xffff,
            Some(&expected) => expected,
            None => continue,
        };
        if value != expected {
            writeln!(wrong, "{name} is {value}, in the header {expected}").unwrap();
        }
    }
    assert_eq!(wrong, "");
    assert!(theirs.words.len() >= 220, "only {}", theirs.words.len());
}

#[test]
fn a_header_lacks_only_what_is_newer_or_historic() {
    let theirs = Header::read();
    let mut wrong = String::new();
    for name in our_words().into_keys() {
        let present = theirs.words.contains_key(name);
        let since = SINCE.iter().find(|(newer, _)| *newer == name);
        let right = match since {
            Some((_, since)) => present == (theirs.version >= *since),
            None => present || HISTORIC.contains(&name),
        };
        if !right {
            let state = if present { "has" } else { "lacks" };
            writeln!(wrong, "the header of {:?} {state} {name}", theirs.version).unwrap();
        }
    }
    assert_eq!(wrong, "");
}

#[test]
fn every_word_of_the_header_is_ours() {
    let ours = our_words();
    let text = preprocess(IPVS_HEADER);
    let names: BTreeSet<&str> = identifiers(&text)
        .filter(|name| name.starts_with("IPVS_") || name.starts_with("IP_VS_"))
        .filter(|name| *name != "IPVS_GENL_NAME")
        .collect();
    let missing: Vec<_> = names
        .iter()
        .filter(|name| !ours.contains_key(*name))
        .collect();
    assert_eq!(missing, [&""; 0]);
    assert!(names.len() >= 140, "only {}", names.len());
}

#[test]
fn the_compiled_values_are_those_that_were_read_from_the_source() {
    let ours = our_words();
    let sample = [
        ("IPVS_CMD_FLUSH", i64::from(uapi::IPVS_CMD_FLUSH)),
        ("IP_VS_VERSION_CODE", i64::from(uapi::IP_VS_VERSION_CODE)),
        ("IP_VS_CONN_F_NFCT", i64::from(uapi::IP_VS_CONN_F_NFCT)),
        (
            "IP_VS_CONN_F_BACKUP_MASK",
            i64::from(uapi::IP_VS_CONN_F_BACKUP_MASK),
        ),
        (
            "IP_VS_CONN_F_DEST_MASK",
            i64::from(uapi::IP_VS_CONN_F_DEST_MASK),
        ),
        (
            "IP_VS_SVC_F_SCHED_SH_PORT",
            i64::from(uapi::IP_VS_SVC_F_SCHED_SH_PORT),
        ),
        ("IP_VS_BASE_CTL", i64::from(sockopt::IP_VS_BASE_CTL)),
        ("IP_VS_SO_SET_MAX", i64::from(sockopt::IP_VS_SO_SET_MAX)),
        ("NLM_F_DUMP", i64::from(netlink::NLM_F_DUMP)),
        ("NLA_F_NESTED", i64::from(netlink::NLA_F_NESTED)),
        ("GENL_ID_CTRL", i64::from(netlink::GENL_ID_CTRL)),
    ];
    for (name, value) in sample {
        assert_eq!(ours[name], value, "{name}");
    }
}

#[test]
fn the_family_has_the_name_of_the_header() {
    let printed = run_c("int main(void) { puts(IPVS_GENL_NAME); return 0; }");
    assert_eq!(printed.trim(), uapi::IPVS_GENL_NAME);
}

#[test]
fn every_struct_is_laid_out_as_in_the_header() {
    let mut program = String::from("int main(void) {\n");
    let mut ours = String::new();
    for layout in layouts() {
        let name = layout.name;
        writeln!(ours, "{name} {}", layout.size).unwrap();
        writeln!(program, "printf(\"{name} %zu\\n\", sizeof(struct {name}));").unwrap();
        for (field, offset, size) in layout.fields {
            writeln!(ours, "{name}.{field} {offset} {size}").unwrap();
            // An array without a length has no size in C.
            let measured = match size {
                0 => "(size_t)0".to_owned(),
                _ => format!("sizeof(((struct {name} *)0)->{field})"),
            };
            writeln!(
                program,
                "printf(\"{name}.{field} %zu %zu\\n\", offsetof(struct {name}, {field}), {measured});"
            )
            .unwrap();
        }
    }
    program.push_str("return 0; }\n");
    assert_eq!(run_c(&program), ours);
}

#[test]
fn every_struct_and_field_of_the_header_is_ours() {
    let ours: BTreeMap<&str, BTreeSet<&str>> = layouts()
        .into_iter()
        .map(|layout| {
            (
                layout.name,
                layout.fields.iter().map(|field| field.0).collect(),
            )
        })
        .collect();
    let text = preprocess(IPVS_HEADER);
    assert_eq!(structs(&text), ours);
    let declared: BTreeSet<&str> = SOURCES
        .iter()
        .flat_map(|source| source.split("pub struct ").skip(1))
        .filter_map(|rest| rest.split_whitespace().next())
        .collect();
    assert_eq!(declared, ours.into_keys().collect());
}

/// What the installed headers say.
struct Header {
    version: (i64, i64),
    words: BTreeMap<&'static str, i64>,
}

impl Header {
    fn read() -> Self {
        let text = preprocess(HEADERS);
        let known: BTreeSet<&str> = identifiers(&text).collect();
        let mut names: Vec<_> = our_words().into_keys().collect();
        names.retain(|name| known.contains(name));
        let mut program = String::from("int main(void) {\n");
        for name in names.iter().chain(&["LINUX_VERSION_CODE"]) {
            writeln!(program, "printf(\"%lld\\n\", (long long)({name}));").unwrap();
        }
        program.push_str("return 0; }\n");
        let mut values: Vec<i64> = run_c(&program)
            .lines()
            .map(|line| line.parse().unwrap())
            .collect();
        let version = values.pop().unwrap();
        assert_eq!(names.len(), values.len());
        Self {
            version: (version >> 16, version >> 8 & 0xff),
            words: names.into_iter().zip(values).collect(),
        }
    }
}

/// Every number in our source text, worked out.
fn our_words() -> BTreeMap<&'static str, i64> {
    let mut words = BTreeMap::new();
    for source in SOURCES {
        for constant in source.split("pub const ").skip(1) {
            let (declaration, _) = constant.split_once(';').unwrap();
            let (name, rest) = declaration.split_once(": ").unwrap();
            let (kind, expression) = rest.split_once(" =").unwrap();
            if kind != "&str" {
                let value = evaluate(expression, &words);
                assert_eq!(words.insert(name, value), None, "{name} is there twice");
            }
        }
    }
    words
}

/// Terms joined by operators of one kind, from left to right.
fn evaluate(expression: &str, words: &BTreeMap<&str, i64>) -> i64 {
    let tokens: Vec<&str> = expression.split_whitespace().collect();
    let mut value = evaluate_term(tokens[0], words);
    for pair in tokens[1..].chunks(2) {
        let term = evaluate_term(pair[1], words);
        value = match pair[0] {
            "+" => value + term,
            "|" => value | term,
            "<<" => value << term,
            operator => panic!("operator {operator} in {expression}"),
        };
    }
    value
}

fn evaluate_term(term: &str, words: &BTreeMap<&str, i64>) -> i64 {
    let digits = term.replace('_', "");
    let number = match digits.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16).ok(),
        None => digits.parse().ok(),
    };
    number.unwrap_or_else(|| words[term])
}

struct Layout {
    name: &'static str,
    size: usize,
    /// Name, offset, size.
    fields: Vec<(&'static str, usize, usize)>,
}

macro_rules! layouts {
    ($($name:ident { $($field:ident),+ })+) => {
        vec![$(Layout {
            name: stringify!($name),
            size: size_of::<$name>(),
            fields: {
                // A field forgotten here does not compile.
                let $name { $($field: _),+ } = $name::default();
                vec![$((
                    stringify!($field),
                    offset_of!($name, $field),
                    size_of_field(|it: &$name| &it.$field),
                )),+]
            },
        }),+]
    };
}

fn layouts() -> Vec<Layout> {
    layouts! {
        ip_vs_flags { flags, mask }
        ip_vs_service_user { protocol, addr, port, fwmark, sched_name, flags, timeout, netmask }
        ip_vs_dest_user { addr, port, conn_flags, weight, u_threshold, l_threshold }
        ip_vs_stats_user {
            conns, inpkts, outpkts, inbytes, outbytes, cps, inpps, outpps, inbps, outbps
        }
        ip_vs_getinfo { version, size, num_services }
        ip_vs_service_entry {
            protocol, addr, port, fwmark, sched_name, flags, timeout, netmask, num_dests, stats
        }
        ip_vs_dest_entry {
            addr, port, conn_flags, weight, u_threshold, l_threshold,
            activeconns, inactconns, persistconns, stats
        }
        ip_vs_get_dests { protocol, addr, port, fwmark, num_dests, entrytable }
        ip_vs_get_services { num_services, entrytable }
        ip_vs_timeout_user { tcp_timeout, tcp_fin_timeout, udp_timeout }
        ip_vs_daemon_user { state, mcast_ifn, syncid }
    }
}

fn size_of_field<T, F>(_: fn(&T) -> &F) -> usize {
    size_of::<F>()
}

/// The structs of a preprocessed header that are IPVS's, with their fields.
fn structs(text: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    text.match_indices("struct ip_vs_")
        .filter_map(|(start, _)| {
            let (name, rest) = text[start..].strip_prefix("struct ")?.split_once('{')?;
            let (body, _) = rest.split_once('}')?;
            let name = name.trim_end();
            let fields = body.split(';').filter_map(|declaration| {
                let (field, _) = declaration.split_once('[').unwrap_or((declaration, ""));
                identifiers(field).last()
            });
            // Otherwise it is a use of the struct.
            identifiers(name)
                .eq([name])
                .then(|| (name, fields.collect()))
        })
        .collect()
}

fn identifiers(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c != '_' && !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// `includes` with macros named and kept, comments gone.
fn preprocess(includes: &str) -> String {
    let mut cc = compiler();
    cc.args(["-E", "-dD", "-P", "-x", "c", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = cc.spawn().unwrap_or_else(|error| no_compiler(&cc, &error));
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(includes.as_bytes()).unwrap();
    drop(stdin);
    succeeded(child.wait_with_output().unwrap())
}

/// What a program with this `main`, and all headers, prints.
fn run_c(main: &str) -> String {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    let number = RUNS.fetch_add(1, Ordering::Relaxed);
    let stem = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("header-probe-{number}"));
    let source = stem.with_extension("c");
    let standard = "#include <stddef.h>\n#include <stdio.h>\n";
    fs::write(&source, format!("{standard}{HEADERS}{main}")).unwrap();
    let mut cc = compiler();
    cc.arg("-o").arg(&stem).arg(&source);
    succeeded(cc.output().unwrap_or_else(|error| no_compiler(&cc, &error)));
    succeeded(Command::new(&stem).output().unwrap())
}

fn compiler() -> Command {
    Command::new(env::var_os("CC").unwrap_or_else(|| "cc".into()))
}

fn no_compiler<T>(cc: &Command, error: &dyn Error) -> T {
    let name = Path::new(cc.get_program()).display();
    panic!("this test takes a C compiler; {name}: {error} (apt install gcc libc6-dev, or set CC)")
}

fn succeeded(output: Output) -> String {
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{complaint}(the headers come with: apt install libc6-dev linux-libc-dev)"
    );
    String::from_utf8(output.stdout).unwrap()
}
