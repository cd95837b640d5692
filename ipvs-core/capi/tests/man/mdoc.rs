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
        // Headings and code stand apart by themselves.
        if !apart && matches!(block, Block::Text(_) | Block::Steps(_)) {
            page.push_str(".Pp\n");
        }
        apart = matches!(block, Block::Heading(_));
        match block {
            Block::Text(text) => paragraph(page, &text),
            Block::Heading(title) => writeln!(page, ".Ss {title}").unwrap(),
            Block::Code(lines) => literal(page, &lines),
            Block::Steps(steps) => {
                page.push_str(".Bl -enum -compact\n");
                for step in steps {
                    page.push_str(".It\n");
                    paragraph(page, &step);
                }
                page.push_str(".El\n");
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
    /// A numbered list.
    Steps(Vec<String>),
}

fn blocks(lines: &[String]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let groups = lines.split(|line| line.is_empty());
    for group in groups.filter(|group| !group.is_empty()) {
        let first = group[0].as_str();
        if let Some(code) = code(group) {
            match blocks.last_mut() {
                // The empty line was the code's.
                Some(Block::Code(before)) => before.extend([vec![String::new()], code].concat()),
                _ => blocks.push(Block::Code(code)),
            }
        } else if is_heading(first) {
            blocks.push(Block::Heading(capitalised(first)));
        } else if first.starts_with("1. ") {
            let steps = joined(group, |line| line.starts_with(|c: char| c.is_ascii_digit()));
            let unnumbered = steps.iter().filter_map(|step| step.split_once(". "));
            let steps = unnumbered.map(|(_, step)| step.to_owned()).collect();
            blocks.push(Block::Steps(steps));
        } else {
            let begins = |line: &str| BEGINNINGS.iter().any(|word| line.starts_with(word));
            blocks.extend(joined(group, begins).into_iter().map(Block::Text));
        }
    }
    blocks
}

/// The lines of code, if these are, without what they are indented by.
fn code(lines: &[String]) -> Option<Vec<String>> {
    let bare = lines.iter().map(|line| line.strip_prefix("    "));
    bare.map(|line| line.map(str::to_owned)).collect()
}

/// Lines as texts, of which each but the first begins with a line that does.
fn joined(lines: &[String], begins: impl Fn(&str) -> bool) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for line in lines {
        match texts.last_mut() {
            Some(text) if !begins(line) => *text = format!("{text} {}", line.trim_start()),
            _ => texts.push(line.clone()),
        }
    }
    texts
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
