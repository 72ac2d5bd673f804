//! Why a command ended without an answer.

use std::fmt;

use hookglass_workbench::CommandError;

/// Bad usage or input, or something that could not be done.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    /// For usage and input that cannot be used, with what to do.
    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// What a script sees.
    #[expect(clippy::unused_self, reason = "every failure ends alike today; callers should not know that")]
    pub(crate) fn exit_code(&self) -> u8 {
        2
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<CommandError> for Failure {
    fn from(error: CommandError) -> Self {
        Self(error.message)
    }
}
