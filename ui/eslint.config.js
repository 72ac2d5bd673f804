import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import typescript from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const TAURI_ONLY_IN_BACKEND = {
	patterns: [
		{ group: ['@tauri-apps/*'], message: 'Only src/backend may talk to Tauri; use getBackend().' },
	],
};

export default typescript.config(
	{ ignores: ['dist/', 'node_modules/', 'src/bindings/'] },
	js.configs.recommended,
	...typescript.configs.strict,
	...svelte.configs.recommended,
	{
		languageOptions: { globals: { ...globals.browser } },
		rules: {
			eqeqeq: 'error',
			'no-console': 'error',
			'no-eval': 'error',
			'no-undef': 'off', // the type checker knows better
			'no-restricted-imports': ['error', TAURI_ONLY_IN_BACKEND],
			'no-restricted-properties': [
				'error',
				{ property: 'innerHTML', message: 'Captured content is text: use text nodes.' },
				{ property: 'outerHTML', message: 'Captured content is text: use text nodes.' },
				{ property: 'insertAdjacentHTML', message: 'Captured content is text: use text nodes.' },
			],
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
		},
	},
	{
		files: ['**/*.svelte', '**/*.svelte.ts'],
		languageOptions: {
			parserOptions: { parser: typescript.parser, extraFileExtensions: ['.svelte'], svelteConfig },
		},
		rules: {
			'svelte/no-at-html-tags': 'error',
			'svelte/no-target-blank': 'error',
			'no-restricted-syntax': [
				'error',
				{
					selector: 'SvelteAttribute[key.name="style"]',
					message: 'The content security policy blocks style attributes; use a class or style:name.',
				},
			],
			// State classes keep timers and listeners in plain maps; only what is drawn has to be reactive.
			'svelte/prefer-svelte-reactivity': 'off',
			'svelte/no-navigation-without-resolve': 'off', // SvelteKit only
		},
	},
	{ files: ['src/backend/**'], rules: { 'no-restricted-imports': 'off' } },
	{ files: ['*.js', '*.ts'], languageOptions: { globals: { ...globals.node } } },
);
