import './styles/fonts.css';
import './styles/tokens.css';
import './styles/base.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { tauriBackend } from './backend/tauri';
import StartFailure from './StartFailure.svelte';
import { Session } from './state/session.svelte';
import { messageOf } from './state/toasts.svelte';
import { applyTheme } from './state/theme';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no element with the id "app".');
const root = document.documentElement;

const backend = tauriBackend();

// Nothing is painted before the theme is known; the style sheet hides the page until then.
try {
	const session = await Session.open(backend);
	applyTheme(session.preferences.theme, root, window.matchMedia.bind(window))();
	mount(App, { target, props: { session } });
} catch (error) {
	applyTheme('system', root, window.matchMedia.bind(window));
	mount(StartFailure, { target, props: { message: messageOf(error) } });
}

// The window is hidden until now, so that it never flashes. Hidden pages get no frames, hence the order.
await backend.windowReady();
requestAnimationFrame(() => requestAnimationFrame(() => void backend.windowPainted()));
