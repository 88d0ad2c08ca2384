/** What a node may be in the middle of when it is killed. A phase's place in this list is its byte in the phases' file. */
export const phases = ['append', 'rotate', 'snapshot', 'checkpoint', 'prune', 'block'] as const;
export type Phase = (typeof phases)[number];

/** The environment variable that names the phases' file. */
export const phasesVariable = 'CRASH_PHASES';
