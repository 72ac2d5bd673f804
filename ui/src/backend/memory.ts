import type {
	AppState,
	AttemptView,
	BrokenProvider,
	CaptureDetail,
	CaptureFilter,
	CaptureId,
	CapturePage,
	CaptureRow,
	CommandError,
	DecodedView,
	DeliveryView,
	DoctorView,
	DraftInput,
	DraftView,
	EndpointInput,
	EndpointView,
	FrameworkGuide,
	KeyPairView,
	ListenerState,
	Notice,
	Preferences,
	ProviderDetail,
	ProviderId,
	ProviderInfo,
	RecheckView,
	Remedy,
	RemedyOutcome,
	RevealedView,
	SampleInput,
	SampleView,
	ScratchInput,
	Trial,
	TrialInput,
	VaultInput,
	VaultRestored,
	VaultState,
} from '../bindings';
import type { Backend } from './backend';
import type { DecodedBody } from './decodedBody';
import { bodyDigest, captureRow, charsetView, commandError, decodedView, endpointView, secretView, vaultState } from './examples';
import { MemoryDoctor } from './memoryDoctor';
import { MemoryListening } from './memoryListening';
import { MemoryNotes } from './memoryNotes';
import { MemorySearch } from './memorySearch';
import { MemoryStorage } from './memoryStorage';

export { captureRow, commandError, endpointView, secretView, vaultState };

/** A capture with the parts the list does not carry. */
export interface MemoryCapture {
	row: CaptureRow;
	detail?: Partial<Omit<CaptureDetail, 'row'>>;
	body?: Uint8Array;
	head?: Uint8Array;
	/** What its content-codings come to; without it, the body as it is. */
	decoded?: { bytes: Uint8Array; view?: Partial<DecodedView> };
	/** The body as framed on the wire; without it, the body as it is. */
	framed?: Uint8Array;
}

const LISTENING: ListenerState = { state: 'listening', address: '127.0.0.1:4665', url: 'http://127.0.0.1:4665' };

/** The whole back end in memory, for tests. It keeps the contract of the commands, not their speed. */
export class MemoryBackend implements Backend {
	captures: MemoryCapture[] = [];
	providers: ProviderInfo[] = [];
	/** Recipes by provider; one without stands for a short one. */
	recipes = new Map<ProviderId, string>();
	broken: BrokenProvider[] = [];
	/** What trials come to, beside the recipe's own problems. */
	trial: Partial<Trial> = {};
	/** Trials that were asked for. */
	trials: TrialInput[] = [];
	/** Sample events by provider. */
	samples = new Map<ProviderId, SampleView[]>();
	/** Samples that were asked for. */
	samplesSent: SampleInput[] = [];
	/** What handlers answer to samples; null: they are still thinking. */
	sampleAnswer: number | null = 200;
	endpoints: EndpointView[] = [endpointView({ id: 'default', slug: 'default', built_in: true })];
	deliveries: DeliveryView[] = [];
	preferences: Preferences = { theme: 'system', notify_on: 'invalid', listen: '127.0.0.1:4665', single_keys: true };
	listener: ListenerState = LISTENING;
	state: Pick<AppState, 'vault' | 'store_problem' | 'read_only' | 'data_dir' | 'version' | 'store_bytes'> = {
		version: '0.1.0',
		data_dir: '/home/ada/.local/share/hookglass',
		vault: vaultState({ place: 'keychain' }),
		store_problem: null,
		read_only: null,
		store_bytes: 0,
	};
	/** The passphrase of the vault, while it has one. */
	passphrase: string | null = null;
	/** What was put on the clipboard last. */
	clipboard: string | null = null;
	/** How often a decoding was to be stopped. */
	decodingsStopped = 0;
	/** Ids of the last export. */
	exported: CaptureId[] | null = null;
	/** Pages that were asked for: the filter, the cursor and the limit. */
	pagesRead: { filter: CaptureFilter; beforeSeq: number | null; limit: number }[] = [];
	/** What the file dialog gives; null: the person cancels. */
	keyFile: string | null = null;
	retry: ProviderDetail['retry'] = null;
	readonly doctor = new MemoryDoctor();
	readonly listening = new MemoryListening(() => this.#answer(), (notice) => this.notify(notice));
	readonly search = new MemorySearch(() => this.#answer(), () => this.captures.map(({ row }) => row));
	readonly storage = new MemoryStorage(() => this.#answer(), (notice) => this.notify(notice));
	readonly annotations = new MemoryNotes(() => this.#answer(), this);
	/** Set to make every command fail. */
	failure: CommandError | null = null;
	/** Addresses another program holds. */
	takenAddresses = new Set<string>();
	#subscribers = new Set<(notice: Notice) => void>();
	#nextId = 1;

	/** Stores a capture and says so, as the listener would. */
	receive(row: Partial<CaptureRow> = {}, rest: Omit<MemoryCapture, 'row'> = {}): CaptureRow {
		const full = captureRow({ seq: this.#latestSeq() + 1, ...row });
		this.captures.push({ row: full, ...rest });
		this.endpoints = this.endpoints.map((endpoint) =>
			endpoint.id === full.endpoint
				? {
						...endpoint,
						captures: endpoint.captures + 1,
						invalid: endpoint.invalid + (full.verdict === 'invalid' ? 1 : 0),
					}
				: endpoint,
		);
		this.notify({
			kind: 'captures',
			latest_seq: full.seq,
			total: this.captures.length,
			last_received_at: full.received_at,
		});
		return full;
	}

	notify(notice: Notice): void {
		for (const subscriber of this.#subscribers) subscriber(notice);
	}

	async appState(): Promise<AppState> {
		await this.#answer();
		return {
			...this.state,
			listener: this.listener,
			captures_total: this.captures.length,
			latest_seq: this.#latestSeq(),
			last_received_at: this.captures.at(-1)?.row.received_at ?? null,
			set_aside: this.storage.setAside,
			rejected_total: this.listening.rejectedRows.length,
			tls: this.listening.tls.state,
		};
	}

	captureNotes: Backend['captureNotes'] = (id) => this.annotations.captureNotes(id);
	setNote: Backend['setNote'] = (id, note) => this.annotations.setNote(id, note);
	setLabel: Backend['setLabel'] = (ids, label, on) => this.annotations.setLabel(ids, label, on);
	labels: Backend['labels'] = () => this.annotations.labels();
	deleteCaptures: Backend['deleteCaptures'] = (ids) => this.annotations.deleteCaptures(ids);
	undoDelete: Backend['undoDelete'] = (ids) => this.annotations.undoDelete(ids);
	listRejected: Backend['listRejected'] = (beforeId, limit) => this.listening.listRejected(beforeId, limit);
	clearRejected: Backend['clearRejected'] = () => this.listening.clearRejected();
	listenerSettings: Backend['listenerSettings'] = () => this.listening.listenerSettings();
	setLimits: Backend['setLimits'] = (limits) => this.listening.setLimits(limits);
	setTls: Backend['setTls'] = (input) => this.listening.setTls(input);
	choosePemFile: Backend['choosePemFile'] = () => this.listening.choosePemFile();
	exportCertificate: Backend['exportCertificate'] = () => this.listening.exportCertificate();
	health: Backend['health'] = () => this.listening.health();
	checkListener: Backend['checkListener'] = () => this.listening.checkListener();
	retention: Backend['retention'] = () => this.storage.retention();
	setRetention: Backend['setRetention'] = (endpoint, rule) => this.storage.setRetention(endpoint, rule);
	clearRetention: Backend['clearRetention'] = (endpoint) => this.storage.clearRetention(endpoint);
	checkIntegrity: Backend['checkIntegrity'] = () => this.storage.checkIntegrity();
	backUp: Backend['backUp'] = () => this.storage.backUp();
	cancelStorageWork: Backend['cancelStorageWork'] = () => this.storage.cancelStorageWork();
	salvage: Backend['salvage'] = () => this.storage.salvage();
	forgetSetAside: Backend['forgetSetAside'] = () => this.storage.forgetSetAside();

	async listenOn(address: string): Promise<ListenerState> {
		await this.#answer();
		if (!/^[^:]+:\d+$/.test(address)) throw commandError('invalid_input', 'Write an address and a port, as in 127.0.0.1:4665.');
		this.listener = this.takenAddresses.has(address)
			? {
					state: 'stopped',
					address,
					in_use: true,
					message: `Another program holds ${address}. Senders get “connection refused”.`,
					next_free_port: 4681,
					since: 0,
				}
			: { state: 'listening', address, url: `http://${address}` };
		this.notify({ kind: 'listener', state: this.listener });
		return this.listener;
	}

	async listCaptures(filter: CaptureFilter, beforeSeq: number | null, limit: number): Promise<CapturePage> {
		this.pagesRead.push({ filter, beforeSeq, limit });
		await this.#answer();
		return this.search.page(filter, beforeSeq, limit);
	}

	countSearch: Backend['countSearch'] = (query) => this.search.countSearch(query);
	explainSearch: Backend['explainSearch'] = (query) => this.search.explainSearch(query);
	completeSearch: Backend['completeSearch'] = (query, cursor) => this.search.completeSearch(query, cursor);
	savedFilters: Backend['savedFilters'] = () => this.search.savedFilters();
	saveFilter: Backend['saveFilter'] = (input) => this.search.saveFilter(input);
	orderFilters: Backend['orderFilters'] = (ids) => this.search.orderFilters(ids);
	deleteFilter: Backend['deleteFilter'] = (id) => this.search.deleteFilter(id);

	async getCapture(id: CaptureId): Promise<CaptureDetail> {
		await this.#answer();
		const { row, detail, body } = this.#capture(id);
		return {
			row,
			headers: [{ name: 'Content-Type', value: row.content_type ?? '', lossy: false }],
			protocol: 'HTTP/1.1',
			client: '127.0.0.1:50412',
			framing: 'content_length',
			event_at: null,
			body_sha256: bodyDigest(body),
			codings: [],
			charset: charsetView(),
			head_us: 210,
			body_us: 430,
			signature: {
				sentence: row.badge,
				reason_code: null,
				scheme: null,
				provider: row.provider,
				provider_name: null,
				received: [],
				signed_parts: [],
				matched_secret: null,
			},
			handshake: null,
			deliveries_total: this.deliveries.filter((delivery) => delivery.parent === id).length,
			tls: null,
			flags: [],
			trailers: [],
			committed_us: 1900,
			answered_us: 2100,
			answer_delivered: true,
			chunked_layout: 'none',
			family: [],
			...detail,
		};
	}

	async captureBody(id: CaptureId): Promise<Uint8Array> {
		await this.#answer();
		return this.#capture(id).body ?? new Uint8Array();
	}

	async captureDecoded(id: CaptureId): Promise<DecodedBody> {
		await this.#answer();
		const { row, detail, body, decoded } = this.#capture(id);
		const bytes = decoded?.bytes ?? body ?? new Uint8Array();
		const view = decodedView({ undone: [...(detail?.codings ?? [])].reverse(), body_bytes: row.body_bytes, decoded_bytes: bytes.length });
		return { bytes, view: { ...view, ...decoded?.view } };
	}

	async stopDecoding(): Promise<void> {
		await this.#answer();
		this.decodingsStopped += 1;
	}

	async captureHead(id: CaptureId): Promise<Uint8Array> {
		await this.#answer();
		const { row, head } = this.#capture(id);
		return head ?? new TextEncoder().encode(`${row.method} ${row.target} HTTP/1.1\r\nHost: 127.0.0.1:4665\r\n\r\n`);
	}

	async captureWire(id: CaptureId): Promise<Uint8Array> {
		const head = await this.captureHead(id);
		const body = this.#capture(id).framed ?? (await this.captureBody(id));
		const wire = new Uint8Array(head.length + body.length);
		wire.set(head);
		wire.set(body, head.length);
		return wire;
	}

	async setStar(ids: CaptureId[], starred: boolean): Promise<void> {
		await this.#answer();
		for (const capture of this.captures) if (ids.includes(capture.row.id)) capture.row = { ...capture.row, starred };
	}

	async listProviders(): Promise<ProviderInfo[]> {
		await this.#answer();
		return this.providers;
	}

	async providerDetail(id: ProviderId): Promise<ProviderDetail> {
		await this.#answer();
		const info = this.providers.find((provider) => provider.id === id);
		if (!info) throw commandError('not_found', 'This provider does not exist any more.');
		return {
			info,
			facts: [
				{ title: 'Stands in', text: `the header ${info.signature_headers[0]}`, is_code: false },
				{ title: 'Signed content', text: '{timestamp}.{body}', is_code: true },
			],
			recipe_text: this.#recipe(id),
			used_by: this.endpoints.filter((endpoint) => endpoint.provider === id).map((endpoint) => endpoint.slug),
			samples: this.samples.get(id) ?? [],
			retry: this.retry,
			handshakes: [],
		};
	}

	async brokenProviders(): Promise<BrokenProvider[]> {
		await this.#answer();
		return this.broken;
	}

	async providerDraft(copyOf: ProviderId | null): Promise<string> {
		await this.#answer();
		if (copyOf === null) return 'id = "acme"\nname = "Acme"\n';
		return this.#recipe(copyOf).replace(`"${copyOf}"`, `"${copyOf}-mine"`);
	}

	async recipeGuide(): Promise<string> {
		await this.#answer();
		return '# Providers\n\nEach file here is one provider.\n';
	}

	async tryProvider(input: TrialInput): Promise<Trial> {
		this.trials.push(input);
		await this.#answer();
		const none: Trial = {
			problem: null,
			provider: null,
			facts: [],
			verdict: null,
			event_type: null,
			event_id: null,
			received: [],
			signed_parts: [],
		};
		const id = idOf(input.recipe_text);
		if (id === null) return { ...none, problem: { file: 'recipe.toml', line: 1, field: 'id', problem: 'missing field `id`' } };
		const taken = this.providers.some((provider) => provider.id === id) && id !== input.replaces;
		if (taken) return { ...none, problem: { file: 'recipe.toml', line: 1, field: 'id', problem: 'another file already has this id' } };
		return { ...none, provider: providerInfo({ id, name: id, custom: true }), ...this.trial };
	}

	async saveProvider(recipeText: string, replaces: ProviderId | null): Promise<ProviderInfo> {
		await this.#answer();
		const id = idOf(recipeText);
		if (id === null) throw commandError('invalid_input', 'recipe.toml: line 1, id: missing field `id`');
		const info = providerInfo({ id, name: id, custom: true });
		this.providers = [...this.providers.filter((provider) => provider.id !== id && provider.id !== replaces), info];
		this.recipes.set(id, recipeText);
		this.broken = this.broken.filter((broken) => broken.problem.file !== `${id}.toml`);
		this.notify({ kind: 'providers' });
		return info;
	}

	async deleteProvider(id: ProviderId): Promise<void> {
		await this.#answer();
		const user = this.endpoints.find((endpoint) => endpoint.provider === id);
		if (user) throw commandError('invalid_input', `“${id}” cannot be deleted while the endpoint “${user.slug}” uses it.`);
		this.providers = this.providers.filter((provider) => provider.id !== id);
		this.broken = this.broken.filter((broken) => broken.problem.file !== `${id}.toml`);
		this.notify({ kind: 'providers' });
	}

	async reloadProviders(): Promise<void> {
		await this.#answer();
		this.notify({ kind: 'providers' });
	}

	async listEndpoints(): Promise<EndpointView[]> {
		await this.#answer();
		return this.endpoints;
	}

	async saveEndpoint(input: EndpointInput): Promise<EndpointView> {
		await this.#answer();
		if (!/^[a-z0-9-]+$/.test(input.slug)) {
			throw commandError('invalid_input', 'Use lower-case letters, digits and hyphens for the name.');
		}
		const before = this.endpoints.find((endpoint) => endpoint.id === input.id);
		const view = endpointView({
			...before,
			...input,
			id: input.id ?? `endpoint-${this.#nextId++}`,
			url: `http://127.0.0.1:4665/${input.slug}`,
			secrets: input.secrets.map((secret, index) =>
				secretView({ id: secret.id ?? `secret-${this.#nextId++}-${index}`, label: secret.label }),
			),
			setup_text:
				input.setup_text.kind === 'set'
					? { masked: '••••', state: 'ready' }
					: input.setup_text.kind === 'keep'
						? (before?.setup_text ?? null)
						: null,
		});
		this.endpoints = before
			? this.endpoints.map((endpoint) => (endpoint.id === view.id ? view : endpoint))
			: [...this.endpoints, view];
		this.notify({ kind: 'endpoints' });
		return view;
	}

	async deleteEndpoint(id: string): Promise<void> {
		await this.#answer();
		this.endpoints = this.endpoints.filter((endpoint) => endpoint.id !== id);
		this.notify({ kind: 'endpoints' });
	}

	async generateKeyPair(endpoint: string): Promise<KeyPairView> {
		await this.#answer();
		const secret = `secret-${this.#nextId++}`;
		this.endpoints = this.endpoints.map((one) =>
			one.id === endpoint
				? { ...one, secrets: [secretView({ id: secret, label: 'Test key pair, made here' }), ...one.secrets] }
				: one,
		);
		this.notify({ kind: 'endpoints' });
		return { secret, public_key: '-----BEGIN PUBLIC KEY-----\nMCowBQ\n-----END PUBLIC KEY-----\n' };
	}

	async useOfferedSecret(capture: CaptureId): Promise<EndpointView> {
		await this.#answer();
		const taken = this.#capture(capture);
		const endpoint = this.endpoints.find((one) => one.id === taken.row.endpoint);
		if (!endpoint || !taken.detail?.handshake?.offered_secret) {
			throw commandError('invalid_input', 'This request brings no secret for its endpoint.');
		}
		taken.detail = { ...taken.detail, handshake: { ...taken.detail.handshake, offered_secret: 'in_use' } };
		const secret = secretView({ id: `secret-${this.#nextId++}`, label: 'From the handshake of 2026-11-23 13:32 UTC' });
		const view = { ...endpoint, secrets: [secret, ...endpoint.secrets] };
		this.endpoints = this.endpoints.map((one) => (one.id === view.id ? view : one));
		this.notify({ kind: 'endpoints' });
		return view;
	}

	async chooseKeyFile(): Promise<string | null> {
		await this.#answer();
		return this.keyFile;
	}

	async openDraft(id: CaptureId): Promise<DraftView> {
		const { row, headers } = await this.getCapture(id);
		const body = await this.captureBody(id);
		return {
			parent: id,
			title: row.event_type ?? `${row.method} ${row.target}`,
			method: row.method,
			target_url: 'http://localhost:3000/',
			headers,
			body_bytes: body.length,
			body_text: new TextDecoder().decode(body),
			resign: null,
		};
	}

	async sendDraft(draft: DraftInput): Promise<DeliveryView> {
		await this.#answer();
		return this.#deliver(draft.parent, draft.method, draft.target_url, this.#titled(draft.parent));
	}

	async resendCapture(id: CaptureId, targetUrl: string): Promise<DeliveryView> {
		await this.#answer();
		return this.#deliver(id, this.#capture(id).row.method, targetUrl, this.#titled(id));
	}

	async listDeliveries(parent: CaptureId | null, limit: number): Promise<DeliveryView[]> {
		await this.#answer();
		return this.deliveries.filter((delivery) => parent === null || delivery.parent === parent).slice(0, limit);
	}

	async sampleList(provider: ProviderId): Promise<SampleView[]> {
		await this.#answer();
		return this.samples.get(provider) ?? [];
	}

	async sampleSend(input: SampleInput): Promise<DeliveryView> {
		await this.#answer();
		this.samplesSent.push(input);
		const endpoint = this.endpoints.find((one) => one.id === input.endpoint);
		if (!endpoint) throw commandError('not_found', 'This endpoint does not exist any more.');
		const { provider, event } = input;
		if (input.target.kind === 'url') return this.#settle(this.#deliver(null, 'POST', input.target.url, { title: event, provider }));
		const delivery = this.#deliver(null, 'POST', endpoint.url, { title: event, provider });
		if (this.sampleAnswer === 200) {
			this.receive({ endpoint: endpoint.id, endpoint_slug: endpoint.slug, provider, event_type: event, verdict: 'valid', badge: 'Valid' });
		}
		return this.#settle(delivery);
	}

	async diagnoseCapture(id: CaptureId): Promise<DoctorView> {
		await this.#answer();
		return this.doctor.diagnose(id);
	}

	async diagnosePasted(input: ScratchInput): Promise<DoctorView> {
		await this.#answer();
		return this.doctor.diagnosePasted(input);
	}

	async stopDiagnosis(): Promise<void> {
		await this.#answer();
		this.doctor.stop();
	}

	async revealSignatures(id: CaptureId): Promise<RevealedView[]> {
		await this.#answer();
		return this.doctor.reveal(id);
	}

	async applyRemedy(id: CaptureId, remedy: Remedy): Promise<RemedyOutcome> {
		await this.#answer();
		const outcome = await this.doctor.apply(id, remedy);
		const capture = this.#capture(id);
		capture.row = { ...capture.row, verdict: outcome.verdict.kind, badge: outcome.verdict.badge, diagnosed: false };
		return outcome;
	}

	async recheckAlike(id: CaptureId): Promise<RecheckView> {
		await this.#answer();
		return this.doctor.recheckAlike(id);
	}

	async openRestored(id: CaptureId): Promise<DraftView> {
		return this.doctor.openRestored(id, await this.openDraft(id));
	}

	async frameworkGuides(): Promise<FrameworkGuide[]> {
		await this.#answer();
		return this.doctor.frameworkGuides();
	}

	async copyText(text: string): Promise<void> {
		await this.#answer();
		this.clipboard = text;
	}

	async copyLink(id: CaptureId): Promise<string> {
		await this.#answer();
		this.clipboard = `hookglass://capture/${id}`;
		return this.clipboard;
	}

	async copyAsCurl(id: CaptureId): Promise<string> {
		await this.#answer();
		const { row } = this.#capture(id);
		this.clipboard = `curl -X ${row.method} http://127.0.0.1:4665${row.target}`;
		return this.clipboard;
	}

	async exportHar(ids: CaptureId[]): Promise<string | null> {
		await this.#answer();
		this.exported = ids;
		return '/home/ada/captures.har';
	}

	async getPreferences(): Promise<Preferences> {
		await this.#answer();
		return this.preferences;
	}

	async setPreferences(preferences: Preferences): Promise<Preferences> {
		await this.#answer();
		this.preferences = preferences;
		return preferences;
	}

	async vaultState(): Promise<VaultState> {
		await this.#answer();
		return this.state.vault;
	}

	async vaultChoose(to: VaultInput): Promise<VaultState> {
		await this.#answer();
		if (this.state.vault.condition === 'locked') throw commandError('vault_locked', 'The vault is locked. Unlock it with its passphrase.');
		return this.#keepAt(to, {});
	}

	async vaultUnlock(passphrase: string): Promise<VaultState> {
		await this.#answer();
		if (passphrase !== this.passphrase) throw commandError('wrong_passphrase', 'This is not the passphrase of the vault.');
		return this.#setVault({ ...this.state.vault, condition: 'ready', problem: null });
	}

	async vaultLock(): Promise<VaultState> {
		await this.#answer();
		if (this.passphrase === null) throw commandError('vault_unavailable', 'This vault has no passphrase.');
		return this.#setVault({ ...this.state.vault, condition: 'locked', problem: { code: 'locked', message: 'The vault is locked.' } });
	}

	async vaultChangePassphrase(present: string, next: string): Promise<VaultState> {
		await this.#answer();
		if (present !== this.passphrase) throw commandError('wrong_passphrase', 'This is not the passphrase of the vault.');
		if (next.length < 8) throw commandError('invalid_input', 'A passphrase needs at least 8 characters.');
		this.passphrase = next;
		return this.state.vault;
	}

	async vaultStartNew(to: VaultInput): Promise<VaultState> {
		await this.#answer();
		return this.#keepAt(to, { sealed: 0, set_aside: this.state.vault.sealed });
	}

	async vaultRetry(): Promise<VaultState> {
		await this.#answer();
		return this.state.vault;
	}

	async vaultRestore(): Promise<VaultRestored> {
		await this.#answer();
		const restored = this.state.vault.set_aside;
		const state = this.#setVault({ ...this.state.vault, sealed: this.state.vault.sealed + restored, set_aside: 0 });
		return { restored, problem: null, state };
	}

	#keepAt(to: VaultInput, rest: Partial<VaultState>): VaultState {
		this.passphrase = to.place === 'passphrase' ? to.passphrase : null;
		const key_file = to.place === 'key_file' ? `${this.state.data_dir}/vault-key-1.txt` : null;
		return this.#setVault({ ...this.state.vault, place: to.place, condition: 'ready', problem: null, key_file, ...rest });
	}

	#setVault(vault: VaultState): VaultState {
		this.state.vault = vault;
		this.notify({ kind: 'vault', state: vault });
		return vault;
	}

	async windowReady(): Promise<void> {
		await this.#answer();
	}

	async displayPaused(): Promise<void> {
		await this.#answer();
	}

	async zoom(): Promise<number> {
		await this.#answer();
		return 100;
	}

	async windowPainted(): Promise<void> {
		await this.#answer();
	}

	async subscribe(callback: (notice: Notice) => void): Promise<() => void> {
		await this.#answer();
		this.#subscribers.add(callback);
		return () => this.#subscribers.delete(callback);
	}

	/** The answer comes as a notice, after the caller heard that the attempt began. */
	#settle(delivery: DeliveryView): DeliveryView {
		const status = this.sampleAnswer;
		if (status === null) return delivery;
		queueMicrotask(() => {
			this.deliveries = this.deliveries.map((one) =>
				one.id === delivery.id
					? {
							...one,
							state: status < 300 ? ('delivered' as const) : ('failed' as const),
							attempts: one.attempts.map((attempt) => ({ ...attempt, status, total_us: 3000 })),
						}
					: one,
			);
			this.notify({ kind: 'delivery', id: delivery.id, parent: null });
		});
		return delivery;
	}

	#deliver(
		parent: CaptureId | null,
		method: string,
		target_url: string,
		{ title, provider }: Pick<DeliveryView, 'title' | 'provider'>,
	): DeliveryView {
		const number = this.#nextId++;
		const attempt: AttemptView = {
			id: `attempt-${number}`,
			number: 1,
			started_at: 0,
			total_us: null,
			status: null,
			error_kind: null,
			error_message: null,
			response_head: null,
			response_text: null,
			response_bytes: 0,
			response_truncated: false,
			request_head: `${method} / HTTP/1.1\r\n\r\n`,
		};
		const delivery: DeliveryView = {
			id: `delivery-${number}`,
			parent,
			title,
			provider,
			created_at: 0,
			method,
			target_url,
			state: 'sending',
			attempts: [attempt],
		};
		this.deliveries = [delivery, ...this.deliveries];
		this.notify({ kind: 'delivery', id: delivery.id, parent });
		return delivery;
	}

	#titled(id: CaptureId): Pick<DeliveryView, 'title' | 'provider'> {
		const { row } = this.#capture(id);
		return { title: row.event_type ?? row.target, provider: row.provider };
	}

	#recipe(id: ProviderId): string {
		return this.recipes.get(id) ?? `id = "${id}"\nname = "${id}"\n`;
	}

	#capture(id: CaptureId): MemoryCapture {
		const found = this.captures.find((capture) => capture.row.id === id);
		if (!found) throw commandError('not_found', 'This capture does not exist any more.');
		return found;
	}

	#latestSeq(): number {
		return this.captures.at(-1)?.row.seq ?? 0;
	}

	async #answer(): Promise<void> {
		await Promise.resolve();
		if (this.failure) throw this.failure;
	}
}

/** A provider with every field, from the ones that matter to a test. */
export function providerInfo(info: Partial<ProviderInfo> & Pick<ProviderInfo, 'id' | 'name'>): ProviderInfo {
	return {
		monogram: 'X',
		hue: null,
		summary: `${info.name}-Signature · HMAC-SHA256 hex`,
		scheme: `${info.name} · HMAC-SHA256 · hex`,
		signature_headers: [`${info.name}-Signature`],
		secret_hint: 'whsec_…',
		key_kind: 'shared',
		tolerance_seconds: null,
		docs: '',
		evidence: [{ kind: 'the vendor\'s documentation', official: true, source: 'docs.example.com/webhooks' }],
		official: info.custom !== true,
		custom: false,
		signs_url: false,
		covers_body: true,
		setup_text_name: null,
		...info,
	};
}

function idOf(recipeText: string): ProviderId | null {
	return /^id = "([^"]*)"/m.exec(recipeText)?.[1] ?? null;
}
