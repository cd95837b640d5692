//! The tables for the README, and whether the library keeps its bounds.

mod bounds;
mod results;

use std::fmt::Write as _;
use std::path::Path;

use crate::Outcome;
use crate::contender::Contender;
use crate::workload::Workload;
use results::{Codec, Results};

/// What `.ci/bench` measured.
pub(crate) struct Measured {
    instructions: Results,
    time: Results,
    codec: Codec,
}

/// Prints the tables and each bound, and writes the tables to `folder/table.md`. Fails where a
/// bound is missed. Time is printed alone: it repeats on a quiet machine only.
pub(crate) fn print(folder: &str) -> Outcome {
    let folder = Path::new(folder);
    let measured = Measured {
        instructions: Results::read(&folder.join("instructions"))?,
        time: Results::read(&folder.join("time"))?,
        codec: Codec::read(&folder.join("codec"))?,
    };
    let tables = tables(&measured)?;
    std::fs::write(folder.join("table.md"), &tables)?;
    println!("{tables}\n{}", times_beside(&measured)?);
    bounds::hold(bounds::all(&measured))
}

/// The same for the Python package: how much it costs of what others do, and its bounds.
pub(crate) fn print_python(folder: &str) -> Outcome {
    let measured = Results::read(&Path::new(folder).join("python"))?;
    println!(
        "| instructions, the kernel's included | the Rust library | from Python | pyroute2 |\n\
         |---|---:|---:|---:|"
    );
    for workload in Workload::PYTHON {
        let each = |who| number(measured.each(workload, who, "inside"));
        let cells = Contender::PYTHON.map(each);
        println!("| {} | {} |", workload.title(), cells.join(" | "));
    }
    bounds::hold(bounds::python(&measured))
}

fn tables(measured: &Measured) -> Outcome<String> {
    let mut text = String::new();
    against_the_floor(&mut text, measured)?;
    against_ipvsadm(&mut text, measured)?;
    calls_and_memory(&mut text, measured)?;
    codecs(&mut text, &measured.codec)?;
    Ok(text)
}

fn measured_workloads() -> impl Iterator<Item = Workload> {
    let all = Workload::ALL.into_iter();
    all.filter(|workload| *workload != Workload::Nothing)
}

fn against_the_floor(text: &mut String, measured: &Measured) -> Outcome {
    let instructions = &measured.instructions;
    writeln!(
        text,
        "| instructions, the kernel's included | library | floor | of the floor | pyroute2 | times the library |\n\
         |---|---:|---:|---:|---:|---:|"
    )?;
    for workload in measured_workloads() {
        let each = |who| instructions.each(workload, who, "inside");
        let (ours, floor) = (each(Contender::Library), each(Contender::Floor));
        let theirs = each(Contender::Pyroute2);
        writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} |",
            workload.title(),
            number(ours),
            number(floor),
            ratio(ours, floor),
            number(theirs),
            times(theirs, ours),
        )?;
        if let Some(verify) = instructions.each(workload, Contender::Library, "verify") {
            let verify = number(Some(verify));
            writeln!(
                text,
                "| … and reading again what was touched | {verify} | | | | |"
            )?;
        }
    }
    Ok(())
}

fn against_ipvsadm(text: &mut String, measured: &Measured) -> Outcome {
    writeln!(
        text,
        "\n| whole processes, millions of instructions | library | ipvsadm | times the library |\n\
         |---|---:|---:|---:|"
    )?;
    for workload in measured_workloads() {
        let whole = |who| measured.instructions.total(workload, who, "whole");
        let (ours, theirs) = (whole(Contender::Library), whole(Contender::Ipvsadm));
        if theirs.is_some() {
            writeln!(
                text,
                "| {} | {} | {} | {} |",
                workload
                    .title()
                    .trim_end_matches(", each")
                    .trim_end_matches(", per dest"),
                number(ours.map(|count| count / 1e6)),
                number(theirs.map(|count| count / 1e6)),
                times(theirs, ours),
            )?;
        }
    }
    Ok(())
}

fn calls_and_memory(text: &mut String, measured: &Measured) -> Outcome {
    let results = &measured.instructions;
    writeln!(
        text,
        "\n| system calls, and peak memory in MiB | library | floor | ipvsadm | pyroute2 |\n\
         |---|---:|---:|---:|---:|"
    )?;
    for workload in measured_workloads() {
        let who = [
            Contender::Library,
            Contender::Floor,
            Contender::Ipvsadm,
            Contender::Pyroute2,
        ];
        let cells = who.map(|who| {
            let calls = results.calls_each(workload, who)?;
            let peak = results.total(workload, who, "peak")? / 1024.0;
            Some(format!("{}, {peak:.1}", number(Some(calls))))
        });
        let cells = cells.map(|cell| cell.unwrap_or_else(|| "–".to_owned()));
        writeln!(text, "| {} | {} |", workload.title(), cells.join(" | "))?;
    }
    let listing = |what| results.total(what, Contender::Floor, "inside");
    let overlap = ratio(listing(Workload::Overlap), listing(Workload::List));
    writeln!(
        text,
        "\nOver 8 sockets at once a listing takes {overlap} of the instructions that it takes over one."
    )?;
    let composing = |who| results.total(Workload::Compose, who, "inside");
    let in_c = ratio(composing(Contender::C), composing(Contender::Library));
    writeln!(
        text,
        "\nThrough the C API, making a batch and loading it takes {in_c} of the instructions that it takes in Rust."
    )?;
    if let Some(growth) = results.total(Workload::Stream, Contender::Library, "growth") {
        writeln!(text, "\nStreaming grew the process by {growth} KiB.")?;
    }
    Ok(())
}

/// Time, of which only ratios say anything.
fn times_beside(measured: &Measured) -> Result<String, std::fmt::Error> {
    let mut text = "| time | library, of the floor's | ipvsadm, times the library's |\n\
                    |---|---:|---:|\n"
        .to_owned();
    for workload in measured_workloads() {
        let of = |who, name| measured.time.total(workload, who, name);
        let inside = |who| of(who, "inside");
        let whole = |who| of(who, "whole");
        writeln!(
            text,
            "| {} | {} | {} |",
            workload.title(),
            ratio(inside(Contender::Library), inside(Contender::Floor)),
            times(whole(Contender::Ipvsadm), whole(Contender::Library)),
        )?;
    }
    Ok(text)
}

fn codecs(text: &mut String, codec: &Codec) -> Outcome {
    writeln!(
        text,
        "\n| the codec alone, instructions a message | library | floor | netlink-packet-core | neli |\n\
         |---|---:|---:|---:|---:|"
    )?;
    for (case, title) in [
        ("encode", "encode NEW_DEST"),
        ("service", "decode a GET_SERVICE reply"),
        ("dest", "decode a GET_DEST reply"),
    ] {
        let cells = ["ours", "floor", "packet", "neli"].map(|who| number(codec.of(case, who)));
        writeln!(text, "| {title} | {} |", cells.join(" | "))?;
    }
    Ok(())
}

/// Three digits or more, with commas; `–` for what is not measured.
fn number(number: Option<f64>) -> String {
    let Some(number) = number else {
        return "–".to_owned();
    };
    let digits = match number {
        0.0 => 0,
        number if number < 0.1 => 3,
        number if number < 1.0 => 2,
        number if number < 100.0 => 1,
        _ => 0,
    };
    let text = format!("{number:.digits$}");
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + rest
}

/// How much of the other it is: 1.07.
fn ratio(number: Option<f64>, of: Option<f64>) -> String {
    match (number, of) {
        (Some(number), Some(of)) => format!("{:.2}", number / of),
        _ => "–".to_owned(),
    }
}

/// How many times the other it is: 12.3.
fn times(number: Option<f64>, other: Option<f64>) -> String {
    match (number, other) {
        (Some(number), Some(other)) => format!("{:.1}", number / other),
        _ => "–".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits_and_commas() {
        let texts = [0.0, 0.0163, 0.25, 4.36, 64.0, 999.6, 12_345.6, 3_196_574.0].map(Some);
        assert_eq!(
            texts.map(number),
            [
                "0",
                "0.016",
                "0.25",
                "4.4",
                "64.0",
                "1,000",
                "12,346",
                "3,196,574"
            ]
        );
        assert_eq!(number(None), "–");
    }

    #[test]
    fn the_readme_tells_of_every_workload() {
        let readme = include_str!("../../../README.md");
        for workload in measured_workloads() {
            let row = format!("\n| {} |", workload.title());
            assert!(readme.contains(&row), "{}", workload.title());
        }
    }

    #[test]
    fn what_was_not_measured_has_no_ratio() {
        assert_eq!(ratio(Some(107.0), Some(100.0)), "1.07");
        assert_eq!(times(Some(123.4), Some(10.0)), "12.3");
        assert_eq!(
            (ratio(None, Some(1.0)), times(Some(1.0), None)),
            ("–".into(), "–".into())
        );
    }
}
