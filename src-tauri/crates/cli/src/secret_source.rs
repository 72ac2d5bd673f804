//! Reading secrets from arguments, the environment and files.

use std::path::Path;

use crate::{arguments::SecretArguments, failure::Failure};

/// Every secret that was named, in the order value, environment, file.
pub(crate) fn all(arguments: &SecretArguments) -> Result<Vec<Vec<u8>>, Failure> {
    let mut secrets: Vec<Vec<u8>> = arguments.values.iter().map(|value| value.clone().into_bytes()).collect();
    for name in &arguments.environment {
        secrets.push(from_environment(name)?.into_bytes());
    }
    for path in &arguments.files {
        secrets.push(from_file(path)?);
    }
    Ok(secrets)
}

/// The value of an environment variable.
pub(crate) fn from_environment(name: &str) -> Result<String, Failure> {
    std::env::var(name).map_err(|error| match error {
        std::env::VarError::NotPresent => {
            Failure::input(format!("The environment variable {name} is not set. Put the secret there first."))
        }
        std::env::VarError::NotUnicode(_) => {
            Failure::input(format!("The environment variable {name} is not UTF-8 text. Use --secret-file instead."))
        }
    })
}

/// The contents of a file without the one line end that editors add.
fn from_file(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = std::fs::read(path)
        .map_err(|error| Failure::input(format!("The secret file {} cannot be read: {error}", path.display())))?;
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
    }
    Ok(bytes)
}
