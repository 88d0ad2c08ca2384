import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { bindingPackage, tensorflowFolder } from './folder.ts';

/** Loads TensorFlow into this process, which makes the backend `tensorflow` known to TensorFlow.js. */
export async function loadNativeTensorflow(): Promise<void> {
  const folder = tensorflowFolder();
  if (!existsSync(join(folder, 'node_modules'))) {
    throw new Error(`TensorFlow is not installed in ${folder}. Run: npm run tensorflow`);
  }
  // Node 23 removed what the package still calls.
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined });
  // The package brings a TensorFlow.js of its own, which would warn of each kernel that is registered already.
  tf.enableProdMode();
  createRequire(join(folder, 'package.json'))(bindingPackage);
}
