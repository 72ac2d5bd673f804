//! The vault as use cases: choosing a place for the key, unlocking, and what to do when the key is lost. Every change
//! is prepared by the vault, committed with the sealed values in one transaction, and completed by the vault; while it
//! lasts no secret is saved.

use std::{
    collections::HashSet,
    sync::{Arc, PoisonError},
};

use hookglass_model::SecretId;
use hookglass_secrets::{Choice, Condition, KeyPlace, Move, Passphrase, Vault, VaultError, VaultProblem};
use hookglass_store::VaultChange;

use crate::{
    CommandError, ErrorCode, Workbench,
    endpoint_table::ReadyEndpoint,
    view::{Notice, VaultCondition, VaultInput, VaultPlace, VaultProblemView, VaultRestored, VaultState},
    workbench::blocking,
};

/// Moving, or starting anew.
type Prepare = fn(&Vault, &Choice, &[(SecretId, Vec<u8>)]) -> Result<Move, VaultProblem>;

impl Workbench {
    /// How the vault stands.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn vault_state(&self) -> Result<VaultState, CommandError> {
        self.settle_vault().await?;
        self.present_vault_state().await
    }

    /// Puts the key in another place and keeps every secret, or changes nothing. Secrets that are damaged are set
    /// aside.
    ///
    /// # Errors
    /// `vault_locked` and `vault_unavailable` when the present secrets cannot be read or the place cannot be had,
    /// `invalid_input` for a passphrase that does not do.
    pub async fn choose_vault(&self, to: VaultInput) -> Result<VaultState, CommandError> {
        self.change_vault(to, Vault::prepare_move).await
    }

    /// Starts a new vault because the key of the present one is lost. Stored secrets are set aside as they are;
    /// endpoints keep their labels and ask for the values again.
    ///
    /// # Errors
    /// `invalid_input` while the vault can be read; else as [`Workbench::choose_vault`].
    pub async fn start_new_vault(&self, to: VaultInput) -> Result<VaultState, CommandError> {
        self.change_vault(to, Vault::prepare_new).await
    }

    /// Opens a vault that has a passphrase. Takes a fifth of a second on purpose.
    ///
    /// # Errors
    /// `wrong_passphrase`; `vault_unavailable` when the vault has none.
    pub async fn unlock_vault(&self, passphrase: String) -> Result<VaultState, CommandError> {
        let _alone = self.saving_endpoints.lock().await;
        let passphrase = Passphrase::new(passphrase).map_err(problem_error)?;
        let vault = Arc::clone(&self.vault);
        blocking(move || vault.unlock(&passphrase)).await?.map_err(problem_error)?;
        self.vault_changed().await
    }

    /// Forgets the key until the vault is unlocked again.
    ///
    /// # Errors
    /// `vault_unavailable` when the vault has no passphrase.
    pub async fn lock_vault(&self) -> Result<VaultState, CommandError> {
        let _alone = self.saving_endpoints.lock().await;
        self.vault.lock().map_err(problem_error)?;
        self.vault_changed().await
    }

    /// Changes the passphrase. Secrets stay as they are; a locked vault stays locked.
    ///
    /// # Errors
    /// `wrong_passphrase` for the present one, `invalid_input` for a new one that does not do.
    pub async fn change_vault_passphrase(&self, present: String, next: String) -> Result<VaultState, CommandError> {
        let _alone = self.saving_endpoints.lock().await;
        let (present, next) =
            (Passphrase::new(present).map_err(problem_error)?, Passphrase::new(next).map_err(problem_error)?);
        let vault = Arc::clone(&self.vault);
        let change = blocking(move || vault.prepare_passphrase(&present, &next)).await?.map_err(problem_error)?;
        self.store.put_vault_record(change.record.clone()).await?;
        self.vault.complete_passphrase(change);
        self.vault_changed().await
    }

    /// Looks for the key again where it should be: the keychain was unlocked, the file put back or its mode mended.
    ///
    /// # Errors
    /// When the store cannot be read. That the key is still missing is told by the state.
    pub async fn retry_vault(&self) -> Result<VaultState, CommandError> {
        let _alone = self.saving_endpoints.lock().await;
        let vault = Arc::clone(&self.vault);
        blocking(move || vault.retry()).await?;
        self.vault_changed().await
    }

    /// Brings secrets back that were set aside, as far as their key is back or the old passphrase is given. Only
    /// those that an endpoint still names; the others stay set aside.
    ///
    /// # Errors
    /// When the present vault cannot take them, or the store fails.
    pub async fn restore_set_aside(&self, passphrase: Option<String>) -> Result<VaultRestored, CommandError> {
        let _alone = self.saving_endpoints.lock().await;
        if let Some(problem) = self.vault.status().problem.filter(|_| self.vault_is_closed()) {
            return Err(problem_error(problem));
        }
        let passphrase = passphrase.map(Passphrase::new).transpose().map_err(problem_error)?;
        let named = self.named_secrets();
        let (mut restored, mut problem) = (0, None);
        for aside in self.store.set_aside_vaults().await? {
            let wanted: Vec<_> = aside.sealed.into_iter().filter(|(id, _)| named.contains(id)).collect();
            if wanted.is_empty() {
                continue;
            }
            let (vault, passphrase, count) = (Arc::clone(&self.vault), passphrase.clone(), wanted.len());
            let opened = blocking(move || vault.restore(&aside.record, &wanted, passphrase.as_ref())).await?;
            match opened {
                Err(why) => problem = Some(VaultProblemView::of(&why)),
                Ok(back) => {
                    restored += back.ids.len();
                    if back.ids.len() < count {
                        let damaged = VaultError::Damaged { reason: "changed since".to_owned() };
                        problem = Some(VaultProblemView { code: "damaged".to_owned(), message: damaged.to_string() });
                    }
                    // Values that live in memory stay set aside as well: they would be gone with this run.
                    if !back.sealed.is_empty() {
                        self.store.restore_secrets(aside.number, back.ids, back.sealed).await?;
                    }
                }
            }
        }
        let state = self.vault_changed().await?;
        Ok(VaultRestored { restored: count(restored), problem, state })
    }

    async fn change_vault(&self, to: VaultInput, prepare: Prepare) -> Result<VaultState, CommandError> {
        let _alone = self.saving_endpoints.lock().await;
        let choice = choice_of(to)?;
        let sealed = self.store.sealed_secrets().await?;
        let vault = Arc::clone(&self.vault);
        let change = blocking(move || prepare(&vault, &choice, &sealed)).await?.map_err(problem_error)?;
        let stored = self
            .store
            .replace_vault(VaultChange {
                record: change.record.clone(),
                sealed: change.sealed.clone(),
                set_aside: change.set_aside.clone(),
                old_record: change.old_record.clone(),
                at: self.clock.now(),
            })
            .await;
        // A commit that fails at its end may stand nevertheless; then the old key must not be used any longer.
        if let Err(error) = stored
            && self.store.vault_record().await.ok().flatten().as_ref() != Some(&change.record)
        {
            return Err(error.into());
        }
        let vault = Arc::clone(&self.vault);
        blocking(move || vault.complete(change)).await?;
        self.vault_changed().await
    }

    /// Stores a record that the vault made by itself, and reads secrets afresh when the vault was opened or closed
    /// from outside: a keychain may answer long after the start.
    pub(crate) async fn settle_vault(&self) -> Result<(), CommandError> {
        // A change under way ends with telling what became of it.
        let Ok(_alone) = self.saving_endpoints.try_lock() else { return Ok(()) };
        let seen = *self.vault_seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen != Some(self.vault.status().condition) {
            self.vault_changed().await?;
        }
        Ok(())
    }

    /// Makes a change of the vault felt: secrets become readable or unreadable, and hosts are told.
    async fn vault_changed(&self) -> Result<VaultState, CommandError> {
        if let Some(record) = self.vault.take_fresh_record() {
            self.store.put_vault_record(record).await?;
        }
        let condition = self.vault.status().condition;
        *self.vault_seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(condition);
        self.reload_endpoints().await?;
        let state = self.present_vault_state().await?;
        self.notices.tell(Notice::Vault { state: state.clone() });
        self.notices.tell(Notice::Endpoints);
        Ok(state)
    }

    pub(crate) async fn present_vault_state(&self) -> Result<VaultState, CommandError> {
        let status = self.vault.status();
        let sealed = self.store.sealed_secrets().await?.len();
        let unread: HashSet<SecretId> = {
            let table = self.endpoints.load();
            table.iter().flat_map(ReadyEndpoint::unread_ids).collect()
        };
        let mut set_aside = HashSet::new();
        let mut set_aside_passphrase = false;
        for aside in self.store.set_aside_vaults().await? {
            let wanted = aside.sealed.iter().map(|(id, _)| *id).filter(|id| unread.contains(id));
            let before = set_aside.len();
            set_aside.extend(wanted);
            set_aside_passphrase |= set_aside.len() > before && Vault::needs_passphrase(&aside.record);
        }
        Ok(VaultState {
            place: status.place.map(|place| match place {
                KeyPlace::Keychain => VaultPlace::Keychain,
                KeyPlace::Passphrase => VaultPlace::Passphrase,
                KeyPlace::KeyFile => VaultPlace::KeyFile,
                KeyPlace::Memory => VaultPlace::Memory,
            }),
            condition: match status.condition {
                Condition::NotChosen => VaultCondition::NotChosen,
                Condition::Ready => VaultCondition::Ready,
                Condition::Locked => VaultCondition::Locked,
                Condition::KeyLost => VaultCondition::KeyLost,
                Condition::Unavailable => VaultCondition::Unavailable,
            },
            problem: status.problem.as_ref().map(VaultProblemView::of),
            key_file: status.key_file.map(|path| path.display().to_string()),
            sealed: count(sealed),
            held: count(status.held),
            set_aside: count(set_aside.len()),
            set_aside_passphrase,
        })
    }

    fn vault_is_closed(&self) -> bool {
        !matches!(self.vault.status().condition, Condition::Ready | Condition::NotChosen)
    }

    fn named_secrets(&self) -> HashSet<SecretId> {
        let table = self.endpoints.load();
        table.iter().flat_map(|ready| ready.endpoint.vault_ids()).collect()
    }
}

fn choice_of(input: VaultInput) -> Result<Choice, CommandError> {
    Ok(match input {
        VaultInput::Keychain => Choice::Keychain,
        VaultInput::Passphrase { passphrase } => {
            Choice::Passphrase(Passphrase::new(passphrase).map_err(problem_error)?)
        }
        VaultInput::KeyFile => Choice::KeyFile,
        VaultInput::Memory => Choice::Memory,
    })
}

/// What hosts see of a problem: the code says what they can do about it.
#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
pub(crate) fn problem_error(problem: VaultProblem) -> CommandError {
    let code = match &problem {
        VaultProblem::Locked => ErrorCode::VaultLocked,
        VaultProblem::WrongPassphrase => ErrorCode::WrongPassphrase,
        VaultProblem::PassphraseTooShort { .. }
        | VaultProblem::PassphraseTooLong { .. }
        | VaultProblem::NothingLost => ErrorCode::InvalidInput,
        _ => ErrorCode::VaultUnavailable,
    };
    CommandError::new(code, problem.to_string())
}

/// What hosts see when a value cannot be kept.
pub(crate) fn value_error(error: VaultError) -> CommandError {
    match error {
        VaultError::Closed { problem } => problem_error(problem),
        other => CommandError::new(ErrorCode::VaultUnavailable, other.to_string()),
    }
}

/// Counts for people stay far below four billion.
fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
