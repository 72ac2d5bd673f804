//! All providers, ready to be asked.

use std::{collections::HashMap, sync::LazyLock};

use crate::{
    Message, Provider, RecipeError, Recognition,
    recipe_error::{duplicate_id, read_recipe},
    recognise::ClueIndex,
};

/// The files of `providers/`, name and text, as the build script found them.
const BUILT_IN_FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/providers.rs"));

/// A set of providers. Immutable; look-ups need no lock.
#[derive(Debug)]
pub struct Registry {
    /// Sorted by name, without regard to case.
    providers: Vec<Provider>,
    by_id: HashMap<String, usize>,
    clues: ClueIndex,
}

impl Registry {
    /// The providers this version comes with.
    ///
    /// # Panics
    /// Never in a build whose tests passed: they load every file.
    pub fn built_in() -> &'static Self {
        static BUILT_IN: LazyLock<Registry> = LazyLock::new(|| match Registry::load(BUILT_IN_FILES) {
            Ok(registry) => registry,
            #[expect(clippy::panic, reason = "the files are part of the binary; a test loads them all")]
            Err(error) => panic!("a built-in provider file is broken: {error}"),
        });
        &BUILT_IN
    }

    /// Reads providers from files, given as file name (such as `stripe.toml`) and text.
    ///
    /// # Errors
    /// The first problem found, with file, line and field.
    pub fn load(files: &[(&str, &str)]) -> Result<Self, RecipeError> {
        let mut providers = Vec::with_capacity(files.len());
        let mut by_id = HashMap::with_capacity(files.len());
        for (file, text) in files {
            let recipe = read_recipe(file, text)?;
            if by_id.insert(recipe.id.get_ref().0.clone(), 0).is_some() {
                return Err(duplicate_id(file, text, &recipe));
            }
            providers.push(Provider::new(recipe));
        }
        providers.sort_by_cached_key(|provider| (provider.name().to_lowercase(), provider.id().clone()));
        for (at, provider) in providers.iter().enumerate() {
            by_id.insert(provider.id().0.clone(), at);
        }
        let clues = ClueIndex::new(&providers);
        Ok(Self { providers, by_id, clues })
    }

    /// The provider of this id.
    pub fn get(&self, id: &str) -> Option<&Provider> {
        self.by_id.get(id).map(|&at| &self.providers[at])
    }

    /// All providers, sorted by name.
    pub fn providers(&self) -> impl Iterator<Item = &Provider> {
        self.providers.iter()
    }

    /// The provider a request most likely comes from, with the reasons. Looks at what is in the request alone;
    /// a guess for a title, never a statement about who sent it.
    pub fn recognise(&self, message: &Message<'_>) -> Option<Recognition<'_>> {
        self.clues.recognise(&self.providers, message)
    }
}
