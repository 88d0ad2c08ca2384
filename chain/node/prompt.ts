import { readSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { OperatorError } from './failure.ts';

/** The environment variable that answers for the keyring's passphrase where nobody can be asked. */
export const PASSPHRASE_VARIABLE = 'INFINET_KEYRING_PASSPHRASE';

/** The keyring's passphrase: from the environment, else typed unseen, twice when it is to encrypt a key. */
export async function askPassphrase(isNew: boolean): Promise<string> {
  const given = process.env[PASSPHRASE_VARIABLE];
  const passphrase = given ?? (await askHidden('keyring passphrase: '));
  if (passphrase.length < 8) throw new OperatorError('a keyring passphrase has at least 8 characters');
  if (isNew && given === undefined && (await askHidden('the same again: ')) !== passphrase) {
    throw new OperatorError('the two passphrases differ');
  }
  return passphrase;
}

/** One line, not echoed when it is typed; piped input works too, a line for each question. */
export async function askHidden(question: string): Promise<string> {
  process.stderr.write(question);
  try {
    const line = process.stdin.isTTY === true ? await typedLine() : pipedLine();
    if (line !== undefined) return line;
    throw new OperatorError(`nothing was typed; where nobody can type, set ${PASSPHRASE_VARIABLE}`);
  } finally {
    process.stderr.write('\n');
  }
}

async function typedLine(): Promise<string | undefined> {
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: unseen, terminal: true });
  try {
    for await (const line of lines) return line;
    return undefined;
  } finally {
    lines.close();
  }
}

/** Byte by byte: what follows the line is left for the next question. */
function pipedLine(): string | undefined {
  const bytes: number[] = [];
  const byte = Buffer.alloc(1);
  while (readSync(0, byte) === 1) {
    if (byte[0] === 0x0a) return Buffer.from(bytes).toString('utf8').replace(/\r$/, '');
    bytes.push(byte[0] ?? 0);
  }
  return bytes.length === 0 ? undefined : Buffer.from(bytes).toString('utf8');
}
