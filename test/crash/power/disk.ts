import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import type { FileCall } from './trace.ts';

/** A change of a file's bytes that is not known to be on disk. */
interface Change {
  readonly offset: number;
  /** Undefined: the file ends at `offset`. */
  readonly bytes: Buffer | undefined;
}

class FileNode {
  /** What is on disk for certain. */
  durable = Buffer.alloc(0);
  length = 0;
  changes: Change[] = [];

  write(offset: number, bytes: Buffer): void {
    this.changes.push({ offset, bytes });
    this.length = Math.max(this.length, offset + bytes.length);
  }

  truncate(length: number): void {
    this.changes.push({ offset: length, bytes: undefined });
    this.length = length;
  }

  sync(): void {
    for (const change of this.changes) this.durable = apply(this.durable, change);
    this.changes = [];
  }
}

function apply(content: Buffer, { offset, bytes }: Change): Buffer<ArrayBuffer> {
  const end = bytes === undefined ? offset : Math.max(content.length, offset + bytes.length);
  const next = Buffer.alloc(end);
  content.copy(next);
  bytes?.copy(next, offset);
  return next;
}

interface FolderNode {
  readonly now: Map<string, Node>;
  readonly durable: Map<string, Node>;
}
type Node = FileNode | FolderNode;

/** A change of folders that is not known to be on disk: a creation, a removal, or a rename as a whole. */
interface EntryChange {
  readonly steps: readonly { readonly folder: FolderNode; readonly name: string; readonly node: Node | undefined }[];
}

interface OpenFile {
  readonly node: Node;
  readonly append: boolean;
  /** Each write is on disk when it returns. */
  readonly dsync: boolean;
  position: number;
}

/**
 * What a disk holds for certain and what it may hold, as calls go by. Until a file is synced any part of what was written
 * to it, in sectors, may be there or not; until a folder is synced, the first of the changes to its entries.
 */
export class LossyDisk {
  readonly #root: string;
  readonly #top: FolderNode = { now: new Map(), durable: new Map() };
  readonly #open = new Map<number, OpenFile>();
  #entries: EntryChange[] = [];

  /** Only what lies below `root` is looked at. */
  constructor(root: string) {
    this.#root = root;
  }

  perform(call: FileCall): void {
    switch (call.kind) {
      case 'open':
        this.#openFile(call.fd, call.path, call.flags);
        break;
      case 'write':
        this.#write(call.fd, call.bytes, call.offset);
        break;
      case 'seek': {
        const file = this.#open.get(call.fd);
        if (file !== undefined) file.position = call.offset;
        break;
      }
      case 'truncate': {
        const node = this.#open.get(call.fd)?.node;
        if (node instanceof FileNode) node.truncate(call.length);
        break;
      }
      case 'sync':
        this.#sync(call.fd);
        break;
      case 'folder':
        this.#link([[call.path, { now: new Map(), durable: new Map() }]]);
        break;
      case 'remove':
        this.#link([[call.path, undefined]]);
        break;
      case 'rename':
        this.#link([
          [call.from, undefined],
          [call.to, this.#find(call.from)],
        ]);
        break;
    }
  }

  /** Lays down one of the folders that could be found if the power went now. `random` gives numbers from 0 to 2^32 - 1. */
  lay(target: string, random: () => number): void {
    const restore = this.#chooseEntries(random);
    const files = random() % 5;
    layFolder(this.#top, target, (file) => surviving(file, files, random));
    restore();
  }

  #inside(path: string): string[] | undefined {
    const inside = relative(this.#root, path);
    return inside === '' || inside.startsWith('..') ? undefined : inside.split('/');
  }

  #folder(path: string): FolderNode | undefined {
    const node = path === this.#root ? this.#top : this.#find(path);
    return node instanceof FileNode ? undefined : node;
  }

  #find(path: string): Node | undefined {
    if (path === this.#root) return this.#top;
    const parts = this.#inside(path);
    let node: Node | undefined = parts === undefined ? undefined : this.#top;
    for (const part of parts ?? []) node = node instanceof FileNode ? undefined : node?.now.get(part);
    return node;
  }

  #openFile(fd: number, path: string, flags: readonly string[]): void {
    this.#open.delete(fd);
    if (path !== this.#root && this.#inside(path) === undefined) return;
    let node = this.#find(path);
    if (node === undefined && flags.includes('O_CREAT')) {
      node = new FileNode();
      this.#link([[path, node]]);
    }
    if (node === undefined) return;
    if (flags.includes('O_TRUNC') && node instanceof FileNode && node.length > 0) node.truncate(0);
    this.#open.set(fd, {
      node,
      append: flags.includes('O_APPEND'),
      dsync: flags.includes('O_DSYNC') || flags.includes('O_SYNC'),
      position: 0,
    });
  }

  #write(fd: number, bytes: Buffer, offset: number | undefined): void {
    const file = this.#open.get(fd);
    if (!(file?.node instanceof FileNode)) return;
    const at = file.append ? file.node.length : (offset ?? file.position);
    file.node.write(at, bytes);
    if (offset === undefined) file.position = at + bytes.length;
    if (file.dsync) file.node.durable = apply(file.node.durable, file.node.changes.pop() ?? { offset: 0, bytes });
  }

  #sync(fd: number): void {
    const node = this.#open.get(fd)?.node;
    if (node === undefined) return;
    if (node instanceof FileNode) {
      node.sync();
      return;
    }
    const [of, others] = split(this.#entries, ({ steps }) => steps.some(({ folder }) => folder === node));
    for (const change of of) perform(change, 'durable');
    this.#entries = others;
  }

  #link(entries: readonly (readonly [path: string, node: Node | undefined])[]): void {
    const steps = entries.flatMap(([path, node]) => {
      const folder = this.#inside(path) === undefined ? undefined : this.#folder(dirname(path));
      return folder === undefined ? [] : [{ folder, name: basename(path), node }];
    });
    if (steps.length === 0) return;
    perform({ steps }, 'now');
    this.#entries.push({ steps });
  }

  /** Makes some of the changes of entries durable; returns what takes that back. */
  #chooseEntries(random: () => number): () => void {
    const folders = new Set(this.#entries.flatMap(({ steps }) => steps.map(({ folder }) => folder)));
    const kept = [...folders].map((folder) => [folder, new Map(folder.durable)] as const);
    const limits = new Map([...folders].map((folder) => [folder, random() % (this.#entries.length + 1)]));
    for (const [index, change] of this.#entries.entries()) {
      if (change.steps.every(({ folder }) => index < (limits.get(folder) ?? 0))) perform(change, 'durable');
    }
    return () => {
      for (const [folder, entries] of kept) {
        folder.durable.clear();
        for (const [name, node] of entries) folder.durable.set(name, node);
      }
    };
  }
}

function perform({ steps }: EntryChange, where: 'now' | 'durable'): void {
  for (const { folder, name, node } of steps) {
    if (node === undefined) folder[where].delete(name);
    else folder[where].set(name, node);
  }
}

function split<T>(all: readonly T[], is: (one: T) => boolean): [T[], T[]] {
  return [all.filter(is), all.filter((one) => !is(one))];
}

/** `how`: 0 nothing that was not synced, 1 all, 2 the first changes and a part of the next, 3 and 4 any sectors. */
function surviving(file: FileNode, how: number, random: () => number): Buffer {
  const sector = random() % 2 === 0 ? 512 : 4096;
  const whole = how === 1 ? file.changes.length : random() % (file.changes.length + 1);
  const ends = file.changes.map(({ offset, bytes }) => offset + (bytes?.length ?? 0));
  const content = Buffer.alloc(Math.max(file.durable.length, ...ends));
  file.durable.copy(content);
  let length = file.durable.length;
  for (const [index, { offset, bytes }] of file.changes.entries()) {
    if (how === 0 || (how <= 2 && index > whole)) break;
    if (bytes === undefined) {
      if (how > 2 && random() % 2 === 0) continue;
      content.fill(0, offset);
      length = offset;
      continue;
    }
    const all = how <= 2 && index < whole;
    for (let from = 0; from < bytes.length; ) {
      const to = Math.min(bytes.length, from + sector - ((offset + from) % sector));
      const fate = all ? 0 : random() % 4;
      if (fate < 2) bytes.copy(content, offset + from, from, to);
      // Of the third fate only the file's new length has reached the disk.
      if (fate < 3) length = Math.max(length, offset + to);
      from = to;
    }
  }
  return content.subarray(0, length);
}

function layFolder(folder: FolderNode, target: string, content: (file: FileNode) => Buffer): void {
  mkdirSync(target, { recursive: true });
  for (const [name, node] of folder.durable) {
    if (node instanceof FileNode) writeFileSync(join(target, name), content(node));
    else layFolder(node, join(target, name), content);
  }
}
