import { runInfinetd } from '../../../chain/main.ts';
import { departing, staying } from './modules.ts';

/** The software that an upgrade replaces. */
await runInfinetd({ modules: (wired) => ({ departing: departing(), staying: staying(1n, wired) }) });
