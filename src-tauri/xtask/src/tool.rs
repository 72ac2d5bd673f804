//! Looking for programs on the search path.

use std::{env, path::PathBuf};

/// The first executable of that name on the search path.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let name = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(&name)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn finds_what_is_there_and_nothing_else() {
        assert!(find("cargo").is_some());
        assert!(find("no-program-has-this-name").is_none());
    }
}
