import { describe, expect, it } from 'vitest';
import type { CompletionItem, CompletionView } from '../../bindings';
import { Suggestions } from './suggestions.svelte';

const item = (insert: string): CompletionItem => ({ insert, sentence: '', captures: null });

/** Answers each question when it is told to. */
function backend() {
	const asked: { text: string; cursor: number; answer: (view: CompletionView) => void; fail: () => void }[] = [];
	return {
		asked,
		completeSearch: (text: string, cursor: number) =>
			new Promise<CompletionView>((answer, reject) => asked.push({ text, cursor, answer, fail: () => reject(new Error('gone')) })),
	};
}

async function settle(): Promise<void> {
	for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

describe('suggestions', () => {
	it('are asked for one question at a time, and what was overtaken is not asked at all', async () => {
		const back = backend();
		const suggestions = new Suggestions(back);
		for (const text of ['v', 've', 'ver', 'verd']) void suggestions.ask(text, text.length);
		expect(back.asked.map(({ text }) => text)).toEqual(['v']);
		back.asked[0]?.answer({ from: 0, to: 1, items: [item('verdict:')] });
		await settle();
		expect(back.asked.map(({ text }) => text)).toEqual(['v', 'verd']);
		// The first answer is shown meanwhile, and cannot be chosen for a text it is not about.
		expect(suggestions.open).toBe(true);
		expect(suggestions.edit(0, 'verd')).toBeNull();
		back.asked[1]?.answer({ from: 0, to: 4, items: [item('verdict:')] });
		await settle();
		expect(suggestions.edit(0, 'verd')).toEqual({ from: 0, to: 4, insert: 'verdict:', goesOn: true });
	});

	it('go round, and choose nothing by themselves', async () => {
		const back = backend();
		const suggestions = new Suggestions(back);
		void suggestions.ask('', 0);
		back.asked[0]?.answer({ from: 0, to: 0, items: [item('a:'), item('b:'), item('c:')] });
		await settle();
		expect(suggestions.active).toBe(-1);
		suggestions.move(-1);
		expect(suggestions.active).toBe(2);
		suggestions.move(1);
		expect(suggestions.active).toBe(0);
		suggestions.close();
		expect([suggestions.open, suggestions.active]).toEqual([false, -1]);
	});

	it('end a value with a space, where nothing follows', async () => {
		const back = backend();
		const suggestions = new Suggestions(back);
		void suggestions.ask('verdict:inv paid', 11);
		back.asked[0]?.answer({ from: 8, to: 11, items: [item('invalid')] });
		await settle();
		expect(suggestions.edit(0, 'verdict:inv paid')).toMatchObject({ to: 11, insert: 'invalid' });
		void suggestions.ask('verdict:inv ', 11);
		back.asked[1]?.answer({ from: 8, to: 11, items: [item('invalid')] });
		await settle();
		expect(suggestions.edit(0, 'verdict:inv ')).toMatchObject({ to: 12, insert: 'invalid ' });
	});

	it('are none when the only one stands there already, or when they cannot be read', async () => {
		const back = backend();
		const suggestions = new Suggestions(back);
		void suggestions.ask('verdict:invalid', 15);
		back.asked[0]?.answer({ from: 8, to: 15, items: [item('invalid')] });
		await settle();
		expect(suggestions.open).toBe(false);
		void suggestions.ask('v', 1);
		back.asked[1]?.fail();
		await settle();
		expect(suggestions.open).toBe(false);
	});

	it('that were closed stay closed when the answer comes late', async () => {
		const back = backend();
		const suggestions = new Suggestions(back);
		void suggestions.ask('v', 1);
		suggestions.close();
		back.asked[0]?.answer({ from: 0, to: 1, items: [item('verdict:')] });
		await settle();
		expect(suggestions.open).toBe(false);
	});
});
