import type {
	AppState,
	BackupView,
	BrokenProvider,
	CaptureDetail,
	CaptureFilter,
	CaptureId,
	CaptureNotes,
	CapturePage,
	CompletionView,
	CountView,
	DeliveryView,
	DoctorView,
	DraftInput,
	DraftView,
	EndpointId,
	EndpointInput,
	EndpointView,
	FrameworkGuide,
	HealthView,
	IntegrityView,
	KeyPairView,
	LabelCount,
	LimitsView,
	ListenerSettings,
	ListenerState,
	Notice,
	Preferences,
	ProviderDetail,
	ProviderId,
	ProviderInfo,
	QueryView,
	RecheckView,
	RejectedPage,
	Remedy,
	RemedyOutcome,
	RetentionRule,
	RetentionView,
	RevealedView,
	SalvageView,
	SampleInput,
	SampleView,
	SavedFilterInput,
	SavedFilterView,
	ScratchInput,
	TlsInput,
	Trial,
	TrialInput,
	VaultInput,
	VaultRestored,
	VaultState,
	ZoomStep,
} from '../bindings';
import type { DecodedBody } from './decodedBody';

/**
 * What the window asks of the program behind it: one method per command.
 * Every promise rejects with a `CommandError` (`{code, message}`).
 */
export interface Backend {
	appState(): Promise<AppState>;
	/** Moves the listener to `address`, e.g. `127.0.0.1:4681`; with the present address it tries again. */
	listenOn(address: string): Promise<ListenerState>;
	/**
	 * One page, newest first, older than `beforeSeq`; null: from the newest. With a query it ends after a quarter of a second
	 * with what was found by then (`end: 'time'`). `invalid_input`: the query cannot be understood.
	 */
	listCaptures(filter: CaptureFilter, beforeSeq: number | null, limit: number): Promise<CapturePage>;
	/** How many captures a query finds, as far as can be told in a tenth of a second. */
	countSearch(query: string): Promise<CountView>;
	/** What a text means as a query, in words and coloured pieces, or what is wrong with it and where. */
	explainSearch(query: string): Promise<QueryView>;
	/** What can stand at the cursor, which is counted as JavaScript counts. */
	completeSearch(query: string, cursor: number): Promise<CompletionView>;
	/** The searches with a name, in order. */
	savedFilters(): Promise<SavedFilterView[]>;
	/** Changes one or adds one at the end; resolves to all of them, as the next two do. */
	saveFilter(input: SavedFilterInput): Promise<SavedFilterView[]>;
	orderFilters(ids: string[]): Promise<SavedFilterView[]>;
	deleteFilter(id: string): Promise<SavedFilterView[]>;
	getCapture(id: CaptureId): Promise<CaptureDetail>;
	/** The body exactly as it came. */
	captureBody(id: CaptureId): Promise<Uint8Array>;
	/** The body with its content-codings undone, within the limits. A newer call ends this one: code `cancelled`. */
	captureDecoded(id: CaptureId): Promise<DecodedBody>;
	/** Ends the decoding that runs, which then rejects with `cancelled`. */
	stopDecoding(): Promise<void>;
	/** The request line and headers exactly as they came. */
	captureHead(id: CaptureId): Promise<Uint8Array>;
	/** The original bytes: the head, then the body as it was framed on the wire. */
	captureWire(id: CaptureId): Promise<Uint8Array>;
	/** Starred captures are kept by retention. */
	setStar(ids: CaptureId[], starred: boolean): Promise<void>;
	captureNotes(id: CaptureId): Promise<CaptureNotes>;
	/** An empty note takes it away. */
	setNote(id: CaptureId, note: string): Promise<CaptureNotes>;
	setLabel(ids: CaptureId[], label: string, on: boolean): Promise<void>;
	/** Every label in use, the commonest first. */
	labels(): Promise<LabelCount[]>;
	/** For ten minutes they can come back. Resolves to those that were there. */
	deleteCaptures(ids: CaptureId[]): Promise<CaptureId[]>;
	/** Resolves to how many came back. */
	undoDelete(ids: CaptureId[]): Promise<number>;
	/** Requests that never became a capture, newest first, older than `beforeId`; null: from the newest. */
	listRejected(beforeId: number | null, limit: number): Promise<RejectedPage>;
	clearRejected(): Promise<void>;
	listenerSettings(): Promise<ListenerSettings>;
	/** In force at once; `invalid_input` names the field. */
	setLimits(limits: LimitsView): Promise<ListenerSettings>;
	/** Opens, moves or closes the TLS port. */
	setTls(input: TlsInput): Promise<ListenerSettings>;
	/** Asks for a PEM file; resolves to its path, or null when the person cancelled. */
	choosePemFile(): Promise<string | null>;
	/** Asks where to; resolves to the path written, or null when the person cancelled. The key never leaves. */
	exportCertificate(): Promise<string | null>;
	health(): Promise<HealthView>;
	/** Sends a request through each port now. */
	checkListener(): Promise<HealthView>;
	retention(): Promise<RetentionView>;
	/** `endpoint` null: for all endpoints without a rule of their own; a rule without limits keeps everything. */
	setRetention(endpoint: EndpointId | null, rule: RetentionRule): Promise<RetentionView>;
	/** Takes the rule of an endpoint away: the one for all holds for it again. */
	clearRetention(endpoint: EndpointId): Promise<RetentionView>;
	/** May take minutes; `cancelStorageWork` ends it with code `cancelled`. */
	checkIntegrity(): Promise<IntegrityView>;
	/** Asks where to; resolves to null when the person cancelled the dialog. */
	backUp(): Promise<BackupView | null>;
	/** Ends the check, the backup or the salvage that runs. */
	cancelStorageWork(): Promise<void>;
	/** Reads what can be read out of the database that was set aside. */
	salvage(): Promise<SalvageView>;
	/** The file stays where it is; it is not told of any more. */
	forgetSetAside(): Promise<void>;
	listProviders(): Promise<ProviderInfo[]>;
	providerDetail(id: ProviderId): Promise<ProviderDetail>;
	/** Recipes of the person's own that cannot be used, and why. */
	brokenProviders(): Promise<BrokenProvider[]>;
	/** What a new recipe begins with; null: the commented example. */
	providerDraft(copyOf: ProviderId | null): Promise<string>;
	/** What a recipe may say, in Markdown. */
	recipeGuide(): Promise<string>;
	/** Reads a recipe and checks a capture with it. Nothing is kept. */
	tryProvider(input: TrialInput): Promise<Trial>;
	/** `replaces`: the provider it is an edition of; null: a new one. */
	saveProvider(recipeText: string, replaces: ProviderId | null): Promise<ProviderInfo>;
	/** Rejects while an endpoint uses it. */
	deleteProvider(id: ProviderId): Promise<void>;
	/** Reads the folder of recipes afresh. */
	reloadProviders(): Promise<void>;
	listEndpoints(): Promise<EndpointView[]>;
	saveEndpoint(input: EndpointInput): Promise<EndpointView>;
	deleteEndpoint(id: EndpointId): Promise<void>;
	/** Makes a test key pair: the private half becomes a secret of the endpoint. */
	generateKeyPair(endpoint: EndpointId): Promise<KeyPairView>;
	/** Adds the secret that a captured handshake brings to the endpoint that took it. */
	useOfferedSecret(capture: CaptureId): Promise<EndpointView>;
	/** Asks for a key file; resolves to its text, or null when the person cancelled. */
	chooseKeyFile(): Promise<string | null>;
	openDraft(capture: CaptureId): Promise<DraftView>;
	/** Resolves once the first attempt is recorded as started. */
	sendDraft(draft: DraftInput): Promise<DeliveryView>;
	/** Sends the captured bytes again, signed afresh when a secret is known. */
	resendCapture(id: CaptureId, targetUrl: string): Promise<DeliveryView>;
	/** Newest first; `parent` null: of every capture. */
	listDeliveries(parent: CaptureId | null, limit: number): Promise<DeliveryView[]>;
	/** Empty when there are none. */
	sampleList(provider: ProviderId): Promise<SampleView[]>;
	/** Sends a sample event signed with a secret of the endpoint; resolves once the attempt is recorded as started. */
	sampleSend(input: SampleInput): Promise<DeliveryView>;
	/** Looks for the cause of a signature that does not hold. A newer search ends this one: code `cancelled`. */
	diagnoseCapture(id: CaptureId): Promise<DoctorView>;
	/** The same for a request that was pasted. Nothing of it is kept. */
	diagnosePasted(input: ScratchInput): Promise<DoctorView>;
	/** Ends the running search, which then rejects with `cancelled`. */
	stopDiagnosis(): Promise<void>;
	/** The expected signatures in full; only for a click that asks for them. */
	revealSignatures(id: CaptureId): Promise<RevealedView[]>;
	/** Does what a finding offers and judges the capture again. */
	applyRemedy(id: CaptureId, remedy: Remedy): Promise<RemedyOutcome>;
	/** Judges every capture of the endpoint with the same cause again. */
	recheckAlike(id: CaptureId): Promise<RecheckView>;
	/** A draft whose body is as it was signed. */
	openRestored(id: CaptureId): Promise<DraftView>;
	/** How each framework hands over the body as it arrived. */
	frameworkGuides(): Promise<FrameworkGuide[]>;
	copyText(text: string): Promise<void>;
	/** Puts a link that opens the capture in this window on the clipboard and returns it. */
	copyLink(id: CaptureId): Promise<string>;
	/** Puts the command on the clipboard and returns it. */
	copyAsCurl(id: CaptureId): Promise<string>;
	/** Asks where to; resolves to the path, or null when the person cancelled. */
	exportHar(ids: CaptureId[]): Promise<string | null>;
	getPreferences(): Promise<Preferences>;
	setPreferences(preferences: Preferences): Promise<Preferences>;
	vaultState(): Promise<VaultState>;
	/** Moves every secret, or changes nothing. */
	vaultChoose(to: VaultInput): Promise<VaultState>;
	/** Takes a moment on purpose. */
	vaultUnlock(passphrase: string): Promise<VaultState>;
	vaultLock(): Promise<VaultState>;
	vaultChangePassphrase(present: string, next: string): Promise<VaultState>;
	/** Sets secrets aside whose key is lost. */
	vaultStartNew(to: VaultInput): Promise<VaultState>;
	/** Looks for the key again where it should be. */
	vaultRetry(): Promise<VaultState>;
	/** Brings set-aside secrets back, as far as their key is back; `passphrase`: the old one. */
	vaultRestore(passphrase: string | null): Promise<VaultRestored>;
	/** The page is laid out: the window may be shown. */
	windowReady(): Promise<void>;
	/** The shown page has painted. */
	windowPainted(): Promise<void>;
	/** Tells the tray whether the list stands still. */
	displayPaused(paused: boolean): Promise<void>;
	/** Shows the page larger or smaller; resolves to its size in percent. Kept on this computer. */
	zoom(step: ZoomStep): Promise<number>;
	/** Calls back for every notice until the returned function is called. */
	subscribe(callback: (notice: Notice) => void): Promise<() => void>;
}
