//! Reading a recipe's text, and saying precisely what is wrong with it.

use thiserror::Error;

use crate::recipe::Recipe;

/// Largest recipe that is read. Those built in have 1 to 2 kB; the bound keeps a hostile file from
/// costing time.
const RECIPE_MAX_BYTES: usize = 64 * 1024;

/// Most opening brackets and braces of a recipe, wherever they stand. Those built in have up to 34. Within inline tables
/// with faults in them the toml crate (1.2.1) descends without a bound; unoptimised, some 800 overflow a stack of 2 MiB.
const RECIPE_MAX_BRACKETS: usize = 256;

/// Longest field path and longest description of a problem, in bytes. Both quote what stands in the file; a screen
/// shows some 400 bytes, and the end of a description says what was expected.
const QUOTED_MAX_BYTES: usize = 400;

/// Why a provider's file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}:{line}: {}{problem}", if field.is_empty() { String::new() } else { format!("{field}: ") })]
pub struct RecipeError {
    /// The file's name as it was given.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The field's path, for example `signature.encoding`; empty when the text is not TOML.
    pub field: String,
    /// What is wrong and what was expected.
    pub problem: String,
}

impl RecipeError {
    fn at(file: &str, text: &str, offset: usize, field: &str, problem: impl Into<String>) -> Self {
        let before = &text.as_bytes()[..offset.min(text.len())];
        let line = before.split(|&byte| byte == b'\n').count();
        Self {
            file: file.to_owned(),
            line: u32::try_from(line).unwrap_or(u32::MAX),
            field: shortened(field),
            problem: shortened(&problem.into()),
        }
    }
}

/// Longest id of a recipe of the user's own. It is a file's name, and most file systems take 255 bytes.
const CUSTOM_ID_MAX_CHARS: usize = 64;

/// Longest name, summary and hint of a recipe of the user's own. Those built in have up to 80 characters.
const SHOWN_TEXT_MAX_CHARS: usize = 160;

/// The name that errors give to a recipe that is in no file yet.
pub(crate) const UNSAVED_FILE: &str = "recipe.toml";

/// Reads one recipe and checks it as a whole.
pub(crate) fn read_recipe(file: &str, text: &str) -> Result<Recipe, RecipeError> {
    let recipe = parse(file, text)?;
    if file.strip_suffix(".toml") != Some(recipe.id.get_ref().as_str()) {
        let problem = format!("must be the file's name without .toml, and it is {:?}", recipe.id.get_ref().as_str());
        return Err(RecipeError::at(file, text, recipe.id.span().start, "id", problem));
    }
    Ok(recipe)
}

/// Reads a recipe of the user's own. Its id becomes a file's name, so only what every file system takes may stand in it.
pub(crate) fn read_custom_recipe(file: Option<&str>, text: &str) -> Result<Recipe, RecipeError> {
    let recipe = match file {
        Some(file) => read_recipe(file, text)?,
        None => parse(UNSAVED_FILE, text)?,
    };
    let id = recipe.id.get_ref().as_str();
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if id.is_empty() || id.len() > CUSTOM_ID_MAX_CHARS || !id.chars().all(fits) || id.starts_with('-') {
        let problem = format!("has 1 to {CUSTOM_ID_MAX_CHARS} of a-z, 0-9 and -, and begins with a letter or digit");
        return Err(RecipeError::at(file.unwrap_or(UNSAVED_FILE), text, recipe.id.span().start, "id", problem));
    }
    for (field, shown) in
        [("name", &recipe.name), ("summary", &recipe.summary), ("secret.hint", &recipe.secret.get_ref().hint)]
    {
        if let Some(problem) = unshowable(shown) {
            let offset = offset_of(text, field.rsplit('.').next().unwrap_or(field));
            return Err(RecipeError::at(file.unwrap_or(UNSAVED_FILE), text, offset, field, problem));
        }
    }
    Ok(recipe)
}

/// Why a text cannot stand in one line of a list. Recipes are shared, so it may be a stranger's.
fn unshowable(text: &str) -> Option<String> {
    // Bidirectional controls (UAX #9, table 1) turn round what stands beside them.
    let acts = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if text.trim().is_empty() {
        Some("is empty; lists show it".to_owned())
    } else if text.chars().count() > SHOWN_TEXT_MAX_CHARS {
        Some(format!("has {} characters, and at most {SHOWN_TEXT_MAX_CHARS} fit", text.chars().count()))
    } else if text.contains(acts) {
        Some("has control characters or characters that change the direction of the text".to_owned())
    } else {
        None
    }
}

/// Where the line of a field begins; the start of the text when it is written in another way.
fn offset_of(text: &str, field: &str) -> usize {
    let names_it =
        |line: &str| line.trim_start().strip_prefix(field).is_some_and(|rest| rest.trim_start().starts_with('='));
    let line = text.split_inclusive('\n').find(|line| names_it(line));
    line.map_or(0, |line| line.as_ptr().addr() - text.as_ptr().addr())
}

fn parse(file: &str, text: &str) -> Result<Recipe, RecipeError> {
    if text.len() > RECIPE_MAX_BYTES {
        let problem = format!("the file has {} bytes, a recipe at most {RECIPE_MAX_BYTES}", text.len());
        return Err(RecipeError::at(file, text, 0, "", problem));
    }
    let mut brackets = text.bytes().enumerate().filter(|(_, byte)| matches!(byte, b'[' | b'{'));
    if let Some((offset, _)) = brackets.nth(RECIPE_MAX_BRACKETS) {
        let problem = format!("the file opens more than {RECIPE_MAX_BRACKETS} brackets and braces");
        return Err(RecipeError::at(file, text, offset, "", problem));
    }
    let toml_error = |field: &str, error: &toml::de::Error| {
        let offset = error.span().map_or(0, |span| span.start);
        RecipeError::at(file, text, offset, field, error.message())
    };
    let document = toml::Deserializer::parse(text).map_err(|error| toml_error("", &error))?;
    let recipe: Recipe = serde_path_to_error::deserialize(document).map_err(|error| {
        // Fields whose place in the file is kept have this inner name of toml's in their path.
        let path = error.path().to_string().replace(".$__serde_spanned_private_value", "");
        let message = error.inner().message();
        toml_error(&field_path(&path, message), error.inner())
    })?;
    if let Some(conflict) = recipe.conflict() {
        return Err(RecipeError::at(file, text, conflict.offset, conflict.field, conflict.problem));
    }
    Ok(recipe)
}

/// The error of a recipe of the user's own with the id of a built-in one.
pub(crate) fn taken_id(file: &str, text: &str, recipe: &Recipe) -> RecipeError {
    let problem = "a provider that Hookglass comes with has this id; choose another";
    RecipeError::at(file, text, recipe.id.span().start, "id", problem)
}

/// The error of a second recipe with an id that another file already has.
pub(crate) fn duplicate_id(file: &str, text: &str, recipe: &Recipe) -> RecipeError {
    RecipeError::at(file, text, recipe.id.span().start, "id", "another file already has this id")
}

/// A missing or unknown field is reported at the table around it; its own name stands in the message only.
fn field_path(path: &str, message: &str) -> String {
    let parent = if path == "." { "" } else { path };
    let named = ["missing field `", "unknown field `"].iter().find_map(|start| message.strip_prefix(start));
    match named.and_then(|rest| rest.split_once('`')) {
        None => parent.to_owned(),
        Some((name, _)) if parent.is_empty() => name.to_owned(),
        Some((name, _)) if parent.rsplit('.').next() == Some(name) => parent.to_owned(),
        Some((name, _)) => format!("{parent}.{name}"),
    }
}

/// A long text without its middle.
fn shortened(text: &str) -> String {
    if text.len() <= QUOTED_MAX_BYTES {
        return text.to_owned();
    }
    let half = QUOTED_MAX_BYTES / 2;
    let boundary = |from: usize| (from..text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len());
    format!("{}…{}", &text[..boundary(half)], &text[boundary(text.len() - half)..])
}
