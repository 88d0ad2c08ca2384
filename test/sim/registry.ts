import { wireModules } from '../../chain/main.ts';
import type { Module } from '../../chain/module.ts';
import { addresses } from './actors.ts';

/** The chain's modules in their order, each time wired anew. */
export function freshModules(): Module[] {
  return Object.values(wireModules(addresses)).map(({ module }) => module);
}

/** Type URLs of all messages that the chain takes, sorted. */
export const routedMessages: readonly string[] = freshModules()
  .flatMap(({ messages }) => messages ?? [])
  .map(({ typeUrl }) => typeUrl)
  .sort();
