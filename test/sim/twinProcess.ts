import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { abci } from '../../sdk/codec/index.ts';
import { neededUpgrade, openMachine } from './machine.ts';

/**
 * The hostile twin: a second node in its own process, started by `twin.ts` in another time zone and language, without
 * optimising compilers. It gets the blocks that the first node executed and says what it makes of them.
 */
export interface TwinRequest {
  readonly kind: 'init' | 'block';
  /** Encoded RequestInitChain or RequestFinalizeBlock. */
  readonly bytes: Uint8Array;
}

/** Encoded ResponseFinalizeBlock, empty for InitChain; or why there is none. */
export type TwinReply = { readonly bytes: Uint8Array } | { readonly error: string };

const [folder] = process.argv.slice(2);
if (folder === undefined || process.send === undefined) throw new Error('this is started by twin.ts');
/** Names of the upgrades that this node's software knows, kept beside its state. */
const known = `${folder}.upgrades`;
let machine = await openMachine(folder, {}, upgrades());

function upgrades(): string[] {
  return existsSync(known) ? readFileSync(known, 'utf8').split('\n') : [];
}

async function answer({ kind, bytes }: TwinRequest): Promise<Uint8Array> {
  if (kind === 'init') {
    machine.app.initChain(abci.RequestInitChain.decode(bytes));
    return new Uint8Array();
  }
  const request = abci.RequestFinalizeBlock.decode(bytes);
  const response = await execute(request);
  machine.app.commit();
  return abci.ResponseFinalizeBlock.encode(response).finish();
}

/** As an operator does whose node stops for an upgrade: takes the new software and goes on. */
async function execute(request: abci.RequestFinalizeBlock): Promise<abci.ResponseFinalizeBlock> {
  try {
    return machine.app.finalizeBlock(request);
  } catch (error) {
    const name = neededUpgrade(error);
    if (name === undefined) throw error;
    await machine.close();
    writeFileSync(known, [...upgrades(), name].join('\n'));
    machine = await openMachine(folder ?? '', {}, upgrades());
    return machine.app.finalizeBlock(request);
  }
}

process.on('message', async (request: TwinRequest) => {
  try {
    process.send?.({ bytes: await answer(request) } satisfies TwinReply);
  } catch (error) {
    process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
