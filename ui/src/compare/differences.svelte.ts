/** The differences that are shown, and the one that is looked at. */
export class Differences {
	count = $state(0);
	/** Index of the one that is looked at; −1: none yet. */
	current = $state(-1);

	/** So many are shown; rows that come and go around them change nothing. */
	set(count: number): void {
		if (count === this.count) return;
		this.count = count;
		this.current = -1;
	}

	/** To the next or the previous one; from the last on to the first. */
	step(by: 1 | -1): void {
		if (this.count === 0) return;
		const from = this.current < 0 && by < 0 ? 0 : this.current;
		this.current = (from + by + this.count) % this.count;
	}

	/** `3 of 12`, or how many there are. */
	get place(): string {
		if (this.count === 0) return 'no difference';
		return this.current < 0 ? `${this.count} ${this.count === 1 ? 'difference' : 'differences'}` : `${this.current + 1} of ${this.count}`;
	}
}
