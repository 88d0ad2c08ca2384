import type { View } from '../view.ts';
import { runHandlers } from './runs.ts';
import { attestations, runs, tasks, verifierSlashes, verifiers } from './tables.ts';
import { taskHandlers } from './tasks.ts';

export const verificationView: View = {
  name: 'verification',
  version: 1,
  tables: [verifiers, verifierSlashes, tasks, attestations, runs],
  events: [...taskHandlers, ...runHandlers],
};
