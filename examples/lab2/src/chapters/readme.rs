//! The commands of examples/lvs/README.md, run as they stand there, by a root whose
//! `/etc`, `/run` and `/usr/local/sbin` nobody else sees.

use std::fs;
use std::os::unix::fs::symlink;

use lab::{Result, Story};

use crate::cluster::Cluster;

const README: &str = include_str!("../../../lvs/README.md");

/// What a root types on the director.
const PROMPT: &str = "secours# ";

/// Stands between the outputs of two commands.
const MARK: &str = "== the next command ==";

/// Folders of its own, so that this machine's stay as they are.
const APART: &str = "
set -e
exec 2>&1
mount -t tmpfs scratch /run
for folder in /etc /usr/local/sbin; do
    scratch=/run/scratch$folder
    mkdir -p $scratch/upper $scratch/work
    mount -t overlay -o lowerdir=$folder,upperdir=$scratch/upper,workdir=$scratch/work overlay $folder
done
export PATH=/usr/local/sbin:$PATH
";

/// A command, and what the README shows that it prints.
struct Step {
    command: String,
    shown: Vec<String>,
}

pub(super) fn tell(story: &mut Story) -> Result<()> {
    let cluster = Cluster::new(story)?;
    story.step("Every command that the README has behind a prompt, in its order.");
    let steps = steps();
    let folder = checkout()?;
    let mut script = format!("{APART}cd {}\n", folder.path().display());
    for step in &steps {
        script += &format!("echo '{MARK}'\n{}\n", step.command);
    }
    let host = &cluster.secours.host;
    let told = host.command("unshare", &["--mount", "bash", "-c", &script])?;
    let told: Vec<&str> = told.split(MARK).skip(1).collect();
    story.check("every command succeeds", steps.len(), told.len());
    for (step, told) in steps.iter().zip(told) {
        story.stands_for(host, &step.command);
        let told: Vec<String> = told.trim().lines().map(nameless).collect();
        story.show(&told);
        if !step.shown.is_empty() {
            let shown: Vec<String> = step.shown.iter().map(|line| nameless(line)).collect();
            story.check(
                "it is what the README shows",
                shown.join("\n"),
                told.join("\n"),
            );
        }
    }
    Ok(())
}

/// The steps in the README's blocks of language `console`.
fn steps() -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for block in README.split("```console\n").skip(1) {
        for line in block.split("```").next().unwrap_or("").lines() {
            match (line.strip_prefix(PROMPT), steps.last_mut()) {
                (Some(command), _) => steps.push(Step {
                    command: command.to_owned(),
                    shown: Vec::new(),
                }),
                (None, Some(step)) => step.shown.push(line.to_owned()),
                (None, None) => {}
            }
        }
    }
    steps
}

/// The repository as somebody has it who has just built it: what the README names.
fn checkout() -> Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    let programs = std::env::current_exe()?;
    let programs = programs.parent().ok_or("a program is in a folder")?;
    fs::create_dir(folder.path().join("target"))?;
    symlink(programs, folder.path().join("target/release"))?;
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    symlink(examples, folder.path().join("examples"))?;
    Ok(folder)
}

/// A line without the number of a process, which is another one each time.
fn nameless(line: &str) -> String {
    match line.split_once("(pid ") {
        Some((before, after)) => {
            let after = after.trim_start_matches(|c: char| c.is_ascii_digit());
            format!("{before}(pid N{after}")
        }
        None => line.trim_end().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_has_steps_and_shows_what_some_print() {
        let steps = steps();
        assert!(steps.len() > 5);
        assert!(steps.iter().any(|step| !step.shown.is_empty()));
        assert!(
            !README.contains("\n# secours"),
            "a prompt is at the beginning"
        );
    }

    #[test]
    fn a_process_has_no_number() {
        assert_eq!(
            nameless("pulse (pid 4711) is running"),
            "pulse (pid N) is running"
        );
        assert_eq!(nameless("a line "), "a line");
    }
}
