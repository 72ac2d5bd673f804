import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { createRawSnippet } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DuplicateKind, DuplicateView } from '../bindings';
import { captureRow, commandError } from '../backend/examples';
import { MemoryBackend } from '../backend/memory';
import { Layout } from '../state/layout.svelte';
import { openWindow, type TestWindow } from '../state/testing';
import { rowSentence } from './describe';
import { duplicateMark, duplicateTone } from './duplicates';
import InboxScreen from './InboxScreen.svelte';

const view = (kind: DuplicateKind, times: number): DuplicateView => ({ kind, times, first: 'capture-1', first_seq: 1, sentence: 'Seen before.' });

describe('the marks of a row', () => {
	it('name the kind, count, and are red only for a conflict', () => {
		expect(duplicateMark(view('retry', 3))).toBe('retry ×3');
		expect(duplicateMark(view('possible_duplicate', 1))).toBe('possible duplicate');
		expect(duplicateMark(view('replay', 12_000))).toBe('replay ×12,000');
		expect((['retry', 'duplicate', 'replay', 'possible_duplicate'] as const).map(duplicateTone)).toEqual(Array(4).fill('neutral'));
		expect(duplicateTone('conflict')).toBe('bad');
	});

	it('are part of the sentence', () => {
		const row = captureRow({ seq: 1, starred: true, duplicate: view('retry', 3) });
		expect(rowSentence(row, null, false)).toContain('not checked, retry, seen 3 times, answered 200');
		expect(rowSentence(row, null, true)).toMatch(/starred, unread\.$/);
	});
});

describe('the list', () => {
	const detail = createRawSnippet<[string]>((id) => ({ render: () => `<p data-testid="detail">${id()}</p>` }));
	let backend: MemoryBackend;
	let opened: TestWindow;

	beforeEach(() => {
		backend = new MemoryBackend();
		vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(720);
	});
	afterEach(() => opened.close());

	async function show(): Promise<void> {
		opened = await openWindow(backend);
		const layout = new Layout({ getItem: () => null, setItem: () => undefined });
		layout.measure(1280, 16);
		render(InboxScreen, { props: { layout, detail, onshortcuts: () => undefined }, context: opened.context });
	}

	it('shows what repeats what, and renews the marks in place', async () => {
		backend.receive();
		backend.receive({ duplicate: view('conflict', 2) });
		await show();
		const mark = screen.getByTestId('duplicate-mark');
		expect(mark.textContent?.trim()).toBe('conflict ×2');
		expect(mark.dataset['tip']).toBe('Seen before.');
		backend.captures = backend.captures.map((capture) => ({ ...capture, row: { ...capture.row, duplicate: view('retry', 4) } }));
		backend.notify({ kind: 'duplicates' });
		await waitFor(() => expect(screen.getAllByTestId('duplicate-mark').map((one) => one.textContent?.trim())).toEqual(['retry ×4', 'retry ×4']));
	});

	it('stars with s, one or all that are selected, and takes the stars away again', async () => {
		backend.receive();
		backend.receive();
		await show();
		await userEvent.keyboard('s');
		await waitFor(() => expect(screen.getAllByTestId('row-star')).toHaveLength(1));
		expect(backend.captures.map(({ row }) => row.starred)).toEqual([false, true]);
		await userEvent.keyboard('{Shift>}j{/Shift}');
		await userEvent.keyboard('s');
		await waitFor(() => expect(screen.getAllByTestId('row-star')).toHaveLength(2));
		await userEvent.click(screen.getByTestId('star-selected'));
		await waitFor(() => expect(screen.queryByTestId('row-star')).toBeNull());
		expect(backend.captures.map(({ row }) => row.starred)).toEqual([false, false]);
	});

	it('says when a star was not set', async () => {
		backend.receive();
		await show();
		backend.setStar = () => Promise.reject(commandError('store_unavailable', 'The disk is away.'));
		await userEvent.keyboard('s');
		await waitFor(() => expect(opened.toasts.items[0]?.text).toContain('The disk is away.'));
		expect(screen.queryByTestId('row-star')).toBeNull();
	});
});
