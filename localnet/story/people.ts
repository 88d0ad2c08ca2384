import { openSession, type Session } from '../../cli/session.ts';
import { testWallet } from '../keys.ts';
import { clientNode, rpcUrl, type Topology } from '../topology.ts';

/** Who acts in the story, each with a wallet of its own and an unmodified CosmJS client. */
export interface People {
  readonly contributor: Session;
  readonly trainer: Session;
  readonly cheater: Session;
}

export async function meetPeople(topology: Topology): Promise<People> {
  const { prefix, denom } = topology;
  const open = async (name: 'contributor' | 'trainer' | 'cheater') =>
    await openSession({
      rpc: rpcUrl(clientNode(topology)),
      signer: await testWallet(name, prefix),
      denom,
      gasPriceMicro: 1000n,
    });
  return { contributor: await open('contributor'), trainer: await open('trainer'), cheater: await open('cheater') };
}

export function sayGoodbye(people: People): void {
  for (const session of [people.contributor, people.trainer, people.cheater]) session.close();
}
