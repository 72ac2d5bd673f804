//! What hosts show: the shapes that cross to a window or a terminal. Lists never carry bodies, and nothing
//! here ever holds the value of a secret.

mod app;
mod capture;
mod catalogue;
mod decoded;
mod delivery;
mod doctor;
mod draft;
mod endpoint;
mod handshake;
mod health;
mod listener;
mod provider;
mod rejected;
mod search;
mod storage;
mod vault;

pub use app::{AppState, ListenerState, Notice};
pub use capture::{
    CaptureDetail, CaptureFilter, CapturePage, CaptureRow, ChunkedLayout, DuplicateView, FamilyMember, FlagView,
    HeaderView, ReceivedView, SignatureView, SignedPartView,
};
pub use catalogue::{RetryView, SampleDraftView, SampleInput, SampleTarget, SampleView};
pub use decoded::{CharsetSource, CharsetView, DecodedNote, DecodedNoteKind, DecodedView};
pub use delivery::{AttemptView, DeliveryView};
pub use doctor::{
    BytesPartView, BytesRunKind, BytesRunView, ComputedView, DoctorView, RecheckView, RemedyOutcome, RevealedView,
    ScratchInput,
};
pub use draft::{DraftInput, DraftResignView, DraftView, HeaderInput, SecretChoice};
pub use endpoint::{
    EndpointInput, EndpointView, KeyPairView, SecretInput, SecretState, SecretView, SetupTextInput, SetupTextView,
};
pub use handshake::{HandshakeView, OfferedSecretView};
pub use health::{HealthView, ProbeView};
pub use listener::{LimitsView, ListenerSettings, OwnCertificate, TlsInput, TlsView};
pub(crate) use provider::fact_views;
pub use provider::{
    BrokenProvider, EvidenceView, KeyKindView, ProviderDetail, ProviderInfo, RecipeProblem, SchemeFactView, Trial,
    TrialInput, TrialVerdict,
};
pub use rejected::{RejectedPage, RejectedRow};
pub use search::{
    CaptureNotes, CompletionItem, CompletionView, CountView, LabelCount, QueryProblem, QueryToken, QueryTokenKind,
    QueryView, SavedFilterInput, SavedFilterView, SearchEnd,
};
pub use storage::{
    BackupView, EndpointRetention, IntegrityView, RetentionRule, RetentionRun, RetentionView, SalvageView, SetAsideView,
};
pub use vault::{VaultCondition, VaultInput, VaultPlace, VaultProblemView, VaultRestored, VaultState};
