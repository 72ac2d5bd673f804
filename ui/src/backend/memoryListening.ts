import type {
	CommandError,
	HealthView,
	LimitsView,
	ListenerSettings,
	ListenerState,
	Notice,
	RejectedPage,
	RejectedRow,
	TlsInput,
	TlsView,
} from '../bindings';
import { commandError, healthView, limitsView, rejectedRow } from './examples';

/** The ports, their limits and what they rejected, in memory. */
export class MemoryListening {
	rejectedRows: RejectedRow[] = [];
	limits: LimitsView = limitsView();
	readonly defaults: LimitsView = limitsView();
	tls: TlsView = {
		input: { enabled: false, address: '127.0.0.1:4666', names: [], own: null },
		state: null,
		fingerprint_sha256: null,
		names: [],
		valid_until: null,
		problem: null,
	};
	healthNow: HealthView = healthView();
	/** How often the ports were probed on request. */
	probes = 0;
	/** What the next change is refused with. */
	refusal: CommandError | null = null;
	/** What the file dialogs give; null: the person cancels. */
	pemFile: string | null = '/home/ada/tls/server.pem';
	certificateFile: string | null = '/home/ada/hookglass.pem';
	/** TLS addresses another program holds. */
	taken = new Set<string>();
	readonly #answer: () => Promise<void>;
	readonly #notify: (notice: Notice) => void;

	constructor(answer: () => Promise<void>, notify: (notice: Notice) => void) {
		this.#answer = answer;
		this.#notify = notify;
	}

	/** Rejects a request and says so, as the listener would. */
	reject(row: Partial<RejectedRow> = {}, firstBytes?: string): RejectedRow {
		const full = rejectedRow({ id: (this.rejectedRows.at(-1)?.id ?? 0) + 1, ...row }, firstBytes);
		this.rejectedRows.push(full);
		this.#notify({ kind: 'rejected', total: this.rejectedRows.length });
		return full;
	}

	async listRejected(beforeId: number | null, limit: number): Promise<RejectedPage> {
		await this.#answer();
		const older = this.rejectedRows.filter((row) => beforeId === null || row.id < beforeId).toReversed();
		const rows = older.slice(0, limit);
		const last = rows.at(-1);
		return { rows, total: this.rejectedRows.length, next_before_id: older.length > limit && last ? last.id : null };
	}

	async clearRejected(): Promise<void> {
		await this.#answer();
		this.rejectedRows = [];
		this.#notify({ kind: 'rejected', total: 0 });
	}

	async listenerSettings(): Promise<ListenerSettings> {
		await this.#answer();
		return { limits: this.limits, defaults: this.defaults, tls: this.tls };
	}

	async setLimits(limits: LimitsView): Promise<ListenerSettings> {
		await this.#answer();
		this.#refuse();
		if (limits.body_bytes > 1024 ** 3) throw commandError('invalid_input', 'body_bytes: write a number from 1024 to 1073741824.');
		this.limits = limits;
		return this.listenerSettings();
	}

	async setTls(input: TlsInput): Promise<ListenerSettings> {
		await this.#answer();
		this.#refuse();
		this.tls = { ...this.tls, input, state: input.enabled ? this.#open(input.address) : null, ...(input.enabled ? CERTIFICATE : {}) };
		this.#notify({ kind: 'health' });
		return this.listenerSettings();
	}

	async choosePemFile(): Promise<string | null> {
		await this.#answer();
		return this.pemFile;
	}

	async exportCertificate(): Promise<string | null> {
		await this.#answer();
		this.#refuse();
		return this.certificateFile;
	}

	async health(): Promise<HealthView> {
		await this.#answer();
		return this.healthNow;
	}

	async checkListener(): Promise<HealthView> {
		await this.#answer();
		this.probes += 1;
		return this.healthNow;
	}

	#open(address: string): ListenerState {
		if (!this.taken.has(address)) return { state: 'listening', address, url: `https://${address}` };
		const message = `Another program holds ${address}. Senders over TLS get “connection refused”.`;
		return { state: 'stopped', address, in_use: true, message, next_free_port: 4682, since: 0 };
	}

	#refuse(): void {
		const refusal = this.refusal;
		this.refusal = null;
		if (refusal) throw refusal;
	}
}

const CERTIFICATE = {
	fingerprint_sha256: Array.from({ length: 8 }, () => '9F:2C:41:AB').join(':'),
	names: ['localhost', '127.0.0.1', '::1'],
	valid_until: Date.UTC(2029, 0, 1),
} satisfies Partial<TlsView>;
