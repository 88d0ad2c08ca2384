import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { DamageError } from '../../../chain/store/damage.ts';
import { StoreMismatchError } from '../../../chain/store/storeSets.ts';
import { checkStore, Twin } from '../check.ts';
import { checkSnapshots } from '../snapshots.ts';

/**
 * Opens one damaged folder after another, each named by a line of its input, reads all of it and goes on with it; says for
 * each how that went: `same`, `named <reason>` or `wrong <what>`. A process of its own, since LMDB may take it down.
 */
const twin = new Twin(Number(process.argv[2]));
for await (const folder of createInterface({ input: process.stdin })) {
  try {
    const height = await checkStore(folder, twin, 14);
    checkSnapshots(folder);
    console.log(`same ${height}`);
  } catch (error) {
    const refused = error instanceof DamageError || error instanceof StoreMismatchError;
    // LMDB's own words for a page that is not what it should be, and those of JSON's readers.
    const lmdb = /MDB_|LMDB|lmdb|page|Invalid argument|JSON|ZodError|expected/i.test(String(error));
    console.log(`${refused || lmdb ? 'named' : 'wrong'} ${String(error).replaceAll('\n', ' ').slice(0, 200)}`);
  }
  // A store that could not be opened closes its files in the next turns.
  await sleep(5);
}
process.exit(0);
