/** A list of unsigned 32-bit numbers that grows without boxing them. */
export class GrowingUint32 {
	#values = new Uint32Array(1024);
	length = 0;

	push(value: number): void {
		if (this.length === this.#values.length) {
			const larger = new Uint32Array(this.#values.length * 2);
			larger.set(this.#values);
			this.#values = larger;
		}
		this.#values[this.length] = value;
		this.length += 1;
	}

	get(index: number): number {
		return this.#values[index] ?? 0;
	}

	set(index: number, value: number): void {
		this.#values[index] = value;
	}

	/** The numbers so far; shares memory with the list until it grows. */
	view(): Uint32Array {
		return this.#values.subarray(0, this.length);
	}
}
