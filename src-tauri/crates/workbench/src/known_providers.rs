//! Every provider there is: those that come with Hookglass and the user's own.

use std::{path::Path, sync::Arc};

use hookglass_signing::{Provider, Registry};

use crate::{
    CommandError, provider_files,
    view::{BrokenProvider, ProviderDetail, ProviderInfo, RetryView, SampleView, fact_views},
};

/// The providers of a data directory at one moment.
#[derive(Clone, Debug)]
pub struct KnownProviders {
    pub(crate) registry: Arc<Registry>,
    pub(crate) broken: Vec<BrokenProvider>,
}

impl KnownProviders {
    /// Those that come with Hookglass, and beside them the recipes in the folder `providers` of a data directory. The
    /// directory need not exist.
    pub fn read(data_dir: &Path) -> Self {
        let mut broken = Vec::new();
        let mut files = Vec::new();
        for (name, text) in provider_files::read_all(data_dir) {
            match text {
                Ok(text) => files.push((name, text)),
                Err(problem) => broken.push(BrokenProvider { problem, recipe_text: None }),
            }
        }
        let texts: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let (registry, errors) = Registry::built_in().with_custom(&texts);
        broken.extend(errors.into_iter().map(|error| BrokenProvider {
            recipe_text: files.iter().find(|(name, _)| *name == error.file).map(|(_, text)| text.clone()),
            problem: error.into(),
        }));
        for one in &broken {
            tracing::warn!(problem = %one.problem.sentence(), "a recipe of the user's own cannot be used");
        }
        Self { registry: Arc::new(registry), broken }
    }

    /// What lists show of every provider, by name.
    pub fn infos(&self) -> Vec<ProviderInfo> {
        self.registry.providers().map(ProviderInfo::of).collect()
    }

    /// Everything about one provider. It does not tell which endpoints use it.
    ///
    /// # Errors
    /// When there is none with this id; the message names near ones.
    pub fn detail(&self, id: &str) -> Result<ProviderDetail, CommandError> {
        let provider = self.find(id)?;
        Ok(ProviderDetail {
            info: ProviderInfo::of(provider),
            facts: fact_views(provider),
            recipe_text: provider.recipe_text().to_owned(),
            used_by: Vec::new(),
            samples: provider.samples().iter().map(SampleView::of).collect(),
            retry: provider.retry_schedule().map(RetryView::of),
            handshakes: provider.handshake_names().map(ToOwned::to_owned).collect(),
        })
    }

    /// The user's own recipes that cannot be used, and why.
    pub fn broken(&self) -> &[BrokenProvider] {
        &self.broken
    }

    pub(crate) fn find(&self, id: &str) -> Result<&Provider, CommandError> {
        self.registry.get(id).ok_or_else(|| {
            let file = format!("{id}.toml");
            if let Some(broken) = self.broken.iter().find(|one| one.problem.file == file) {
                return CommandError::invalid(format!("The recipe cannot be used. {}", broken.problem.sentence()));
            }
            let wanted = id.to_ascii_lowercase();
            let near: Vec<_> = self
                .registry
                .providers()
                .map(|provider| provider.id().as_str())
                .filter(|known| !wanted.is_empty() && (known.contains(&wanted) || wanted.contains(known)))
                .collect();
            let hint = if near.is_empty() { String::new() } else { format!(" Did you mean {}?", near.join(", ")) };
            CommandError::invalid(format!(
                "There is no provider called “{id}”.{hint} `hookglass providers list` prints them all."
            ))
        })
    }
}
