//! Runs a suite on the kernel that is running.

use std::process::ExitCode;

use libtest_mimic::Arguments;

use crate::harness::Test;
use crate::kernel::Kernel;

/// Runs groups of tests as libtest would.
pub fn run<const N: usize>(groups: [(&'static str, Vec<Test>); N]) -> ExitCode {
    let mut arguments = Arguments::from_args();
    // The kernels of this suite have one or two processors, and some tests look
    // at what the whole machine does.
    arguments.test_threads.get_or_insert(1);
    let listed = arguments.list;
    let kernel = if listed {
        Kernel::default()
    } else {
        Kernel::running()
    };
    let trials = groups.into_iter().flat_map(|(group, tests)| {
        let kernel = kernel.clone();
        let tests = tests.into_iter();
        tests.map(move |test| test.trial(group, kernel.clone()))
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}
