import { describe, expect, it } from 'vitest';
import { ACTIONS, CONCURRENT_SCOPES, type Action } from './actions';
import { parseSequence } from './chord';

const actions: readonly Action[] = ACTIONS;
const sources = import.meta.glob<string>(['../**/*.svelte', '../**/*.ts', '!../**/*.test.ts', '!./actions.ts'], {
	query: '?raw',
	import: 'default',
	eager: true,
});

describe('the action table', () => {
	it('names every action once', () => {
		const ids = actions.map((action) => action.id);
		expect(new Set(ids).size).toBe(ids.length);
	});

	it.each(CONCURRENT_SCOPES.map((scopes) => [scopes.join(', '), scopes] as const))(
		'gives a key one meaning among %s',
		(_, scopes) => {
			const owners = new Map<string, string>();
			for (const action of actions.filter(({ scope }) => scopes.includes(scope))) {
				for (const keys of action.keys) {
					expect(owners.get(keys), `${keys} of ${action.id}`).toBeUndefined();
					owners.set(keys, action.id);
				}
			}
			// A key that runs an action at once cannot begin a sequence.
			for (const [keys, owner] of owners) {
				const [first] = keys.split(' ');
				if (keys.includes(' ')) expect(owners.get(first ?? ''), `${keys} of ${owner}`).toBeUndefined();
			}
		},
	);

	it('writes chords the way they are read', () => {
		for (const { keys } of actions) {
			for (const chord of keys.flatMap(parseSequence)) {
				expect(chord.key).not.toBe('');
				if (chord.key.length === 1) expect(chord.key).toBe(chord.key.toLowerCase());
			}
		}
	});

	it('has no action without a handler', () => {
		const text = Object.values(sources).join('\n');
		for (const { id } of actions) {
			const stem = id.replace(/-\d$/, '-');
			const used = text.includes(`'${id}'`) || text.includes(`\`${stem}\${`);
			expect(used, id).toBe(true);
		}
	});
});
