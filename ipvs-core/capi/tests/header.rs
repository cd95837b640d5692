//! `include/ipvs.h` is what these sources say: the sections are the modules, in this order.
//! `IPVS_BLESS=1 cargo test -p ipvs-capi --test header` writes it anew.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use cbindgen::{Builder, Config, DocumentationStyle, Language, Style};

/// The modules that C sees, in the order in which a reader meets them.
const SECTIONS: &[&str] = &[
    "version",
    "status",
    "text",
    "address",
    "key",
    "client",
    "stats",
    "service",
    "services",
    "dest",
    "dests",
    "daemon",
    "timeouts",
    "table",
    "snapshot",
    "scope",
    "plan",
    "report",
    "apply",
    "batch",
    "rules",
    "drain",
    "connection",
    "sysctl",
    "fake",
    "fake/traffic",
    "fake/faults",
];

/// What an _INIT sets beside the size: dests have two fields whose default is not zero.
const STARTS: &[(&str, &[(&str, &str)])] = &[(
    "ipvs_dest",
    &[("weight", "1"), ("forward", "IPVS_FORWARD_UNSET")],
)];

#[test]
fn the_committed_header_is_what_the_sources_say() {
    let path = root().join("../../include/ipvs.h");
    let made = header();
    if std::env::var_os("IPVS_BLESS").is_some() {
        fs::write(&path, &made).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    let differs = (1..).zip(made.lines().zip(committed.lines()));
    let first = differs.into_iter().find(|(_, (made, there))| made != there);
    assert!(
        made == committed,
        "include/ipvs.h is stale (IPVS_BLESS=1 writes it): {first:?}"
    );
}

/// Every function says what its reader needs.
#[test]
fn every_function_tells_of_null_failure_and_freedom() {
    let header = header();
    let comments = header.split("/**\n").skip(1);
    let mut functions = 0;
    for (comment, code) in comments.filter_map(|part| part.split_once(" */\n")) {
        let declaration = code.split(';').next().unwrap();
        if !declaration.contains('(') || declaration.contains('{') || declaration.starts_with('#') {
            continue;
        }
        functions += 1;
        let needs = |condition: bool, word: &str| {
            assert!(
                !condition || comment.contains(word),
                "{word}: {declaration}"
            );
        };
        let takes_pointers = declaration.split('(').nth(1).unwrap().contains('*');
        needs(takes_pointers, "NULL");
        needs(declaration.contains("ipvs_error **error"), "Fails ");
        let gives = declaration.replace("ipvs_error **error", "").contains("**");
        needs(gives, "Free `");
    }
    assert!(functions > 100, "{functions}");
}

#[test]
fn the_manual_fits_a_page() {
    let header = header();
    let long: Vec<&str> = header.lines().filter(|line| line.len() > 100).collect();
    assert_eq!(long, [""; 0]);
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn header() -> String {
    let sections: Vec<Section> = SECTIONS.iter().map(|name| Section::read(name)).collect();
    let mut contents = String::new();
    for section in &sections {
        writeln!(contents, " *     {}", section.title).unwrap();
    }
    let mut version = env!("CARGO_PKG_VERSION").split('.');
    let mut header = include_str!("header/introduction.h").replace("@SECTIONS@", &contents);
    for word in ["@MAJOR@", "@MINOR@", "@PATCH@"] {
        header = header.replace(word, version.next().unwrap());
    }
    for section in &sections {
        header += &section.print();
    }
    header + "\n#ifdef __cplusplus\n}\n#endif\n\n#endif /* IPVS_H */\n"
}

/// A module, as a section of the manual.
struct Section {
    title: String,
    words: Vec<String>,
    source: String,
    path: PathBuf,
}

impl Section {
    fn read(name: &str) -> Self {
        let path = root().join(format!("src/{name}.rs"));
        let source = fs::read_to_string(&path).unwrap();
        let words = source.lines().map_while(|line| line.strip_prefix("//!"));
        let mut words = words.map(|line| line.trim().to_owned());
        Section {
            title: words.next().expect("a module's first words are its title"),
            words: words.skip(1).collect(),
            source: source.clone(),
            path,
        }
    }

    fn print(&self) -> String {
        let line = "-".repeat(93);
        let mut text = format!("\n/* {line}\n * {}\n", self.title);
        if !self.words.is_empty() {
            text += " *\n";
        }
        for words in &self.words {
            text += format!(" * {words}").trim_end();
            text += "\n";
        }
        text += &format!(" * {line} */\n\n");
        text + &with_starts(self.declarations().trim_start())
    }

    /// What cbindgen makes of the module by itself. It knows the types of others by name only,
    /// and so says `struct` before those of this module alone: that is taken away.
    fn declarations(&self) -> String {
        let mut config = Config {
            language: Language::C,
            style: Style::Both,
            documentation_style: DocumentationStyle::Doxy,
            usize_is_size_t: true,
            no_includes: true,
            line_length: 95,
            tab_width: 4,
            ..Config::default()
        };
        config.export.include = self.types();
        let mut text = Vec::new();
        Builder::new()
            .with_config(config)
            .with_src(&self.path)
            .generate()
            .unwrap()
            .write(&mut text);
        let text = String::from_utf8(text).unwrap();
        text.replace("struct ipvs_", "ipvs_")
            .replace("enum ipvs_", "ipvs_")
            .replace(
                "typedef ipvs_status_code {",
                "typedef enum ipvs_status_code {",
            )
            .replace("typedef ipvs_", "typedef struct ipvs_")
            .split("/**\n")
            .map(one_line)
            .collect::<Vec<_>>()
            .join("/**")
    }

    /// The types that are no function's argument are asked for by name.
    fn types(&self) -> Vec<String> {
        let named = ["pub struct ", "pub enum ", "pub type "];
        let types = self.source.lines().filter_map(|line| {
            let rest = named.iter().find_map(|words| line.strip_prefix(words))?;
            rest.split(|c: char| !c.is_alphanumeric() && c != '_')
                .next()
        });
        types.map(str::to_owned).collect()
    }
}

/// What follows the opening of a comment, which is put on the same line if it has no other.
fn one_line(rest: &str) -> String {
    let comment = rest.split_once("*/").unwrap_or_default().0;
    let words: Vec<&str> = comment
        .lines()
        .map(|line| line.trim_start_matches([' ', '*']))
        .collect();
    match words[..] {
        [words, ""] => rest.replacen(comment, &format!(" {words} "), 1),
        _ => format!("\n{rest}"),
    }
}

/// The declarations with an _INIT behind each struct that begins with its size.
fn with_starts(text: &str) -> String {
    let mut with = String::new();
    let mut growing = false;
    for line in text.lines() {
        with += line;
        with += "\n";
        growing |= line.trim() == "size_t size;";
        let Some(name) = line
            .strip_prefix("} ")
            .and_then(|rest| rest.strip_suffix(';'))
        else {
            continue;
        };
        if std::mem::take(&mut growing) {
            let fields = STARTS.iter().find(|(of, _)| *of == name);
            with += &start(name, fields.map_or(&[], |(_, fields)| fields));
        }
    }
    with
}

fn start(name: &str, fields: &[(&str, &str)]) -> String {
    let upper = name.to_uppercase();
    if fields.is_empty() {
        return format!("#define {upper}_INIT IPVS_BEGIN({name})\n");
    }
    let (mut c, mut cpp) = (String::new(), String::new());
    for (field, value) in fields {
        write!(c, ", .{field} = {value}").unwrap();
        writeln!(cpp, "    it.{field} = {value}; \\").unwrap();
    }
    format!(
        "#ifdef __cplusplus\n\
         #define {upper}_INIT ([] {{ \\\n\
         \x20   {name} it = IPVS_BEGIN({name}); \\\n\
         {cpp}\
         \x20   return it; \\\n\
         }}())\n\
         #else\n\
         #define {upper}_INIT {{ .size = sizeof({name}){c} }}\n\
         #endif\n"
    )
}
