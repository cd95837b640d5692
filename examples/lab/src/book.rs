//! A lab as a program: its chapters, told one after another or those asked for.

use std::process::{Command, ExitCode};
use std::time::Instant;

use crate::{Result, Story};

/// A part of a lab, with a network of its own.
pub struct Chapter {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it is about.
    pub title: &'static str,
    /// Does it.
    pub tell: fn(&mut Story) -> Result<()>,
}

/// Tells the chapters that the command line names, all of them when it names none, and
/// sums up; with `--list` it says which there are. Takes root and IPVS.
///
/// It fails when a check missed or a chapter broke off, and with 2 for a name that no
/// chapter has.
pub fn run(title: &str, chapters: &[Chapter]) -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    if wanted == ["--list"] {
        for chapter in chapters {
            println!("{:8} {}", chapter.name, chapter.title);
        }
        return ExitCode::SUCCESS;
    }
    let known = |name: &String| chapters.iter().any(|chapter| chapter.name == name);
    if let Some(stranger) = wanted.iter().find(|name| !known(name)) {
        eprintln!("no chapter {stranger:?}; --list names them");
        return ExitCode::from(2);
    }
    let told =
        |chapter: &&Chapter| wanted.is_empty() || wanted.iter().any(|name| name == chapter.name);
    match tell(title, chapters.iter().filter(told)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

/// Tells the chapters and sums up; whether every check held.
fn tell<'a>(title: &str, chapters: impl Iterator<Item = &'a Chapter>) -> Result<bool> {
    let start = Instant::now();
    let mut story = Story::default();
    let mut told = 0;
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease")?;
    println!("{title} on Linux {}", release.trim());
    load_modules()?;
    for chapter in chapters {
        let start = Instant::now();
        story.chapter(chapter.title);
        if let Err(failure) = (chapter.tell)(&mut story) {
            story.broken(&failure);
        }
        println!("\n   {:.1} s", start.elapsed().as_secs_f32());
        told += 1;
    }
    let (checks, misses) = story.score();
    let seconds = start.elapsed().as_secs_f32();
    println!("\nchapters: {told}, checks: {checks}, missed: {misses}, {seconds:.1} s");
    Ok(misses == 0)
}

/// What `/etc/rc.modules` does when the labs' director boots. Schedulers and
/// tunnels the kernel loads by itself; IPVS too, since 5.16.
fn load_modules() -> Result<()> {
    let modules = ["-a", "ip_vs", "ip_vs_rr", "ip_vs_wrr"];
    println!("director# modprobe {}", modules.join(" "));
    let complain = |error| format!("modprobe, which is root's: {error}");
    let output = Command::new("modprobe")
        .args(modules)
        .output()
        .map_err(complain)?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        return Err(format!("this kernel has no IPVS: {}", complaint.trim()).into());
    }
    Ok(())
}
