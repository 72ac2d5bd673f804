//! What the user writes about captures, and deleting them with a way back.

use hookglass_model::CaptureId;

use crate::{
    CommandError, Workbench,
    view::{CaptureNotes, LabelCount, Notice},
};

/// Longest note, in characters.
const NOTE_CHARS_MAX: usize = 10_000;

/// Longest label, in characters: it has to fit into a row of the list.
const LABEL_CHARS_MAX: usize = 40;

/// Most captures of one call: a selection, not a whole inbox.
const SELECTION_MAX: usize = 10_000;

impl Workbench {
    /// The note and the labels of a capture.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn capture_notes(&self, id: CaptureId) -> Result<CaptureNotes, CommandError> {
        let (note, labels) = self.store.annotations(id).await?;
        Ok(CaptureNotes { note: note.unwrap_or_default(), labels })
    }

    /// Sets the note of a capture; an empty one takes it away.
    ///
    /// # Errors
    /// `invalid_input` when it is too long; when the capture is gone or the store cannot be written.
    pub async fn set_note(&self, id: CaptureId, note: String) -> Result<CaptureNotes, CommandError> {
        if note.chars().count() > NOTE_CHARS_MAX {
            return Err(CommandError::invalid(format!("note: write at most {NOTE_CHARS_MAX} characters.")));
        }
        let note = if note.trim().is_empty() { String::new() } else { note };
        if !self.store.set_note(id, note).await? {
            return Err(CommandError::not_found("capture"));
        }
        self.notices.tell(Notice::Duplicates);
        self.capture_notes(id).await
    }

    /// Puts a label on captures, or takes it off.
    ///
    /// # Errors
    /// `invalid_input` when it is no short word; when the store cannot be written.
    pub async fn set_label(&self, ids: Vec<CaptureId>, label: String, on: bool) -> Result<(), CommandError> {
        check_selection(&ids)?;
        let label = label.trim().to_owned();
        let fits = !label.is_empty() && label.chars().count() <= LABEL_CHARS_MAX;
        if !fits || label.chars().any(|c| c.is_control() || c == '"') {
            return Err(CommandError::invalid(format!(
                "label: write 1 to {LABEL_CHARS_MAX} characters, without quotes and line breaks."
            )));
        }
        self.store.set_label(ids, label, on).await?;
        self.notices.tell(Notice::Duplicates);
        Ok(())
    }

    /// Every label with the number of captures that have it, the commonest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn labels(&self) -> Result<Vec<LabelCount>, CommandError> {
        let labels = self.store.labels().await?;
        Ok(labels.into_iter().map(|(label, captures)| LabelCount { label, captures }).collect())
    }

    /// Deletes captures; for ten minutes they can come back. Gives those that were there, for undoing.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn delete_captures(&self, ids: Vec<CaptureId>) -> Result<Vec<CaptureId>, CommandError> {
        check_selection(&ids)?;
        let removed = self.store.remove_captures(ids, self.clock.now()).await?;
        self.tell_total().await?;
        Ok(removed)
    }

    /// Brings deleted captures back; gives how many could.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn undo_delete(&self, ids: Vec<CaptureId>) -> Result<u64, CommandError> {
        check_selection(&ids)?;
        let restored = self.store.restore_captures(ids).await?;
        self.tell_total().await?;
        Ok(restored)
    }

    async fn tell_total(&self) -> Result<(), CommandError> {
        let totals = self.store.totals().await?;
        self.notices.deleted(totals.captures);
        self.notices.tell(Notice::Duplicates);
        Ok(())
    }
}

fn check_selection(ids: &[CaptureId]) -> Result<(), CommandError> {
    if ids.len() > SELECTION_MAX {
        return Err(CommandError::invalid(format!("Choose at most {SELECTION_MAX} captures at a time.")));
    }
    Ok(())
}
