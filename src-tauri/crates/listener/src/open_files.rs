//! How many files and connections the process may have open, which differs between operating systems.

/// Enough for ten thousand connections, with the database and the window's own files beside them.
#[cfg(unix)]
const WANTED: u64 = 65_536;

/// Asks for more open files than the usual 1,024 (macOS: 256), up to what the system lets this user have. Windows has no
/// such limit.
pub fn raise_open_files_limit() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let now = getrlimit(Resource::Nofile);
        let wanted = now.maximum.map_or(WANTED, |most| most.min(WANTED));
        if now.current.is_some_and(|current| current < wanted)
            && let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: now.maximum })
        {
            tracing::warn!(%error, "the limit of open files stays as it is");
        }
    }
}
