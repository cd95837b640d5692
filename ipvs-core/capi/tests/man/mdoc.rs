//! Comments as mdoc: names become macros, on lines of their own as that language has it.

use std::fmt::Write;

/// The paragraphs of a comment. A line that begins with one of these words begins one, too.
const BEGINNINGS: [&str; 6] = [
    "Free ",
    "Close ",
    "NULL: ",
    "Fails ",
    "Kernel: ",
    "ipvsadm: ",
];

/// Writes a comment; what stands before it on the page is its heading.
pub(crate) fn comment(page: &mut String, lines: &[String]) {
    let mut apart = true;
    for block in blocks(lines) {
        let follows = matches!(
            &block,
            Block::Heading(_) | Block::Code(_) | Block::Step { first: false, .. }
        );
        if !apart && !follows {
            page.push_str(".Pp\n");
        }
        apart = matches!(block, Block::Heading(_));
        match block {
            Block::Text(text) => paragraph(page, &text),
            Block::Heading(title) => writeln!(page, ".Ss {title}").unwrap(),
            Block::Code(lines) => literal(page, &lines),
            Block::Step { text, first, last } => {
                if first {
                    page.push_str(".Bl -enum -compact\n");
                }
                page.push_str(".It\n");
                paragraph(page, &text);
                if last {
                    page.push_str(".El\n");
                }
            }
        }
    }
}

/// Writes code as it stands.
pub(crate) fn literal(page: &mut String, lines: &[String]) {
    page.push_str(".Bd -literal -offset indent\n");
    for line in lines {
        writeln!(page, "{}", guarded(&escaped(line))).unwrap();
    }
    page.push_str(".Ed\n");
}

enum Block {
    Text(String),
    /// A line in capitals.
    Heading(String),
    /// Lines that are indented.
    Code(Vec<String>),
    /// Of a numbered list.
    Step {
        text: String,
        first: bool,
        last: bool,
    },
}

fn blocks(lines: &[String]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut fresh = true;
    for line in lines {
        let step = line
            .split_once(". ")
            .filter(|(number, _)| number.parse::<u8>().is_ok());
        let continued = if fresh { None } else { blocks.last_mut() };
        match (line.as_str(), continued) {
            ("", Some(Block::Code(code))) => code.push(String::new()),
            ("", _) => fresh = true,
            (line, Some(Block::Code(code))) if line.starts_with("   ") => {
                code.push(line[4..].to_owned());
            }
            (line, _) if line.starts_with("    ") && fresh => {
                blocks.push(Block::Code(vec![line[4..].to_owned()]));
                fresh = false;
            }
            (line, _) if is_heading(line) => {
                blocks.push(Block::Heading(capitalised(line)));
                fresh = true;
            }
            (_, _) if step.is_some() => {
                let first = !matches!(blocks.last(), Some(Block::Step { .. }));
                if let Some(Block::Step { last, .. }) = blocks.last_mut() {
                    *last = false;
                }
                let text = step.unwrap().1.to_owned();
                blocks.push(Block::Step {
                    text,
                    first,
                    last: true,
                });
                fresh = false;
            }
            (line, Some(Block::Text(text) | Block::Step { text, .. }))
                if !BEGINNINGS
                    .iter()
                    .any(|beginning| line.starts_with(beginning)) =>
            {
                *text += " ";
                *text += line.trim_start();
            }
            (line, _) => {
                blocks.push(Block::Text(line.to_owned()));
                fresh = false;
            }
        }
    }
    for block in &mut blocks {
        if let Block::Code(lines) = block {
            while lines.last().is_some_and(String::is_empty) {
                lines.pop();
            }
        }
    }
    blocks
}

fn is_heading(line: &str) -> bool {
    let capital = |c: char| c.is_ascii_uppercase() || c == ' ' || c == ',';
    line.len() > 4 && line.chars().all(capital)
}

fn capitalised(heading: &str) -> String {
    let (first, rest) = heading.split_at(1);
    first.to_owned() + &rest.to_lowercase()
}

/// Writes a paragraph, each sentence from a new line on.
fn paragraph(page: &mut String, text: &str) {
    let mut line = String::new();
    for word in words(text) {
        match macro_of(&word) {
            Some(call) => {
                flush(page, &mut line);
                writeln!(page, ".{call}").unwrap();
            }
            None => {
                let word = escaped(&word);
                if line.len() + word.len() > 78 {
                    flush(page, &mut line);
                }
                if !line.is_empty() {
                    line.push(' ');
                }
                line += &word;
                if word.ends_with(['.', ':']) && word.len() > 2 {
                    flush(page, &mut line);
                }
            }
        }
    }
    flush(page, &mut line);
}

fn flush(page: &mut String, line: &mut String) {
    if !line.is_empty() {
        writeln!(page, "{}", guarded(line)).unwrap();
        line.clear();
    }
}

/// The words of a text; what is in backticks is one of them, with what sticks to it.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        if c == '`' {
            quoted = !quoted;
        }
        match words.last_mut() {
            Some(word) if c != ' ' || quoted => word.push(c),
            _ => words.push(String::new()),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The macro for a word, with the punctuation around it, if it is a name.
fn macro_of(word: &str) -> Option<String> {
    let core = word.trim_start_matches('(');
    let opening = "( ".repeat(word.len() - core.len());
    let (name, tail) = name_and_tail(core);
    let call = macro_of_name(name)?;
    let (mut marks, mut rest) = (String::new(), tail);
    while let Some(mark) = rest.chars().next().filter(|c| ".,:;)".contains(*c)) {
        write!(marks, " {mark}").unwrap();
        rest = &rest[1..];
    }
    let sticking = match escaped(rest).replace('"', "\\(dq") {
        rest if rest.is_empty() => rest,
        rest => format!(" Ns {rest}"),
    };
    // The macro itself comes first, and then its opening mark.
    let (name_of_macro, arguments) = call.split_once(' ')?;
    Some(format!(
        "{name_of_macro} {opening}{arguments}{marks}{sticking}"
    ))
}

fn name_and_tail(word: &str) -> (&str, &str) {
    if let Some(quoted) = word.strip_prefix('`') {
        let end = quoted.find('`').map_or(word.len(), |place| place + 2);
        return word.split_at(end);
    }
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let end = word.find(|c| !is_word(c)).unwrap_or(word.len());
    // A function has its parentheses with it, a page its section.
    let rest = &word[end..];
    let parentheses = match rest.find(')') {
        Some(close) if rest.starts_with('(') && close <= 2 => close + 1,
        _ => 0,
    };
    word.split_at(end + parentheses)
}

fn macro_of_name(name: &str) -> Option<String> {
    if let Some(code) = name.strip_prefix('`') {
        let code = code.trim_end_matches('`');
        return Some(match code.contains([' ', ';', '"']) {
            true => format!("Ql {}", escaped(code)),
            false => format!("Fa {code}"),
        });
    }
    if let Some((page, section)) = name.split_once('(') {
        return Some(match section {
            ")" => format!("Fn {page}"),
            section => format!("Xr {page} {}", section.trim_end_matches(')')),
        });
    }
    let lower = name.starts_with("ipvs_") && !name.ends_with('_');
    let upper = name.starts_with("IPVS_") || name.starts_with("CAP_") || name == "NULL";
    let errno =
        name.len() > 3 && name.starts_with('E') && name.chars().all(|c| c.is_ascii_uppercase());
    match () {
        () if lower => Some(format!("Vt {name}")),
        () if upper => Some(format!("Dv {name}")),
        () if errno => Some(format!("Er {name}")),
        () => None,
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\e")
        .replace('…', "...")
        .replace('`', "")
}

/// A line of text that is none of the language's own.
fn guarded(line: &str) -> String {
    if line.starts_with(['.', '\'']) {
        format!("\\&{line}")
    } else {
        line.to_owned()
    }
}
