import { afterEach, beforeEach, expect, it } from 'vitest';
import { focusContent, focusPaneNamed, movePane } from './panes';

/** Builds the panes of a window: each entry is a pane's name and the kind of its control. */
beforeEach(() => {
	const pane = (name: string, ...children: HTMLElement[]) => {
		const element = document.createElement('section');
		element.dataset['pane'] = name;
		element.append(...children);
		document.body.append(element);
		return element;
	};
	const button = (id: string, current = false) => {
		const element = document.createElement('button');
		element.id = id;
		if (current) element.setAttribute('aria-current', 'page');
		return element;
	};
	const list = document.createElement('div');
	list.id = 'listbox';
	list.tabIndex = 0;
	list.dataset['paneFocus'] = '';
	pane('rail', button('inbox'), button('current', true));
	pane('search', document.createElement('input'));
	pane('list', button('options'), list);
	pane('detail').tabIndex = -1;
});
afterEach(() => document.body.replaceChildren());

const at = () => document.activeElement?.id || document.activeElement?.closest<HTMLElement>('[data-pane]')?.dataset['pane'];

it('goes round the panes in both directions', () => {
	const seen = [1, 2, 3, 4, 5].map(() => (movePane(1), at()));
	expect(seen).toEqual(['current', 'search', 'listbox', 'detail', 'current']);
	movePane(-1);
	expect(at()).toBe('detail');
	movePane(-1);
	expect(at()).toBe('listbox');
});

it('begins at the last pane when going back from nowhere', () => {
	movePane(-1);
	expect(at()).toBe('detail');
});

it('finds a pane by name, and the content past rail and search', () => {
	focusPaneNamed('detail');
	expect(at()).toBe('detail');
	focusContent();
	expect(at()).toBe('listbox');
});
