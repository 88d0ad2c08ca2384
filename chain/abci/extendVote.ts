import { isWellFormedExtension } from '../app/extendedCommit.ts';
import type { ExtensionSource } from '../app/extensionSource.ts';
import type { Logger } from '../logger.ts';

/**
 * What this validator says with its vote; empty when its source fails, is too slow or makes nonsense, since the vote must
 * not wait for it.
 */
export async function extendWithin(
  source: ExtensionSource,
  height: bigint,
  time: bigint,
  timeoutMs: number,
  logger: Logger,
): Promise<Uint8Array> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no extension within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    const extension = await Promise.race([source.extend(height, time), late]);
    if (isWellFormedExtension(extension)) return extension;
    throw new Error(`an extension of ${extension.length} bytes is malformed or too long`);
  } catch (error) {
    logger.warn({ height: height.toString(), error: String(error) }, 'voting with an empty extension');
    return new Uint8Array();
  } finally {
    clearTimeout(timer);
  }
}
