import type { Context } from '../../chain/context.ts';
import type { Misbehavior, Module, ZeroHeight } from '../../chain/module.ts';
import { toTimestamp } from '../../chain/time.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { exportGenesis, initGenesis } from './genesis.ts';
import { evidenceQueries } from './queries.ts';
import { evidenceStore, evidences, hashOf, packed } from './state.ts';

export interface EvidenceKeeper {
  /** Keeps what a validator was punished for. */
  record(ctx: Context, fault: Misbehavior): void;
}

/** The door of evidence: a record of every double signature that was punished. See README.md. */
export function createEvidence({ addresses }: { readonly addresses: AddressCodec }): {
  module: Module;
  keeper: EvidenceKeeper;
} {
  return {
    keeper: {
      record: (ctx, { height, time, power, validator }) => {
        const any = packed({
          height,
          time: toTimestamp(time),
          power,
          consensusAddress: addresses.consensusText(validator),
        });
        evidences.set(ctx, hashOf(any), any);
      },
    },
    module: {
      name: 'evidence',
      stores: [evidenceStore],
      queries: evidenceQueries,
      initGenesis: (ctx, value) => {
        initGenesis(ctx, value, addresses);
        return [];
      },
      exportGenesis,
      beginAnew: (ctx: Context, _: ZeroHeight) => {
        // Their heights are of the chain that ends here, and what they name was punished there.
        for (const [hash] of [...evidences.walk(ctx)]) evidences.remove(ctx, hash);
      },
    },
  };
}
