//! Making the secrets that the window stored readable on the command line. A passphrase is never an argument: other
//! users see those in the process list.

use std::io::{BufRead, IsTerminal};

use hookglass_workbench::view::{VaultCondition, VaultPlace, VaultState};
use hookglass_workbench::{ErrorCode, Workbench};
use zeroize::Zeroizing;

use crate::{failure::Failure, output};

/// Where a passphrase comes from when nobody can be asked.
const PASSPHRASE_VARIABLE: &str = "HOOKGLASS_PASSPHRASE";

/// How often a terminal is asked. Typing errors are common; a script does not type.
const MAX_TRIES: u32 = 3;

/// Unlocks a vault with a passphrase, and says what is wrong or unsafe about the vault. One that stays locked is no
/// failure: requests are captured all the same.
pub(crate) async fn make_ready(bench: &Workbench, from_stdin: bool) -> Result<(), Failure> {
    let state = bench.vault_state().await?;
    let has_passphrase = state.place == Some(VaultPlace::Passphrase);
    if from_stdin && !has_passphrase {
        return Err(Failure::input(
            "--passphrase-stdin: the vault of this data folder has no passphrase. Leave it out.",
        ));
    }
    let state = if has_passphrase && state.condition == VaultCondition::Locked {
        unlock(bench, from_stdin, state.sealed > 0).await?.unwrap_or(state)
    } else {
        state
    };
    warn(&state);
    Ok(())
}

/// Unlocks with what stands on standard input or in the environment, else with what is typed. `None`: still locked.
async fn unlock(bench: &Workbench, from_stdin: bool, needed: bool) -> Result<Option<VaultState>, Failure> {
    if let Some((passphrase, source)) = given(from_stdin)? {
        return match bench.unlock_vault(passphrase.to_string()).await {
            Ok(state) => Ok(Some(state)),
            Err(error) => Err(Failure::input(format!("{source}: {}", error.message))),
        };
    }
    if !needed || !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Ok(None);
    }
    for _ in 0..MAX_TRIES {
        let typed = tokio::task::spawn_blocking(|| {
            rpassword::prompt_password("Passphrase of the vault (empty to go on locked): ")
        })
        .await
        .map_err(|error| Failure::input(format!("The passphrase could not be asked for: {error}")))?
        .map_err(|error| Failure::input(format!("The passphrase could not be read: {error}")))?;
        if typed.is_empty() {
            break;
        }
        match bench.unlock_vault(typed).await {
            Ok(state) => return Ok(Some(state)),
            Err(error) if error.code == ErrorCode::WrongPassphrase => output::complain(&error.message),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(None)
}

/// A passphrase that was given without asking, and how its source is called.
fn given(from_stdin: bool) -> Result<Option<(Zeroizing<String>, &'static str)>, Failure> {
    if from_stdin {
        let mut line = Zeroizing::new(String::with_capacity(1024));
        std::io::stdin()
            .lock()
            .read_line(&mut line)
            .map_err(|error| Failure::input(format!("--passphrase-stdin: it cannot be read as UTF-8 text: {error}")))?;
        // The line's end is not part of it; spaces are.
        let end = line.trim_end_matches(['\r', '\n']).len();
        line.truncate(end);
        return Ok(Some((line, "--passphrase-stdin")));
    }
    match std::env::var(PASSPHRASE_VARIABLE) {
        Ok(value) => Ok(Some((Zeroizing::new(value), PASSPHRASE_VARIABLE))),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(Failure::input(format!("{PASSPHRASE_VARIABLE} is not UTF-8 text. Use --passphrase-stdin instead.")))
        }
    }
}

fn warn(state: &VaultState) {
    if let Some(path) = &state.key_file {
        output::complain(&format!("Secrets are stored unencrypted: their key is in {path}"));
    }
    let locked = state.condition == VaultCondition::Locked && state.place == Some(VaultPlace::Passphrase);
    if locked && state.sealed > 0 {
        output::complain(&format!(
            "The vault is locked, so verdicts that need its secrets read “secret locked”. Put the passphrase in \
             {PASSPHRASE_VARIABLE} or use --passphrase-stdin."
        ));
    } else if let Some(problem) = state.problem.as_ref().filter(|_| !locked) {
        output::complain(&problem.message);
    }
}
