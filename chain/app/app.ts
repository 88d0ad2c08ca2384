import type { AppOptions } from './options.ts';

/** The state machine behind ABCI: one per process, built once from its parts. */
export class App {
  readonly options: AppOptions;

  constructor(options: AppOptions) {
    this.options = options;
  }
}
