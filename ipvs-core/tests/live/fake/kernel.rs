//! A kernel in memory, as a value.

use ipvs_core::fake::Environment;

#[derive(Clone, Debug)]
pub struct Kernel {
    /// `(6, 1, 176)`.
    pub release: (u32, u32, u32),
    /// The modules that a build lacks: none.
    pub lacks: Vec<String>,
    pub environment: Environment,
}

impl Kernel {
    pub fn new(environment: Environment) -> Self {
        let release = environment.release;
        let numbers = (release.major, release.minor, release.patch);
        Kernel {
            release: (numbers.0.into(), numbers.1.into(), numbers.2.into()),
            lacks: Vec::new(),
            environment,
        }
    }

    /// It is nobody's: whatever disturbs a host may be done to it.
    pub fn is_host(&self) -> bool {
        false
    }

    pub fn has_module(&self, module: &str) -> bool {
        self.environment.modules.contains(module)
    }
}
