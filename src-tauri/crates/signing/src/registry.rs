//! All providers, ready to be asked.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use hookglass_model::ProviderId;

use crate::{
    Message, Provider, RecipeError, Recognition,
    recipe_error::{UNSAVED_FILE, duplicate_id, read_custom_recipe, read_recipe, taken_id},
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
        static BUILT_IN: LazyLock<Registry> = LazyLock::new(|| match Registry::read(built_in_files()) {
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
        Self::read(files.iter().map(|(file, text)| (*file, Cow::Owned((*text).to_owned()))))
    }

    /// The built-in providers of this registry and beside them those of the user's own files, given as file name and
    /// text. A file that cannot be used takes no other away; why it cannot be used comes back, in the files' order.
    pub fn with_custom(&self, files: &[(&str, &str)]) -> (Self, Vec<RecipeError>) {
        let mut providers: Vec<_> = self.providers.iter().filter(|provider| !provider.is_custom()).cloned().collect();
        let mut custom: Vec<Provider> = Vec::with_capacity(files.len());
        let mut errors = Vec::new();
        for (file, text) in files {
            let recipe = match read_custom_recipe(Some(file), text) {
                Ok(recipe) => recipe,
                Err(error) => {
                    errors.push(error);
                    continue;
                }
            };
            let id = recipe.id.get_ref();
            if self.get(id.as_str()).is_some_and(|provider| !provider.is_custom()) {
                errors.push(taken_id(file, text, &recipe));
            } else if custom.iter().any(|provider| provider.id() == id) {
                errors.push(duplicate_id(file, text, &recipe));
            } else {
                custom.push(Provider::new(recipe, Cow::Owned((*text).to_owned()), true));
            }
        }
        providers.append(&mut custom);
        (Self::of(providers), errors)
    }

    /// Reads a recipe of the user's own while it is written, before it is in a file. `replaces` is the id of the custom
    /// provider that it is an edition of; every other id in use is refused.
    ///
    /// # Errors
    /// The first problem found, with line and field.
    pub fn read_custom(&self, text: &str, replaces: Option<&ProviderId>) -> Result<Provider, RecipeError> {
        let recipe = read_custom_recipe(None, text)?;
        let id = recipe.id.get_ref();
        match self.get(id.as_str()) {
            Some(provider) if !provider.is_custom() => Err(taken_id(UNSAVED_FILE, text, &recipe)),
            Some(_) if replaces != Some(id) => Err(duplicate_id(UNSAVED_FILE, text, &recipe)),
            Some(_) | None => Ok(Provider::new(recipe, Cow::Owned(text.to_owned()), true)),
        }
    }

    fn read<'a>(files: impl Iterator<Item = (&'a str, Cow<'static, str>)>) -> Result<Self, RecipeError> {
        let mut providers: Vec<Provider> = Vec::with_capacity(files.size_hint().0);
        let mut ids = HashSet::new();
        for (file, text) in files {
            let recipe = read_recipe(file, &text)?;
            if !ids.insert(recipe.id.get_ref().clone()) {
                return Err(duplicate_id(file, &text, &recipe));
            }
            providers.push(Provider::new(recipe, text, false));
        }
        Ok(Self::of(providers))
    }

    fn of(mut providers: Vec<Provider>) -> Self {
        providers.sort_by_cached_key(|provider| (provider.name().to_lowercase(), provider.id().clone()));
        let by_id = providers.iter().enumerate().map(|(at, provider)| (provider.id().0.clone(), at)).collect();
        let clues = ClueIndex::new(&providers);
        Self { providers, by_id, clues }
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

/// The files of this version; their texts stay where they are in the binary.
fn built_in_files() -> impl Iterator<Item = (&'static str, Cow<'static, str>)> {
    BUILT_IN_FILES.iter().map(|(file, text)| (*file, Cow::Borrowed(*text)))
}
