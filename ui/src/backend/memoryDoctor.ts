import type {
	CaptureId,
	CommandError,
	DoctorView,
	DraftView,
	FrameworkGuide,
	RecheckView,
	Remedy,
	RemedyOutcome,
	RevealedView,
	ScratchInput,
} from '../bindings';
import { doctorView } from './doctorExamples';
import { commandError } from './examples';

/** The doctor of the back end in memory: what it answers, and what it was asked. */
export class MemoryDoctor {
	/** What it finds out, by capture; one without gets `found`. */
	views = new Map<CaptureId, DoctorView>();
	found: DoctorView = doctorView({});
	/** What it finds out about pasted requests. */
	pastedFound: DoctorView = doctorView({});
	revealed: RevealedView[] = [{ label: 'Endpoint secret “main”', value: 'e6bd0011223344556677b4b2' }];
	guides: FrameworkGuide[] = [
		{
			id: 'express',
			name: 'Express',
			language: 'js',
			code: "app.post('/hook', express.raw({ type: '*/*' }), check);",
			note: 'Put it before express.json().',
		},
		{ id: 'axum', name: 'axum', language: 'rust', code: 'async fn hook(body: Bytes) {}', note: 'Bytes come as they arrived.' },
	];
	/** What remedies come to beside the verdict. */
	outcome: Partial<RemedyOutcome> = {};
	recheck: RecheckView | null = null;
	/** The body that was signed; null: it is no text. */
	restoredBody: string | null = '{"restored":true}';
	/** Makes the doctor's commands fail, and no others. */
	failure: CommandError | null = null;
	/** Searches wait until `release()` or until they are stopped. */
	held = false;

	diagnosed: CaptureId[] = [];
	pasted: ScratchInput[] = [];
	applied: { id: CaptureId; remedy: Remedy }[] = [];
	rechecked: CaptureId[] = [];
	revealedFor: CaptureId[] = [];
	restored: CaptureId[] = [];
	stops = 0;
	#running: { go: () => void; stop: () => void } | null = null;

	diagnose(id: CaptureId): Promise<DoctorView> {
		this.diagnosed.push(id);
		return this.#search(() => this.views.get(id) ?? this.found);
	}

	diagnosePasted(input: ScratchInput): Promise<DoctorView> {
		this.pasted.push(input);
		return this.#search(() => this.pastedFound);
	}

	stop(): void {
		this.stops += 1;
		this.#running?.stop();
		this.#running = null;
	}

	/** Lets the search that waits come to its end. */
	release(): void {
		this.#running?.go();
		this.#running = null;
	}

	async reveal(id: CaptureId): Promise<RevealedView[]> {
		this.revealedFor.push(id);
		await this.#answer();
		return this.revealed;
	}

	async apply(id: CaptureId, remedy: Remedy): Promise<RemedyOutcome> {
		this.applied.push({ id, remedy });
		await this.#answer();
		return {
			verdict: { kind: 'valid', badge: 'Valid', sentence: 'The signature holds.', reason_code: null },
			sentence: 'Added to default. This capture is valid now.',
			alike: (this.views.get(id) ?? this.found).alike,
			...this.outcome,
		};
	}

	async recheckAlike(id: CaptureId): Promise<RecheckView> {
		this.rechecked.push(id);
		await this.#answer();
		const checked = (this.views.get(id) ?? this.found).alike + 1;
		return this.recheck ?? { checked, valid: checked, cancelled: false };
	}

	async openRestored(id: CaptureId, draft: DraftView): Promise<DraftView> {
		this.restored.push(id);
		await this.#answer();
		const bytes = new TextEncoder().encode(this.restoredBody ?? '').length;
		return { ...draft, body_text: this.restoredBody, body_bytes: bytes };
	}

	async frameworkGuides(): Promise<FrameworkGuide[]> {
		await this.#answer();
		return this.guides;
	}

	/** A newer search ends an older one. */
	async #search(find: () => DoctorView): Promise<DoctorView> {
		this.#running?.stop();
		this.#running = null;
		await this.#answer();
		if (this.held) {
			await new Promise<void>((resolve, reject) => {
				this.#running = { go: resolve, stop: () => reject(commandError('cancelled', 'The search was stopped.')) };
			});
		}
		return find();
	}

	async #answer(): Promise<void> {
		await Promise.resolve();
		if (this.failure) throw this.failure;
	}
}
