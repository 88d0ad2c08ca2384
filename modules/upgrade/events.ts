/** upgrade emits no events of its own, as in the SDK. */
export const upgradeEvents = [] as const;
