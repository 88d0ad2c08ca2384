/** auth emits no events of its own: `message` and `tx` come from the kernel, as in the SDK. */
export const authEvents = [] as const;
