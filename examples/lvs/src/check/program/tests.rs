use std::time::Instant;

use super::*;

const AMPLE: Duration = Duration::from_secs(30);

/// A shell that runs `script`.
fn shell(script: &str, expect: Expect, timeout: Duration) -> Program {
    Program {
        path: "/bin/sh".into(),
        arguments: vec!["-c".into(), script.into()],
        expect,
        timeout,
        leash: Leash::default(),
    }
}

fn text(text: &str) -> Expect {
    Expect::Text(text.into())
}

#[test]
fn words_of_the_line_with_host_and_port_filled_in() {
    let line = "/bin/echo %h  %p on-%h";
    let expect = text("10.0.3.100 8080 on-10.0.3.100");
    let program = Program::new(line, "10.0.3.100", 8080, expect, AMPLE);
    program.unwrap().run().unwrap();
    assert!(Program::new("  ", "10.0.3.100", 80, Expect::Nothing, AMPLE).is_none());
}

#[test]
fn the_output_without_its_last_newline() {
    shell("printf 'OK\\n'", text("OK"), AMPLE).run().unwrap();
    shell("printf 'OK'", text("OK"), AMPLE).run().unwrap();
    for script in ["printf 'OK\\n\\n'", "printf OKAY", "printf O"] {
        let failure = shell(script, text("OK"), AMPLE).run().unwrap_err();
        assert!(matches!(failure, Failure::Output(_)), "{script}: {failure}");
    }
}

#[test]
fn a_program_that_fails_is_down_whatever_it_prints() {
    for script in ["echo OK; exit 1", "echo OK; kill -9 $$"] {
        let failure = shell(script, text("OK"), AMPLE).run().unwrap_err();
        assert!(matches!(failure, Failure::Exit(..)), "{script}: {failure}");
    }
}

#[test]
fn a_program_that_is_not_there_is_down() {
    let program = Program::new("/nowhere/check", "::1", 80, Expect::Nothing, AMPLE);
    let failure = program.unwrap().run().unwrap_err();
    assert!(matches!(failure, Failure::Start(..)), "{failure}");
}

/// A script that starts a child that would live on, and tells its number by a file.
fn leaves_a_child(then: &str) -> (tempfile::TempDir, String) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("child");
    let script = format!("sleep 300 & echo $! > {}; {then}", file.display());
    (directory, script)
}

/// The child in the file is gone, or only waits to be reaped.
fn child_is_dead(directory: &tempfile::TempDir) -> bool {
    let number = std::fs::read_to_string(directory.path().join("child")).unwrap();
    let status = format!("/proc/{}/stat", number.trim());
    let start = Instant::now();
    while start.elapsed() < AMPLE {
        let stat = std::fs::read_to_string(&status).unwrap_or_default();
        if stat.is_empty() || stat.contains(") Z ") {
            return true;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    false
}

#[test]
fn a_program_that_hangs_is_killed_with_its_children() {
    let (directory, script) = leaves_a_child("wait");
    // A busy machine may not get as far as the child: then it is given longer.
    for seconds in [0.5, 5.0, 20.0].map(Duration::from_secs_f64) {
        let start = Instant::now();
        let failure = shell(&script, Expect::Nothing, seconds).run();
        assert!(matches!(failure, Err(Failure::Hung(..))), "{failure:?}");
        assert!(start.elapsed() < seconds + AMPLE);
        if directory.path().join("child").exists() {
            break;
        }
    }
    assert!(child_is_dead(&directory));
}

#[test]
fn a_child_that_keeps_the_output_open_holds_nobody_up() {
    let (directory, script) = leaves_a_child("echo OK");
    let start = Instant::now();
    shell(&script, text("OK"), AMPLE).run().unwrap();
    assert!(start.elapsed() < AMPLE);
    assert!(child_is_dead(&directory));
}

#[test]
fn a_leash_that_is_cut_ends_what_runs_and_what_comes_later() {
    let (directory, script) = leaves_a_child("wait");
    let leash = Leash::default();
    let program = shell(&script, Expect::Nothing, AMPLE).on(&leash);
    let start = Instant::now();
    std::thread::scope(|scope| {
        let run = scope.spawn(|| program.run());
        while !directory.path().join("child").exists() && start.elapsed() < AMPLE {
            std::thread::sleep(Duration::from_millis(5));
        }
        leash.cut();
        let failure = run.join().unwrap();
        assert!(matches!(failure, Err(Failure::Exit(..))), "{failure:?}");
    });
    let hangs = shell("sleep 300", Expect::Nothing, AMPLE).on(&leash);
    let failure = hangs.run();
    assert!(matches!(failure, Err(Failure::Exit(..))), "{failure:?}");
    assert!(child_is_dead(&directory));
}

#[test]
fn endless_output_is_stopped_by_the_clock_and_kept_in_bounds() {
    let start = Instant::now();
    let failure = shell("exec yes", Expect::Nothing, Duration::from_millis(300)).run();
    assert!(matches!(failure, Err(Failure::Hung(..))), "{failure:?}");
    assert!(start.elapsed() < AMPLE);
}

#[test]
fn a_program_that_closes_its_output_is_waited_for() {
    let script = "exec >&-; sleep 0.2; exit 3";
    let failure = shell(script, Expect::Nothing, AMPLE).run().unwrap_err();
    assert!(matches!(failure, Failure::Exit(..)), "{failure}");
}
