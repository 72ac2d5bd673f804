import { fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { imageDimensions } from './dimensions';
import { imageFormat } from './format';
import ImageView from './ImageView.svelte';

const ascii = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0));
const big32 = (value: number): number[] => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) & 255);
const box = (name: string, content: number[]): number[] => [...big32(content.length + 8), ...ascii(name), ...content];

function png(width: number, height: number): Uint8Array {
	return Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...box('IHDR', [...big32(width), ...big32(height), 8, 6, 0, 0, 0])]);
}

const ispe = (width: number, height: number): number[] => box('ispe', [0, 0, 0, 0, ...big32(width), ...big32(height)]);
const riff = (...chunks: number[]): Uint8Array => Uint8Array.from([...ascii('RIFF'), 0, 0, 0, 0, ...ascii('WEBP'), ...chunks]);
const IMAGES = {
	png: png(640, 420),
	gif: Uint8Array.from([...ascii('GIF89a'), 0x80, 0x02, 0xa4, 0x01, 0, 0]),
	jpeg: Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc4, 0, 3, 9, 0xff, 0xff, 0xc2, 0, 11, 8, 0x01, 0xa4, 0x02, 0x80, 3, 0, 0, 0]),
	webp: riff(...ascii('VP8X'), 10, 0, 0, 0, 0, 0, 0, 0, 0x7f, 0x02, 0, 0xa3, 0x01, 0, ...new Array<number>(18).fill(0)),
	avif: Uint8Array.from([
		...box('ftyp', ascii('mif1\0\0\0\0avif')),
		...box('meta', [0, 0, 0, 0, ...box('iprp', box('ipco', [...ispe(64, 64), ...ispe(640, 420)]))]),
	]),
} as const;

describe('a picture', () => {
	it.each(Object.entries(IMAGES))('is known by its bytes: %s', (name, bytes) => {
		const format = imageFormat(bytes);
		expect(format).toBe(name);
		expect(format && imageDimensions(bytes, format)).toEqual({ width: 640, height: 420 });
	});

	it('is also read where WebP has no canvas', () => {
		const lossy = riff(...ascii('VP8 '), 20, 0, 0, 0, 0, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xa4, 0x01, ...new Array<number>(10).fill(0));
		const bits = 639 + 419 * 0x4000;
		const lossless = riff(...ascii('VP8L'), 20, 0, 0, 0, 0x2f, ...[0, 8, 16, 24].map((shift) => Math.floor(bits / 2 ** shift) & 255), ...new Array<number>(15).fill(0));
		for (const bytes of [lossy, lossless]) expect(imageDimensions(bytes, 'webp')).toEqual({ width: 640, height: 420 });
	});

	it('is nothing that only says so, and nothing that is rendered', () => {
		for (const text of ['<svg xmlns="http://www.w3.org/2000/svg"/>', '<html>', 'GIF', 'RIFF1234WAVE', '']) {
			expect(imageFormat(Uint8Array.from(ascii(text))), text).toBeNull();
		}
		expect(imageFormat(Uint8Array.from(box('ftyp', ascii('isom\0\0\0\0mp42'))))).toBeNull();
	});

	it('has no size when its header is cut or hostile', () => {
		for (const [name, bytes] of Object.entries(IMAGES)) {
			for (let length = 0; length < bytes.length; length += 1) {
				const size = imageDimensions(bytes.slice(0, length), name as keyof typeof IMAGES);
				if (size) expect(size.width * size.height, `${name} ${length}`).toBeGreaterThan(0);
			}
		}
		const nested = Uint8Array.from({ length: 1_200_000 }, (_, index) => [0, 18, 0x4f, 0x80, 0x6d, 0x65, 0x74, 0x61, 0, 0, 0, 0][index % 12] ?? 0);
		expect(imageDimensions(nested, 'avif')).toBeNull();
		expect(imageDimensions(new Uint8Array(1_000_000).fill(0xff), 'jpeg')).toBeNull();
	});
});

describe('the view of a picture', () => {
	const made: string[] = [];
	const revoked: string[] = [];

	beforeEach(() => {
		made.length = 0;
		revoked.length = 0;
		URL.createObjectURL = vi.fn((blob: Blob) => {
			made.push(blob.type);
			return `blob:${made.length}`;
		});
		URL.revokeObjectURL = vi.fn((address: string) => void revoked.push(address));
	});
	afterEach(() => {
		Reflect.deleteProperty(URL, 'createObjectURL');
		Reflect.deleteProperty(URL, 'revokeObjectURL');
	});

	it('draws it from a blob that ends with the view, and says what it is', () => {
		const { unmount } = render(ImageView, { props: { bytes: png(640, 420) } });
		expect(screen.getByRole('img').getAttribute('src')).toBe('blob:1');
		expect(made).toEqual(['image/png']);
		expect(screen.getByTestId('image-facts').textContent).toBe('PNG · 640 × 420 · 29\u202fB');
		unmount();
		expect(revoked).toEqual(['blob:1']);
	});

	it('says when it cannot be decoded', async () => {
		render(ImageView, { props: { bytes: png(1, 1) } });
		await fireEvent.error(screen.getByRole('img'));
		expect(screen.getByText('The image could not be decoded')).toBeTruthy();
		expect(screen.queryByRole('img')).toBeNull();
	});

	it('is never made of one that would take too much memory, or that hides its size', async () => {
		const { rerender } = render(ImageView, { props: { bytes: png(10_001, 10_000) } });
		expect(screen.getByText(/10,001 × 10,000 pixels. More than 100 million/)).toBeTruthy();
		await rerender({ bytes: png(0, 5) });
		expect(screen.getByText(/Its header says no size/)).toBeTruthy();
		expect(made).toEqual([]);
		await rerender({ bytes: png(10_000, 10_000) });
		expect(made).toEqual(['image/png']);
	});
});
