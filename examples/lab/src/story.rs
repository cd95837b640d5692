//! Tells what is done, shows what comes of it, and checks it.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use ipvs_core::Client;
use ipvs_examples::table;

use crate::metronome::Metronome;
use crate::{Host, Result, Site};

/// How long a table may take to become what is expected: the kernel counts
/// behind the packets, and samples statistics every two seconds, on a slow machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// A lab's account of itself. Every miss is printed with what was expected
/// beside what was observed, and counted.
#[derive(Debug, Default)]
pub struct Story {
    checks: usize,
    misses: usize,
    metronome: Metronome,
}

impl Story {
    /// Opens a chapter with its title.
    pub fn chapter(&mut self, title: &str) {
        println!(
            "\n=== {title} {}\n",
            "=".repeat(74usize.saturating_sub(title.len()))
        );
    }

    /// Draws the network.
    pub fn picture(&mut self, site: &Site) {
        println!("{}", site.picture.trim_matches('\n'));
    }

    /// What is done next, in a sentence.
    pub fn step(&mut self, sentence: &str) {
        println!("\n-- {sentence}");
    }

    /// Prints the command line that the library's next call stands for.
    pub fn stands_for(&mut self, host: &Host, command: &str) {
        println!("   {}# {command}", host.name());
    }

    /// Prints what was typed on these hosts since they were last asked.
    pub fn typed(&mut self, hosts: &[&Host]) {
        for host in hosts {
            for command in host.typed() {
                println!("   {}# {command}", host.name());
            }
        }
    }

    /// The same for hosts of which each was set up as the first was.
    pub fn typed_alike(&mut self, hosts: &[Host]) {
        let Some((first, others)) = hosts.split_first() else {
            return;
        };
        self.typed(&[first]);
        for host in others.iter().filter(|host| !host.typed().is_empty()) {
            println!("   {}# likewise", host.name());
        }
    }

    /// Prints things, a line each, as they are.
    pub fn show<T: Display>(&mut self, lines: impl IntoIterator<Item = T>) {
        for line in lines {
            println!("     {line}");
        }
    }

    /// Prints lines of the document with what there is here beside them.
    pub fn beside_document<T: Display>(
        &mut self,
        document: &[&str],
        here: impl IntoIterator<Item = T>,
    ) {
        let here: Vec<String> = here.into_iter().map(|line| line.to_string()).collect();
        let sides = [document.join("\n"), here.join("\n")];
        for line in columns(["the document", "here"], &sides[0], &sides[1]) {
            println!("     {line}");
        }
    }

    /// Shows the IPVS table, once it is these lines or has had time to be.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn table(&mut self, ipvs: &Client, expected: &[&str]) -> Result<()> {
        let expected = expected.join("\n");
        let observe = || -> Result<String> { Ok(table::body(&ipvs.snapshot()?).join("\n")) };
        let observed = settle(&expected, observe)?;
        self.show(table::HEADER.into_iter().chain(observed.lines()));
        self.compare("this is the table that was expected", &expected, &observed);
        Ok(())
    }

    /// Checks a fact.
    pub fn check(&mut self, what: &str, expected: impl ToString, observed: impl ToString) {
        self.compare(what, &expected.to_string(), &observed.to_string());
    }

    /// Checks that a number lies in a range.
    pub fn within(&mut self, what: &str, expected: RangeInclusive<u64>, observed: u64) {
        let range = format!("{} to {}", expected.start(), expected.end());
        self.conclude(
            what,
            expected.contains(&observed),
            &range,
            &observed.to_string(),
        );
    }

    /// Checks a fact that may take a moment to come true.
    ///
    /// # Errors
    /// When it can't be observed.
    pub fn eventually<T: ToString>(
        &mut self,
        what: &str,
        expected: impl ToString,
        observe: impl Fn() -> Result<T>,
    ) -> Result<()> {
        let expected = expected.to_string();
        let observed = settle(&expected, || Ok(observe()?.to_string()))?;
        self.compare(what, &expected, &observed);
        Ok(())
    }

    /// Checks that something comes true in no more than `limit`, and says when it did. What
    /// time the machine itself stood still in does not count.
    ///
    /// # Errors
    /// When it can't be observed.
    pub fn takes(
        &mut self,
        what: &str,
        limit: Duration,
        observe: impl Fn() -> Result<bool>,
    ) -> Result<Duration> {
        let start = Instant::now();
        while !observe()? && start.elapsed() < limit + PATIENCE {
            std::thread::sleep(Duration::from_millis(20));
        }
        let end = Instant::now();
        let taken = end - start - self.stood_still(start, end);
        self.took(what, limit, taken);
        Ok(taken)
    }

    /// How long the machine itself stood still between two moments.
    #[must_use]
    pub fn stood_still(&self, from: Instant, to: Instant) -> Duration {
        self.metronome.delays().between(from, to)
    }

    /// Checks a time against its limit.
    pub fn took(&mut self, what: &str, limit: Duration, taken: Duration) {
        let [bound, observed] = [limit, taken].map(|it| format!("{:.2} s", it.as_secs_f32()));
        let what = format!("{what}, in {bound} at most");
        self.conclude(&what, taken <= limit, &bound, &observed);
    }

    /// Counts what kept a chapter from its end as a miss.
    pub fn broken(&mut self, failure: &crate::Failure) {
        self.checks += 1;
        self.misses += 1;
        println!("   MISS the chapter ends here: {failure}");
    }

    /// How many checks there were, and how many of them missed.
    pub fn score(&self) -> (usize, usize) {
        (self.checks, self.misses)
    }

    fn compare(&mut self, what: &str, expected: &str, observed: &str) {
        self.conclude(what, expected == observed, expected, observed);
    }

    fn conclude(&mut self, what: &str, holds: bool, expected: &str, observed: &str) {
        self.checks += 1;
        if holds {
            // A table is on the screen already.
            let shown = Some(observed).filter(|observed| observed.lines().count() == 1);
            println!(
                "   ok   {what}{}",
                shown.map_or(String::new(), |it| format!(": {it}"))
            );
            return;
        }
        self.misses += 1;
        println!("   MISS {what}");
        for line in beside(expected, observed) {
            println!("        {line}");
        }
    }
}

/// Observes until it is what is expected, or has had its time.
fn settle(expected: &str, observe: impl Fn() -> Result<String>) -> Result<String> {
    let start = Instant::now();
    loop {
        let observed = observe()?;
        if observed == expected || start.elapsed() > PATIENCE {
            return Ok(observed);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Two texts in two columns, the lines that differ marked.
fn beside(expected: &str, observed: &str) -> Vec<String> {
    let mut lines = columns(["expected", "observed"], expected, observed);
    let title = lines.remove(0);
    let (mut left, mut right) = (expected.lines(), observed.lines());
    let marked = lines.iter().map(|line| {
        let same = left.next().unwrap_or("") == right.next().unwrap_or("");
        format!("{} {line}", if same { ' ' } else { '*' })
    });
    [format!("  {title}")].into_iter().chain(marked).collect()
}

/// Two texts in two columns below their titles.
fn columns(titles: [&str; 2], left: &str, right: &str) -> Vec<String> {
    let lengths = left.lines().map(|line| line.chars().count());
    let width = lengths.max().unwrap_or(0).max(titles[0].len());
    let rows = left.lines().count().max(right.lines().count());
    let (mut left, mut right) = (left.lines(), right.lines());
    let mut lines = vec![format!("{:width$}   {}", titles[0], titles[1])];
    for _ in 0..rows {
        let (left, right) = (left.next().unwrap_or(""), right.next().unwrap_or(""));
        lines.push(format!("{left:width$} | {right}"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_miss_shows_both_sides_and_marks_the_lines_that_differ() {
        let lines = beside("one\ntwo", "one\nthree\nfour");
        assert_eq!(
            lines,
            [
                "  expected   observed",
                "  one      | one",
                "* two      | three",
                "*          | four",
            ]
        );
    }

    #[test]
    fn a_miss_is_counted_and_a_hit_is_not() {
        let mut story = Story::default();
        story.check("it is", 3, "3");
        story.check("it is not", 3, 4);
        story.within("it is", 1..=3, 3);
        story.within("it is not", 1..=3, 4);
        assert_eq!(story.score(), (4, 2));
    }
}
