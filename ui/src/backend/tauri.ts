import { Channel, invoke } from '@tauri-apps/api/core';
import type {
	AppState,
	CaptureDetail,
	CapturePage,
	DeliveryView,
	DraftView,
	EndpointView,
	ListenerState,
	Notice,
	Preferences,
	ProviderInfo,
} from '../bindings';
import type { Backend } from './backend';

/** The back end inside the desktop application, reached over Tauri's IPC. */
export function tauriBackend(): Backend {
	return {
		appState: () => invoke<AppState>('app_state'),
		listenOn: (address) => invoke<ListenerState>('listen_on', { address }),
		listCaptures: (filter, beforeSeq, limit) => invoke<CapturePage>('list_captures', { filter, beforeSeq, limit }),
		getCapture: (id) => invoke<CaptureDetail>('get_capture', { id }),
		captureBody: (id) => bytes('capture_body', { id }),
		captureHead: (id) => bytes('capture_head', { id }),
		listProviders: () => invoke<ProviderInfo[]>('list_providers'),
		listEndpoints: () => invoke<EndpointView[]>('list_endpoints'),
		saveEndpoint: (input) => invoke<EndpointView>('save_endpoint', { input }),
		deleteEndpoint: (id) => nothing('delete_endpoint', { id }),
		openDraft: (capture) => invoke<DraftView>('open_draft', { capture }),
		sendDraft: (draft) => invoke<DeliveryView>('send_draft', { draft }),
		resendCapture: (id, targetUrl) => invoke<DeliveryView>('resend_capture', { id, targetUrl }),
		listDeliveries: (parent, limit) => invoke<DeliveryView[]>('list_deliveries', { parent, limit }),
		copyText: (text) => nothing('copy_text', { text }),
		copyAsCurl: (id) => invoke<string>('copy_as_curl', { id }),
		exportHar: (ids) => invoke<string | null>('export_har', { ids }),
		getPreferences: () => invoke<Preferences>('get_preferences'),
		setPreferences: (preferences) => invoke<Preferences>('set_preferences', { preferences }),
		async subscribe(callback) {
			// A channel lives as long as the window; unsubscribing only stops listening to it.
			const channel = new Channel<Notice>();
			channel.onmessage = callback;
			await invoke('subscribe', { channel });
			return () => {
				channel.onmessage = () => undefined;
			};
		},
	};
}

/** Bodies cross as raw bytes: a raw IPC answer arrives as an ArrayBuffer. */
async function bytes(command: string, args: Record<string, unknown>): Promise<Uint8Array> {
	return new Uint8Array(await invoke<ArrayBuffer>(command, args));
}

async function nothing(command: string, args: Record<string, unknown>): Promise<void> {
	await invoke(command, args);
}
