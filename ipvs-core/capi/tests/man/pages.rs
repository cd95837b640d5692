//! The pages: which sections of the header each has, and how they are laid out.

use std::fmt::Write;

use super::header::{Field, Header, Item, Section};
use super::mdoc;

pub(crate) struct Page {
    pub(crate) name: &'static str,
    /// The page in a line, behind its names.
    about: &'static str,
    pub(crate) sections: &'static [&'static str],
    /// A function that uses it.
    pub(crate) example: &'static str,
    /// Pages to read next, beside ipvs(3) and ipvs_error(3).
    next: &'static [&'static str],
}

/// The day of the pages.
const DATE: &str = "November 22, 2026";

/// The overview's own pages, in the order in which a reader wants them.
pub(crate) const PAGES: &[Page] = &[
    Page {
        name: "ipvs",
        about: "manage IPVS, the layer-4 load balancer inside the Linux kernel",
        sections: &["The library's version"],
        example: "",
        next: &["libipvs", "ipvsadm 8"],
    },
    Page {
        name: "ipvs_error",
        about: "what went wrong, with what, and what to do about it",
        sections: &["Statuses and errors"],
        example: include_str!("examples/ipvs_error.c"),
        next: &[],
    },
    Page {
        name: "ipvs_text",
        about: "text that the library made",
        sections: &["Texts"],
        example: "",
        next: &["ipvs_plan", "ipvs_rules", "ipvs_sysctl"],
    },
    Page {
        name: "ipvs_address",
        about: "addresses, netmasks, protocols, and the keys of services and dests",
        sections: &[
            "Addresses, netmasks and protocols",
            "What identifies services and dests",
        ],
        example: include_str!("examples/ipvs_address.c"),
        next: &["ipvs_dest", "ipvs_service"],
    },
    Page {
        name: "ipvs_client",
        about: "open the IPVS of a network namespace",
        sections: &["The client", "Counters"],
        example: include_str!("examples/ipvs_client.c"),
        next: &[
            "ipvs_dest",
            "ipvs_service",
            "ipvs_snapshot",
            "network_namespaces 7",
        ],
    },
    Page {
        name: "ipvs_service",
        about: "add, change, remove and list virtual services",
        sections: &["Virtual services", "Managing services"],
        example: include_str!("examples/ipvs_service.c"),
        next: &["ipvs_address", "ipvs_batch", "ipvs_client", "ipvs_dest"],
    },
    Page {
        name: "ipvs_dest",
        about: "add, change, remove and list real servers",
        sections: &["Real servers", "Managing dests"],
        example: include_str!("examples/ipvs_dest.c"),
        next: &[
            "ipvs_address",
            "ipvs_batch",
            "ipvs_client",
            "ipvs_drain",
            "ipvs_service",
        ],
    },
    Page {
        name: "ipvs_daemon",
        about: "start, stop and list sync daemons",
        sections: &["Sync daemons"],
        example: include_str!("examples/ipvs_daemon.c"),
        next: &["ipvs_client"],
    },
    Page {
        name: "ipvs_timeouts",
        about: "read and set the timeouts of connections",
        sections: &["Timeouts"],
        example: include_str!("examples/ipvs_timeouts.c"),
        next: &["ipvs_client", "ipvs_sysctl"],
    },
    Page {
        name: "ipvs_table",
        about: "what IPVS should hold",
        sections: &["Tables"],
        example: include_str!("examples/ipvs_table.c"),
        next: &["ipvs_plan", "ipvs_rules", "ipvs_snapshot"],
    },
    Page {
        name: "ipvs_snapshot",
        about: "read everything that IPVS holds",
        sections: &["Snapshots"],
        example: include_str!("examples/ipvs_snapshot.c"),
        next: &["ipvs_client", "ipvs_plan", "ipvs_table"],
    },
    Page {
        name: "ipvs_scope",
        about: "what of an IPVS a plan may touch",
        sections: &["Scopes"],
        example: "",
        next: &["ipvs_plan"],
    },
    Page {
        name: "ipvs_plan",
        about: "find the changes that turn what is there into what is wanted",
        sections: &["Plans"],
        example: include_str!("examples/ipvs_plan.c"),
        next: &["ipvs_apply", "ipvs_scope", "ipvs_snapshot", "ipvs_table"],
    },
    Page {
        name: "ipvs_apply",
        about: "carry out a plan, and tell what became of it",
        sections: &["Applying a plan", "Reports"],
        example: include_str!("examples/ipvs_apply.c"),
        next: &["ipvs_batch", "ipvs_plan"],
    },
    Page {
        name: "ipvs_batch",
        about: "make many changes in few system calls",
        sections: &["Batches"],
        example: include_str!("examples/ipvs_batch.c"),
        next: &["ipvs_apply", "ipvs_plan", "ipvs_rules"],
    },
    Page {
        name: "ipvs_rules",
        about: "read and write the lines of ipvsadm",
        sections: &["Rules"],
        example: include_str!("examples/ipvs_rules.c"),
        next: &[
            "ipvs_batch",
            "ipvs_table",
            "ipvsadm-restore 8",
            "ipvsadm-save 8",
        ],
    },
    Page {
        name: "ipvs_drain",
        about: "let a real server leave without breaking a connection",
        sections: &["Draining a dest"],
        example: include_str!("examples/ipvs_drain.c"),
        next: &["ipvs_dest"],
    },
    Page {
        name: "ipvs_connection",
        about: "read the connection table",
        sections: &["Connections"],
        example: include_str!("examples/ipvs_connection.c"),
        next: &["ipvs_client"],
    },
    Page {
        name: "ipvs_sysctl",
        about: "read and set the sysctls of IPVS",
        sections: &["Sysctls"],
        example: include_str!("examples/ipvs_sysctl.c"),
        next: &["ipvs_client", "ipvs_text", "sysctl 8"],
    },
    Page {
        name: "ipvs_fake",
        about: "an IPVS kernel in memory, for tests",
        sections: &[
            "The fake kernel",
            "What happens in a fake namespace",
            "Faults of a fake kernel",
        ],
        example: include_str!("examples/ipvs_fake.c"),
        next: &["ipvs_client"],
    },
];

/// Every page by its name.
pub(crate) fn all(header: &Header) -> impl Iterator<Item = (&'static str, String)> {
    PAGES.iter().map(|page| (page.name, page.text(header)))
}

impl Page {
    fn text(&self, header: &Header) -> String {
        let of = |title: &&str| {
            header
                .sections
                .iter()
                .find(|section| section.title == **title)
        };
        let sections: Vec<&Section> = self.sections.iter().filter_map(of).collect();
        let mut text = String::new();
        self.head(&mut text, &sections);
        synopsis(&mut text, &sections);
        text += ".Sh DESCRIPTION\n";
        if self.name == "ipvs" {
            overview(&mut text, header);
        }
        for section in &sections {
            if sections.len() > 1 || self.name == "ipvs" {
                writeln!(text, ".Ss {}", section.title).unwrap();
            }
            describe(&mut text, section);
        }
        self.tail(&mut text, header, &sections);
        text
    }

    /// The overview has the header's own.
    fn example(&self, text: &mut String, header: &Header) {
        if self.name == "ipvs" {
            text.push_str(".Sh EXAMPLES\n");
            mdoc::comment(text, part(header, "    #include", "WHAT IT DOES"));
        } else if !self.example.is_empty() {
            text.push_str(".Sh EXAMPLES\n");
            let lines: Vec<String> = self.example.lines().map(str::to_owned).collect();
            let is_caption = |line: &&String| line.starts_with("// ");
            let captions = lines.iter().take_while(is_caption);
            let caption: Vec<String> = captions.map(|line| line[3..].to_owned()).collect();
            mdoc::comment(text, &caption);
            mdoc::literal(text, &lines[caption.len()..]);
        }
    }

    fn head(&self, text: &mut String, sections: &[&Section]) {
        text.push_str(".\\\" SPDX-License-Identifier: MIT OR Apache-2.0\n");
        text.push_str(
            ".\\\" Made of include/ipvs.h: IPVS_BLESS=1 cargo test -p ipvs-capi --test man\n",
        );
        writeln!(
            text,
            ".Dd {DATE}\n.Dt {} 3\n.Os\n.Sh NAME",
            self.name.to_uppercase()
        )
        .unwrap();
        let functions = functions(sections).map(|(_, name, _)| name);
        let names: Vec<&str> = std::iter::once(self.name).chain(functions).collect();
        writeln!(text, ".Nm {}\n.Nd {}", names.join(" ,\n.Nm "), self.about).unwrap();
        text.push_str(".Sh LIBRARY\n.Dq ipvs ,\nfound by\n.Ql pkg-config --cflags --libs ipvs\n");
    }

    fn tail(&self, text: &mut String, header: &Header, sections: &[&Section]) {
        let tells = functions(sections).any(|(_, _, arguments)| {
            arguments
                .iter()
                .any(|argument| argument == "ipvs_error **error")
        });
        if tells {
            text.push_str(
                ".Sh RETURN VALUES\nThe functions of the type\n.Vt ipvs_status\nreturn\n.Dv IPVS_OK ,\n\
                 which is 0, or another status; then, if\n.Fa error\nis not\n.Dv NULL ,\n.Fa *error\n\
                 tells more, and is to be freed: see\n.Xr ipvs_error 3 .\n",
            );
        }
        self.example(text, header);
        text.push_str(".Sh SEE ALSO\n");
        let standing = ["ipvs", "ipvs_error"]
            .iter()
            .filter(|page| **page != self.name);
        let mut pages: Vec<&str> = standing.chain(self.next).copied().collect();
        pages.sort_by_key(|page| {
            page.split_once(' ').map_or((3, *page), |(page, section)| {
                (section.parse::<u8>().unwrap(), page)
            })
        });
        let references = pages.iter().map(|page| match page.contains(' ') {
            true => format!(".Xr {page}"),
            false => format!(".Xr {page} 3"),
        });
        writeln!(text, "{}", references.collect::<Vec<_>>().join(" ,\n")).unwrap();
    }
}

fn functions<'a>(
    sections: &'a [&Section],
) -> impl Iterator<Item = (&'a str, &'a str, &'a [String])> {
    let items = sections.iter().flat_map(|section| &section.items);
    items.filter_map(|item| match item {
        Item::Function {
            returns,
            name,
            arguments,
            ..
        } => Some((returns.as_str(), name.as_str(), arguments.as_slice())),
        _ => None,
    })
}

fn synopsis(text: &mut String, sections: &[&Section]) {
    text.push_str(".Sh SYNOPSIS\n.In ipvs.h\n");
    if sections
        .iter()
        .any(|section| section.title == "The library's version")
    {
        for part in ["MAJOR", "MINOR", "PATCH", "NUMBER"] {
            writeln!(text, ".Fd #define IPVS_VERSION_{part}").unwrap();
        }
    }
    for (returns, name, arguments) in functions(sections) {
        writeln!(text, ".Ft \"{returns}\"\n.Fo {name}").unwrap();
        for argument in arguments {
            writeln!(text, ".Fa \"{argument}\"").unwrap();
        }
        if arguments.is_empty() {
            text.push_str(".Fa void\n");
        }
        text.push_str(".Fc\n");
    }
}

/// What the header begins with, and a list of the pages.
fn overview(text: &mut String, header: &Header) {
    mdoc::comment(text, part(header, "WHAT IT DOES", "THE SECTIONS"));
    text.push_str(".Ss The pages\n.Bl -tag -width ipvs_connection(3) -compact\n");
    for page in &PAGES[1..] {
        writeln!(text, ".It Xr {} 3\n{}", page.name, page.about).unwrap();
    }
    text.push_str(
        ".It Xr libipvs 3\nthe API of the libipvs inside ipvsadm, for its programs\n.El\n",
    );
}

/// The lines of what the header begins with, from the one that begins with a text to another.
fn part<'a>(header: &'a Header, from: &str, to: &str) -> &'a [String] {
    let lines = &header.introduction;
    let place = |text: &str| {
        lines
            .iter()
            .position(|line| line.starts_with(text))
            .unwrap()
    };
    &lines[place(from)..place(to)]
}

/// A section: what it says, then its constants, types and functions, each kind a list.
fn describe(text: &mut String, section: &Section) {
    mdoc::comment(text, &section.prose);
    let kinds: [fn(&Item) -> bool; 3] = [
        |item| matches!(item, Item::Constant { .. }),
        |item| matches!(item, Item::Type { .. }),
        |item| matches!(item, Item::Function { .. }),
    ];
    for kind in kinds {
        let items: Vec<&Item> = section.items.iter().filter(|item| kind(item)).collect();
        if !items.is_empty() {
            text.push_str(".Bl -tag -width Ds\n");
            items.into_iter().for_each(|item| entry(text, item));
            text.push_str(".El\n");
        }
    }
}

fn entry(text: &mut String, item: &Item) {
    match item {
        Item::Constant { name, comment } => {
            writeln!(text, ".It Dv {name}").unwrap();
            mdoc::comment(text, comment);
        }
        Item::Type {
            name,
            comment,
            fields,
        } => {
            writeln!(text, ".It Vt {name}").unwrap();
            mdoc::comment(text, comment);
            if !fields.is_empty() {
                text.push_str(".Bl -tag -width Ds\n");
                fields.iter().for_each(|it| field(text, it));
                text.push_str(".El\n");
            }
        }
        Item::Function {
            name,
            arguments,
            comment,
            ..
        } => {
            let names = arguments
                .iter()
                .map(|it| it.rsplit([' ', '*']).next().unwrap());
            let names: Vec<&str> = names.collect();
            writeln!(
                text,
                "{}",
                format!(".It Fn {name} {}", names.join(" ")).trim_end()
            )
            .unwrap();
            mdoc::comment(text, comment);
        }
    }
}

fn field(text: &mut String, field: &Field) {
    match field.declaration.contains(' ') {
        true => writeln!(text, ".It Fa \"{}\"", field.declaration).unwrap(),
        false => writeln!(text, ".It Dv {}", field.declaration).unwrap(),
    }
    mdoc::comment(text, &field.comment);
}
