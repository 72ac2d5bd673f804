// What jsdom lacks and the window needs. Nothing here replaces a part of Hookglass.

if (!HTMLDialogElement.prototype.showModal) {
	HTMLDialogElement.prototype.showModal = function showModal() {
		this.open = true;
	};
	HTMLDialogElement.prototype.close = function close() {
		this.open = false;
		this.dispatchEvent(new Event('close'));
	};
}

if (!('ResizeObserver' in globalThis)) {
	class IdleResizeObserver implements ResizeObserver {
		observe(): void {}
		unobserve(): void {}
		disconnect(): void {}
	}
	globalThis.ResizeObserver = IdleResizeObserver;
}

if (!Element.prototype.scrollIntoView) {
	Element.prototype.scrollIntoView = function scrollIntoView() {};
}

// The body editor measures text; jsdom has no layout to measure.
if (!Range.prototype.getClientRects) {
	Range.prototype.getClientRects = function getClientRects() {
		return document.createElement('span').getClientRects();
	};
}

// Arrow keys between radio buttons look the group up by its name.
if (!window.CSS) {
	Object.assign(window, { CSS: { escape: (name: string) => name.replace(/[^\w-]/g, (character) => `\\${character}`) } });
}
