/** Whether keys without Ctrl, Alt or ⌘ that type a character do something. A preference; buttons print their caps by it. */
export class SingleKeys {
	on = $state(true);
}
