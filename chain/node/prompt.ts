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

/** One line that is not echoed; piped input works too. */
export async function askHidden(question: string): Promise<string> {
  process.stderr.write(question);
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const isTerminal = process.stdin.isTTY === true;
  const lines = createInterface({
    input: process.stdin,
    output: isTerminal ? unseen : undefined,
    terminal: isTerminal,
  });
  try {
    for await (const line of lines) return line;
    throw new OperatorError(`nothing was typed; where nobody can type, set ${PASSPHRASE_VARIABLE}`);
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}
