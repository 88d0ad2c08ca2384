import { abci } from '../../sdk/codec/index.ts';
import { openMachine } from './machine.ts';

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
const { app } = await openMachine(folder);

function answer({ kind, bytes }: TwinRequest): Uint8Array {
  if (kind === 'init') {
    app.initChain(abci.RequestInitChain.decode(bytes));
    return new Uint8Array();
  }
  const response = app.finalizeBlock(abci.RequestFinalizeBlock.decode(bytes));
  app.commit();
  return abci.ResponseFinalizeBlock.encode(response).finish();
}

process.on('message', (request: TwinRequest) => {
  try {
    process.send?.({ bytes: answer(request) } satisfies TwinReply);
  } catch (error) {
    process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
