import { eq } from 'drizzle-orm';
import type { Database } from '../database/connect.ts';
import { blocks, chain } from '../database/tables.ts';

/** The last block in the database, and of which chain. */
export interface Head {
  readonly chainId: string;
  readonly bech32Prefix: string;
  readonly height: number;
  readonly hash: string;
  /** Null before the first block. */
  readonly time: string | null;
  readonly appHash: string | null;
}

/** Undefined in a new database. */
export async function readHead(database: Database): Promise<Head | undefined> {
  const [head] = await database
    .select({
      chainId: chain.chainId,
      bech32Prefix: chain.bech32Prefix,
      height: chain.height,
      hash: chain.hash,
      time: blocks.time,
      appHash: blocks.appHash,
    })
    .from(chain)
    .leftJoin(blocks, eq(blocks.height, chain.height));
  return head;
}
