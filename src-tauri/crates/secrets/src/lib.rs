//! The vault. Secret values are sealed under one master key; the key is in the operating system's keychain, wrapped
//! under a passphrase, in a file of its owner, or nowhere, as the user chose. What was chosen and cannot be had is an
//! error with a name and a remedy, never a reason to use something else. Values are never written in plain text, and no
//! error or `Debug` output holds a value, a key or a passphrase.

mod key_file;
mod keychain;
mod mask;
mod master_key;
mod moving;
mod passphrase;
mod platform;
mod problem;
mod record;
mod seal;
mod status;
#[cfg(test)]
mod testing;
mod vault;

pub use mask::mask;
pub use moving::{Choice, Move, Restored, Rewrapped};
pub use passphrase::Passphrase;
pub use problem::{VaultError, VaultProblem};
pub use status::{Condition, KeyPlace, VaultStatus};
pub use vault::{Surroundings, Vault};
