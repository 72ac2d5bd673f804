//! The user's own providers: made, changed and removed while requests come in.

use hookglass_model::ProviderId;
use toml_edit::DocumentMut;

use crate::{
    CommandError, ErrorCode, KnownProviders, Workbench, provider_files,
    view::{BrokenProvider, Notice, ProviderDetail, ProviderInfo, RecipeProblem},
    workbench::blocking,
};

/// What a new recipe begins with.
const NEW_RECIPE: &str = include_str!("new_recipe.toml");

/// What is put behind the id of a copy.
const COPY_SUFFIX: &str = "mine";

/// Copies of one provider that get a free id by themselves; more than the folder may hold files.
const MOST_COPIES: u32 = 1000;

impl Workbench {
    /// Every provider by name.
    pub fn list_providers(&self) -> Vec<ProviderInfo> {
        self.known_providers().infos()
    }

    /// One provider with everything its recipe says and the endpoints that use it.
    ///
    /// # Errors
    /// When there is none with this id.
    pub fn provider_detail(&self, id: &ProviderId) -> Result<ProviderDetail, CommandError> {
        let detail = self.known_providers().detail(id.as_str())?;
        Ok(ProviderDetail { used_by: self.endpoints_using(id), ..detail })
    }

    /// The user's own recipes that cannot be used, and why.
    pub fn broken_providers(&self) -> Vec<BrokenProvider> {
        self.broken_providers.load().as_ref().clone()
    }

    /// The text that a new recipe begins with: a commented example, or a copy of a provider's own under a free id.
    ///
    /// # Errors
    /// When there is no provider of this id.
    pub fn provider_draft(&self, copy_of: Option<&ProviderId>) -> Result<String, CommandError> {
        let Some(id) = copy_of else { return Ok(NEW_RECIPE.to_owned()) };
        let providers = self.providers.load();
        let provider = providers.get(id.as_str()).ok_or_else(|| CommandError::not_found("provider"))?;
        let text = provider.recipe_text();
        // Both lines are part of every recipe that was read, so this cannot fail; the plain copy would do, too.
        let Ok(mut recipe) = text.parse::<DocumentMut>() else { return Ok(text.to_owned()) };
        let first = format!("{id}-{COPY_SUFFIX}");
        let numbered = (2..MOST_COPIES).map(|number| format!("{first}-{number}"));
        let free_id = std::iter::once(first.clone())
            .chain(numbered)
            .find(|candidate| providers.get(candidate).is_none())
            .unwrap_or(first);
        replace(&mut recipe, "id", free_id);
        replace(&mut recipe, "name", format!("{} (mine)", provider.name()));
        // Two recipes with the same clues could not be told apart, and neither would be recognised any more.
        if recipe.remove("recognise").is_none() {
            return Ok(recipe.to_string());
        }
        let note = format!("# The clues stay with “{id}”. Add [[recognise]] for what only your sender has.");
        Ok(format!("{}\n\n{note}\n", recipe.to_string().trim_end()))
    }

    /// Stores a recipe as `providers/<id>.toml`. `replaces` is the provider it is an edition of; under another id it
    /// takes that one's place.
    ///
    /// # Errors
    /// `invalid_input` with line and field when the recipe cannot be used, when another provider has its id, or when it
    /// would take away an id that endpoints use.
    pub async fn save_provider(
        &self,
        recipe_text: String,
        replaces: Option<ProviderId>,
    ) -> Result<ProviderInfo, CommandError> {
        let _alone = self.saving_endpoints.lock().await;
        let provider = self
            .providers
            .load()
            .read_custom(&recipe_text, replaces.as_ref())
            .map_err(|error| CommandError::invalid(RecipeProblem::from(error).sentence()))?;
        let id = provider.id().clone();
        let renamed = replaces.filter(|before| *before != id && self.is_custom(before));
        if let Some(before) = &renamed {
            self.refuse_when_used(before, "get another id")?;
        }
        let data_dir = self.store.dir().to_path_buf();
        let new_id = id.clone();
        blocking(move || {
            provider_files::write(&data_dir, new_id.as_str(), &recipe_text)?;
            renamed.map_or(Ok(()), |before| provider_files::remove(&data_dir, before.as_str()))
        })
        .await?
        .map_err(|error| not_written(&error))?;
        self.read_providers().await?;
        Ok(ProviderInfo::of(&provider))
    }

    /// Removes a recipe of the user's own, also one that cannot be used. Captures keep their verdicts.
    ///
    /// # Errors
    /// When there is none, or endpoints use it; the message names them.
    pub async fn delete_provider(&self, id: ProviderId) -> Result<(), CommandError> {
        let _alone = self.saving_endpoints.lock().await;
        let file = format!("{id}.toml");
        // A broken file is known by its name alone; it is one of the folder's own entries, never a path.
        let is_broken = self.broken_providers.load().iter().any(|one| one.problem.file == file);
        if !is_broken && !self.is_custom(&id) {
            return Err(match self.providers.load().get(id.as_str()) {
                Some(_) => CommandError::invalid("A provider that comes with Hookglass stays. Change a copy of it."),
                None => CommandError::not_found("provider"),
            });
        }
        if self.is_custom(&id) {
            self.refuse_when_used(&id, "be deleted")?;
        }
        let data_dir = self.store.dir().to_path_buf();
        blocking(move || provider_files::remove(&data_dir, id.as_str())).await?.map_err(|error| not_written(&error))?;
        self.read_providers().await
    }

    /// Reads the folder afresh, for files that were put there by hand.
    ///
    /// # Errors
    /// Only when the application is coming down.
    pub async fn reload_providers(&self) -> Result<(), CommandError> {
        let _alone = self.saving_endpoints.lock().await;
        self.read_providers().await
    }

    async fn read_providers(&self) -> Result<(), CommandError> {
        let data_dir = self.store.dir().to_path_buf();
        let known = blocking(move || KnownProviders::read(&data_dir)).await?;
        self.providers.store(known.registry);
        self.broken_providers.store(known.broken.into());
        self.notices.tell(Notice::Providers);
        Ok(())
    }

    fn known_providers(&self) -> KnownProviders {
        KnownProviders { registry: self.providers.load_full(), broken: self.broken_providers() }
    }

    fn is_custom(&self, id: &ProviderId) -> bool {
        self.providers.load().get(id.as_str()).is_some_and(hookglass_signing::Provider::is_custom)
    }

    fn endpoints_using(&self, id: &ProviderId) -> Vec<String> {
        let table = self.endpoints.load();
        let using = table.iter().filter(|ready| ready.endpoint.provider.as_ref() == Some(id));
        using.map(|ready| ready.endpoint.slug.to_string()).collect()
    }

    /// `what` completes “it cannot …”.
    fn refuse_when_used(&self, id: &ProviderId, what: &str) -> Result<(), CommandError> {
        let users = self.endpoints_using(id);
        match users.as_slice() {
            [] => Ok(()),
            [one] => Err(CommandError::invalid(format!(
                "“{id}” cannot {what} while the endpoint “{one}” uses it. Give that endpoint another provider first."
            ))),
            several => Err(CommandError::invalid(format!(
                "“{id}” cannot {what} while {} endpoints use it: {}. Give them another provider first.",
                several.len(),
                several.join(", ")
            ))),
        }
    }
}

/// Sets a text of the document and leaves the space and the comment beside it as they are.
fn replace(recipe: &mut DocumentMut, key: &str, text: String) {
    let Some(value) = recipe.get_mut(key).and_then(toml_edit::Item::as_value_mut) else { return };
    let decor = value.decor().clone();
    *value = text.into();
    *value.decor_mut() = decor;
}

fn not_written(error: &std::io::Error) -> CommandError {
    CommandError::new(
        ErrorCode::StoreUnavailable,
        format!("The recipe's file could not be written: {error}. Nothing has changed."),
    )
}
