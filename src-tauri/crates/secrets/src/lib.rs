//! The vault. Secret values are sealed under one master key that lives in the operating system's keychain; without
//! a usable keychain they stay in memory and the vault says why. Nothing is ever written in plain text, and no error
//! or `Debug` output holds a value or a key.

mod keychain;
mod mask;
mod master_key;
mod seal;
mod vault;

pub use mask::mask;
pub use vault::{KeySource, Vault, VaultError, VaultMode};
