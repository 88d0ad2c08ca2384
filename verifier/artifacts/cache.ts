import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contentRoot, equalBytes } from '../../training/merkle.ts';
import { ArtifactMismatch, download } from './download.ts';

/** Bytes bound by their content root, and where they are served. */
export interface ArtifactRef {
  /** 32 bytes. */
  readonly root: Uint8Array;
  readonly sizeBytes: number;
  readonly uris: readonly string[];
}

/** Artifacts on disk, by content root; what lies there was checked when it was written. */
export class ArtifactCache {
  readonly #folder: string;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
  }

  /**
   * Path of a file that holds exactly the artifact.
   * Throws `ArtifactUnavailable`, or `ArtifactMismatch` when what is served is not what the root says.
   */
  async fetch(artifact: ArtifactRef): Promise<string> {
    const path = join(this.#folder, Buffer.from(artifact.root).toString('hex'));
    if (existsSync(path) && statSync(path).size === artifact.sizeBytes) return path;
    const bytes = await download(artifact.uris, { maxBytes: artifact.sizeBytes });
    requireContent(artifact, bytes);
    const draft = `${path}.${process.pid}`;
    try {
      writeFileSync(draft, bytes);
      renameSync(draft, path);
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    }
    return path;
  }

  async read(artifact: ArtifactRef): Promise<Uint8Array> {
    const bytes = readFileSync(await this.fetch(artifact));
    requireContent(artifact, bytes);
    return bytes;
  }
}

function requireContent(artifact: ArtifactRef, bytes: Uint8Array): void {
  if (bytes.length !== artifact.sizeBytes) {
    throw new ArtifactMismatch(`the artifact has ${bytes.length} bytes, its manifest says ${artifact.sizeBytes}`);
  }
  if (!equalBytes(contentRoot(bytes), artifact.root)) {
    throw new ArtifactMismatch(`the artifact's content root is not ${Buffer.from(artifact.root).toString('hex')}`);
  }
}
