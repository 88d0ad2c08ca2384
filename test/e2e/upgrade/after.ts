import { runInfinetd } from '../../../chain/main.ts';
import { arriving, staying } from './modules.ts';

/** The software that takes over with the upgrade "v2". */
await runInfinetd({
  upgrades: new Map([['v2', { addedStores: ['arriving'], deletedStores: ['departing'] }]]),
  modules: (wired) => ({ staying: staying(2n, wired), arriving: arriving() }),
});
