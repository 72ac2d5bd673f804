import type { Backend } from '../backend/backend';
import type {
	AppState,
	BrokenProvider,
	EndpointId,
	EndpointView,
	ListenerState,
	Notice,
	Preferences,
	ProviderId,
	ProviderInfo,
	UnixMillis,
} from '../bindings';
import { HealthWatch } from './healthWatch.svelte';
import { SavedFilters } from './savedFilters.svelte';
import { StorageWork } from './storageWork.svelte';
import { Throttle } from './throttle';

/** Endpoint and delivery counts are pulled at most this often while notices pour in, milliseconds. */
const REFRESH_MS = 1000;
/** The size of the store is pulled at most this often, milliseconds. */
const SIZE_REFRESH_MS = 5000;
/** How many deliveries are looked at for the "running" count. */
const RUNNING_LOOK_BACK = 100;

/** What is true for the whole window: listener, store, endpoints, providers, preferences. */
export class Session {
	readonly backend: Backend;
	readonly health: HealthWatch;
	readonly storage: StorageWork;
	readonly filters: SavedFilters;
	app: AppState;
	preferences: Preferences;
	providers: ProviderInfo[] = $state.raw([]);
	/** Recipes of the person's own that cannot be used. */
	brokenProviders: BrokenProvider[] = $state.raw([]);
	endpoints: EndpointView[] = $state.raw([]);
	/** Deliveries under way. */
	running = $state(0);
	/** The clock of everything that shows an age; ticks once a second. */
	now: UnixMillis = $state(0);

	#providersById = $derived(new Map(this.providers.map((provider) => [provider.id, provider])));
	#listeners = new Set<(notice: Notice) => void>();
	#clock: () => UnixMillis;
	#endpointsRefresh: Throttle;
	#providersRefresh: Throttle;
	#runningRefresh: Throttle;
	#sizeRefresh: Throttle;
	#stateRefresh: Throttle;
	#stop: (() => void)[] = [];

	/** How many invalid captures every endpoint had when it was last looked at. */
	#invalidSeen: Record<EndpointId, number> = $state({});

	constructor(backend: Backend, app: AppState, preferences: Preferences, clock: () => UnixMillis = Date.now) {
		this.backend = backend;
		this.health = new HealthWatch(backend);
		this.storage = new StorageWork(backend);
		this.filters = new SavedFilters(backend);
		this.app = $state(app);
		this.preferences = $state.raw(preferences);
		this.#clock = clock;
		this.now = clock();
		this.#endpointsRefresh = new Throttle(() => this.refreshEndpoints(), REFRESH_MS);
		this.#providersRefresh = new Throttle(() => this.refreshProviders(), REFRESH_MS);
		this.#runningRefresh = new Throttle(() => this.#refreshRunning(), REFRESH_MS);
		this.#sizeRefresh = new Throttle(() => this.#refreshSize(), SIZE_REFRESH_MS);
		this.#stateRefresh = new Throttle(() => this.refreshState(), REFRESH_MS);
	}

	/** Reads what the first paint needs. */
	static async open(backend: Backend, clock: () => UnixMillis = Date.now): Promise<Session> {
		const [app, preferences] = await Promise.all([backend.appState(), backend.getPreferences()]);
		return new Session(backend, app, preferences, clock);
	}

	/** Loads the rest and follows the notices until `close()`. */
	async start(): Promise<void> {
		const ticking = setInterval(() => (this.now = this.#clock()), 1000);
		this.#stop.push(() => clearInterval(ticking));
		this.#stop.push(await this.backend.subscribe((notice) => this.#take(notice)));
		await Promise.all([this.refreshProviders(), this.refreshEndpoints(), this.#refreshRunning(), this.filters.load()]);
	}

	close(): void {
		for (const stop of this.#stop.splice(0)) stop();
		this.#endpointsRefresh.cancel();
		this.#providersRefresh.cancel();
		this.#runningRefresh.cancel();
		this.#sizeRefresh.cancel();
		this.#stateRefresh.cancel();
		this.health.close();
		this.filters.close();
	}

	/** Calls back for every notice, after the session has taken it in; returns the way out. */
	onNotice(listener: (notice: Notice) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	provider(id: ProviderId | null): ProviderInfo | null {
		return id === null ? null : (this.#providersById.get(id) ?? null);
	}

	endpoint(id: EndpointId | null): EndpointView | null {
		return id === null ? null : (this.endpoints.find((endpoint) => endpoint.id === id) ?? null);
	}

	/** The address people send to, e.g. `http://127.0.0.1:4665`; null while nothing listens. */
	get listenerUrl(): string | null {
		return this.app.listener.state === 'listening' ? this.app.listener.url : null;
	}

	get invalidTotal(): number {
		return this.endpoints.reduce((sum, endpoint) => sum + endpoint.invalid, 0);
	}

	/** Invalid captures of an endpoint since it was last looked at. */
	freshInvalid(endpoint: EndpointView): number {
		return Math.max(0, endpoint.invalid - (this.#invalidSeen[endpoint.id] ?? endpoint.invalid));
	}

	markSeen(id: EndpointId): void {
		const endpoint = this.endpoint(id);
		if (endpoint) this.#invalidSeen[id] = endpoint.invalid;
	}

	async listenOn(address: string): Promise<ListenerState> {
		const listener = await this.backend.listenOn(address);
		this.app.listener = listener;
		// The addresses of the endpoints contain the port.
		this.#endpointsRefresh.request();
		return listener;
	}

	async setPreferences(change: Partial<Preferences>): Promise<void> {
		const before = this.preferences;
		// At once, so that the theme does not lag; when it could not be kept, what holds is asked for.
		this.preferences = { ...before, ...change };
		try {
			this.preferences = await this.backend.setPreferences(this.preferences);
		} catch (error) {
			this.preferences = await this.backend.getPreferences().catch(() => before);
			throw error;
		}
	}

	async refreshEndpoints(): Promise<void> {
		const endpoints = await this.backend.listEndpoints();
		for (const endpoint of endpoints) {
			this.#invalidSeen[endpoint.id] ??= endpoint.invalid;
		}
		this.endpoints = endpoints;
	}

	async refreshProviders(): Promise<void> {
		const [providers, broken] = await Promise.all([this.backend.listProviders(), this.backend.brokenProviders()]);
		this.providers = providers;
		this.brokenProviders = broken;
	}

	async #refreshRunning(): Promise<void> {
		const deliveries = await this.backend.listDeliveries(null, RUNNING_LOOK_BACK);
		this.running = deliveries.filter((delivery) => delivery.state === 'sending').length;
	}

	async #refreshSize(): Promise<void> {
		const { store_bytes } = await this.backend.appState();
		this.app.store_bytes = store_bytes;
	}

	/** What no notice carries: the TLS port, a database set aside, whether anything can be stored. */
	async refreshState(): Promise<void> {
		const { tls, set_aside, read_only, store_problem, rejected_total } = await this.backend.appState();
		Object.assign(this.app, { tls, set_aside, read_only, store_problem, rejected_total });
	}

	#take(notice: Notice): void {
		switch (notice.kind) {
			case 'captures':
				this.now = this.#clock();
				this.app.captures_total = notice.total;
				this.app.latest_seq = notice.latest_seq;
				this.app.last_received_at = notice.last_received_at;
				this.#endpointsRefresh.request();
				this.#sizeRefresh.request();
				this.filters.news();
				break;
			case 'delivery':
				this.#runningRefresh.request();
				break;
			case 'endpoints':
				this.#endpointsRefresh.request();
				break;
			case 'providers':
				this.#providersRefresh.request();
				break;
			case 'listener':
				this.app.listener = notice.state;
				this.#endpointsRefresh.request();
				break;
			case 'store':
				this.app.store_problem = notice.problem;
				break;
			case 'vault':
				this.app.vault = notice.state;
				break;
			case 'rejected':
				this.app.rejected_total = notice.total;
				break;
			case 'health':
				this.health.news();
				this.#stateRefresh.request();
				break;
			case 'set_aside':
				this.#stateRefresh.request();
				break;
			case 'diagnosed':
			case 'duplicates':
			case 'deleted':
				this.filters.news();
				break;
			case 'open_capture':
			case 'pause_display':
			case 'link_refused':
				break;
		}
		for (const listener of this.#listeners) listener(notice);
	}
}
