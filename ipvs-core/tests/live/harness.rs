//! Runs the tests, and skips only those that may be skipped.
//!
//! A skip must be earned: by a module that the table of kernels says this build
//! lacks, or by a host whose kernel is not to be disturbed. A kernel that turns
//! out to have the module after all fails the test, as does one that should have
//! it and hasn't.

use libtest_mimic::{Completion, Trial};

use crate::kernel::Kernel;
use crate::site::Site;

/// One test: its name, what it needs, and what it does in a namespace of its own.
pub struct Test {
    name: String,
    needs: Option<Need>,
    body: Box<dyn Fn(&Site) + Send>,
}

/// What a test cannot do without.
#[derive(Clone, Copy)]
pub enum Need {
    /// A module that a build may lack.
    Module(&'static str),
    /// A machine of its own: it unloads modules, floods or the like.
    Guest,
}

impl Test {
    pub fn new(name: impl Into<String>, body: impl Fn(&Site) + Send + 'static) -> Self {
        Test {
            name: name.into(),
            needs: None,
            body: Box::new(body),
        }
    }

    pub fn needs(mut self, need: Need) -> Self {
        self.needs = Some(need);
        self
    }

    /// To be run with this kernel.
    pub fn trial(self, group: &str, kernel: Kernel) -> Trial {
        Trial::ignorable_test(format!("{group}::{}", self.name), move || {
            if let Some(excuse) = self.needs.and_then(|need| need.excuse(&kernel)) {
                return Ok(Completion::ignored_with(excuse?));
            }
            (self.body)(&Site::new(kernel.clone()));
            Ok(Completion::Completed)
        })
    }
}

/// Lists tests by their functions' names: `tests![adds_a_service, …]`, each with
/// what it needs, if anything: `tests![uses_twos: Need::Module("ip_vs_twos")]`.
macro_rules! tests {
    ($($body:ident $(: $need:expr)?),* $(,)?) => {
        vec![$($crate::harness::Test::new(stringify!($body), $body)$(.needs($need))?),*]
    };
}
pub(crate) use tests;

impl Need {
    /// Why the test is skipped, or why it cannot be; `None` when it is to run.
    fn excuse(self, kernel: &Kernel) -> Option<Result<String, libtest_mimic::Failed>> {
        let (allowed, has, what) = match self {
            Need::Module(module) => (
                kernel.lacks.iter().any(|lacking| lacking == module),
                kernel.has_module(module),
                format!("this build has no module {module}"),
            ),
            Need::Guest => (
                kernel.is_host(),
                !kernel.is_host(),
                "it would disturb the host".to_owned(),
            ),
        };
        match (allowed, has) {
            (true, false) => Some(Ok(what)),
            (false, true) => None,
            (true, true) => Some(Err(format!(
                "may be skipped ({what}), yet the kernel has it"
            )
            .into())),
            (false, false) => Some(Err(format!(
                "{what}, says the table, and this one lacks it"
            )
            .into())),
        }
    }
}
