import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureCometbft } from '../../../chain/node/cometbft.ts';
import { localnetAppState } from '../../../chain/node/defaultState.ts';
import { buildGenesis, writeGenesis } from '../../../chain/node/genesis.ts';
import { initHome } from '../../../chain/node/home.ts';
import { testSeeds } from '../../../chain/node/nodeKeys.ts';
import { homePaths } from '../../../chain/node/paths.ts';
import { createAddressCodec } from '../../../sdk/address.ts';
import { freePorts } from '../../e2e/node.ts';
import { chainId, denom, senders } from './txs.ts';

export interface Home {
  readonly path: string;
  readonly rpc: string;
  readonly api: number;
  readonly rest: string;
}

/** Homes of one validator, which is to be killed, and of a full node that follows it. */
export async function makeHomes(folder: string): Promise<{ validator: Home; follower: Home }> {
  const cometbft = await ensureCometbft();
  const [validatorP2p = 0, followerP2p = 0] = await freePorts(2);
  const make = async (name: string, own: number, other: string) => {
    const [abci = 0, api = 0, rpc = 0, rest = 0] = await freePorts(4);
    const home = join(folder, name);
    const identity = await initHome({
      home,
      moniker: name,
      cometbft,
      seeds: testSeeds(name),
      comet: {
        rpc: `127.0.0.1:${rpc}`,
        p2p: `127.0.0.1:${own}`,
        persistentPeers: other === '' ? [] : [other],
        local: true,
        timeoutCommitMs: 100,
        logLevel: 'consensus:info,*:error',
      },
      config: { abci: `127.0.0.1:${abci}`, api: `127.0.0.1:${api}`, rest: `127.0.0.1:${rest}`, snapshotInterval: 3 },
    });
    return {
      identity,
      home: { path: home, rpc: `127.0.0.1:${rpc}`, api, rest: `127.0.0.1:${rest}` } satisfies Home,
    };
  };
  const validator = await make('validator', validatorP2p, '');
  const follower = await make('follower', followerP2p, `${validator.identity.nodeId}@127.0.0.1:${validatorP2p}`);
  const toml = homePaths(validator.home.path).cometConfig;
  const text = readFileSync(toml, 'utf8');
  writeFileSync(
    toml,
    text.replace(/persistent_peers = ""/, `persistent_peers = "${follower.identity.nodeId}@127.0.0.1:${followerP2p}"`),
  );
  const addresses = createAddressCodec('infinet');
  const [owner] = senders;
  const genesis = buildGenesis({
    chainId,
    prefix: 'infinet',
    denom,
    accounts: senders.map(({ address }) => ({
      address: addresses.accountText(address),
      coins: [{ denom, amount: '1000000000000' }],
    })),
    validators: [
      {
        moniker: 'validator',
        account: owner?.address ?? new Uint8Array(20),
        publicKey: validator.identity.validatorPublicKey,
        tokens: 500_000_000_000n,
        vrfPublicKey: validator.identity.vrfPublicKey,
      },
    ],
    modules: localnetAppState(denom),
  });
  for (const { home } of [validator, follower]) writeGenesis(homePaths(home.path).genesis, genesis);
  return { validator: validator.home, follower: follower.home };
}
