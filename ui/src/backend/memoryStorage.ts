import type {
	BackupView,
	EndpointId,
	IntegrityView,
	Notice,
	RetentionRule,
	RetentionView,
	SalvageView,
	SetAsideView,
} from '../bindings';
import { commandError } from './examples';

const KEEP_EVERYTHING: RetentionRule = { max_age_days: null, max_captures: null, max_bytes: null };

/** Retention, checks and backups of the store, in memory. */
export class MemoryStorage {
	setAside: SetAsideView | null = null;
	rules: RetentionView = { all: KEEP_EVERYTHING, endpoints: [], last_run: null };
	/** What a check finds. */
	integrity: IntegrityView = { ok: true, problems: [], took_ms: 840, bytes: 412_000_000 };
	/** What a backup comes to; null: the person cancels the dialog. */
	backup: BackupView | null = { path: '/home/ada/hookglass.backup', bytes: 398_000_000, took_ms: 2300 };
	/** What a salvage reads. */
	readable: SalvageView = { captures: 18_201, endpoints: 6, deliveries: 412, lost: 3, notes: [] };
	/** Long work stays under way until it is ended or cancelled. */
	slow = false;
	#running: { end: () => void; cancel: () => void } | null = null;
	readonly #answer: () => Promise<void>;
	readonly #notify: (notice: Notice) => void;

	constructor(answer: () => Promise<void>, notify: (notice: Notice) => void) {
		this.#answer = answer;
		this.#notify = notify;
	}

	async retention(): Promise<RetentionView> {
		await this.#answer();
		return this.rules;
	}

	async setRetention(endpoint: EndpointId | null, rule: RetentionRule): Promise<RetentionView> {
		await this.#answer();
		if (endpoint === null) this.rules = { ...this.rules, all: rule };
		else {
			const others = this.rules.endpoints.filter((one) => one.endpoint !== endpoint);
			this.rules = { ...this.rules, endpoints: [...others, { endpoint, rule }] };
		}
		return this.rules;
	}

	async clearRetention(endpoint: EndpointId): Promise<RetentionView> {
		await this.#answer();
		this.rules = { ...this.rules, endpoints: this.rules.endpoints.filter((one) => one.endpoint !== endpoint) };
		return this.rules;
	}

	async checkIntegrity(): Promise<IntegrityView> {
		await this.#work();
		return this.integrity;
	}

	async backUp(): Promise<BackupView | null> {
		await this.#work();
		return this.backup;
	}

	async salvage(): Promise<SalvageView> {
		await this.#work();
		if (this.setAside) this.setAside = { ...this.setAside, salvaged: this.readable };
		this.#notify({ kind: 'set_aside' });
		return this.readable;
	}

	async cancelStorageWork(): Promise<void> {
		await this.#answer();
		this.#running?.cancel();
	}

	async forgetSetAside(): Promise<void> {
		await this.#answer();
		this.setAside = null;
		this.#notify({ kind: 'set_aside' });
	}

	/** Lets slow work end. */
	finish(): void {
		this.#running?.end();
	}

	async #work(): Promise<void> {
		await this.#answer();
		if (!this.slow) return;
		await new Promise<void>((resolve, reject) => {
			this.#running = { end: resolve, cancel: () => reject(commandError('cancelled', 'It was stopped.')) };
		});
	}
}
