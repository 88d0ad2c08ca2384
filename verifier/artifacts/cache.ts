import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { contentRoot, equalBytes } from '../../training/merkle.ts';
import { writeWhole } from '../durableFile.ts';
import { download } from './download.ts';

/** Bytes bound by their content root, and where they are served. */
export interface ArtifactRef {
  /** 32 bytes. */
  readonly root: Uint8Array;
  readonly sizeBytes: number;
  readonly uris: readonly string[];
}

/** Artifacts on disk, by content root. A disk may lie too: what lies there is checked whenever it is used. */
export class ArtifactCache {
  readonly #folder: string;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
  }

  /**
   * Path of a file that holds exactly the artifact.
   * Throws `ArtifactUnavailable`, or `ArtifactMismatch` when what every mirror serves is not what the root says.
   */
  async fetch(artifact: ArtifactRef): Promise<string> {
    await this.read(artifact);
    return this.#path(artifact);
  }

  async read(artifact: ArtifactRef): Promise<Uint8Array> {
    const isRight = (bytes: Uint8Array) =>
      bytes.length === artifact.sizeBytes && equalBytes(contentRoot(bytes), artifact.root);
    const path = this.#path(artifact);
    if (existsSync(path)) {
      const kept = readFileSync(path);
      if (isRight(kept)) return kept;
      rmSync(path);
    }
    const bytes = await download(artifact.uris, { maxBytes: artifact.sizeBytes, isRight });
    writeWhole(path, bytes);
    return bytes;
  }

  #path({ root }: ArtifactRef): string {
    return join(this.#folder, Buffer.from(root).toString('hex'));
  }
}
