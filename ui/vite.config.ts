import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

export default defineConfig({
	plugins: [svelte(), svelteTesting()],
	// Relative addresses, so that the bundle works under every webview's own scheme.
	base: './',
	clearScreen: false,
	server: { port: 5173, strictPort: true, host: '127.0.0.1' },
	build: {
		outDir: 'dist',
		// The oldest engines of the test matrix: WebKitGTK 2.44, WKWebView of macOS 13, WebView2.
		target: ['es2022', 'safari16.4', 'chrome120'],
		// The content security policy allows no data: addresses for fonts and scripts.
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
		sourcemap: false,
	},
	test: {
		environment: 'jsdom',
		include: ['src/**/*.test.ts'],
		setupFiles: ['src/test-setup.ts'],
		restoreMocks: true,
	},
});
