import { commands, type Notice } from '../bindings';
import type { Backend } from './backend';
import { readDecodedBody } from './decodedBody';
import { Channel } from './ipc';

/** The back end inside the desktop application, reached over Tauri's IPC. */
export function tauriBackend(): Backend {
	return {
		...commands,
		listCaptures: (filter, beforeSeq, limit) => commands.listCaptures(filter, utcOffset_s(), beforeSeq, limit),
		countSearch: (query) => commands.countSearch(query, utcOffset_s()),
		captureBody: async (id) => new Uint8Array(await commands.captureBody(id)),
		captureDecoded: async (id) => readDecodedBody(await commands.captureDecoded(id)),
		stopDecoding: () => commands.stopDecoding().then(nothing),
		captureHead: async (id) => new Uint8Array(await commands.captureHead(id)),
		captureWire: async (id) => new Uint8Array(await commands.captureWire(id)),
		setStar: (ids, starred) => commands.setStar(ids, starred).then(nothing),
		setLabel: (ids, label, on) => commands.setLabel(ids, label, on).then(nothing),
		clearRejected: () => commands.clearRejected().then(nothing),
		cancelStorageWork: () => commands.cancelStorageWork().then(nothing),
		forgetSetAside: () => commands.forgetSetAside().then(nothing),
		deleteEndpoint: (id) => commands.deleteEndpoint(id).then(nothing),
		deleteProvider: (id) => commands.deleteProvider(id).then(nothing),
		reloadProviders: () => commands.reloadProviders().then(nothing),
		stopDiagnosis: () => commands.stopDiagnosis().then(nothing),
		copyText: (text) => commands.copyText(text).then(nothing),
		windowReady: () => commands.windowReady().then(nothing),
		windowPainted: () => commands.windowPainted().then(nothing),
		displayPaused: (paused) => commands.displayPaused(paused).then(nothing),
		async subscribe(callback) {
			// A channel lives as long as the window; unsubscribing only stops listening to it.
			const channel = new Channel<Notice>();
			channel.onmessage = callback;
			await commands.subscribe(channel);
			return () => {
				channel.onmessage = nothing;
			};
		},
	};
}

/** How far the local clock is ahead of UTC, seconds. */
function utcOffset_s(): number {
	return -60 * new Date().getTimezoneOffset();
}

function nothing(): void {
	return undefined;
}
