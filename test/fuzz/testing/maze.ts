import type { Reader } from '../guided.ts';

const word = Buffer.from('maze');

/** Takes what begins with one word alone, and goes a step further for each letter that is right: by chance one in 2^32. */
export function mazeReader(): Reader {
  return {
    name: 'maze',
    header: 0,
    seeds: [Buffer.from('xxxx')],
    read: (bytes) => step(bytes, 0),
    close: async () => {},
  };
}

function step(bytes: Uint8Array, at: number): boolean {
  switch (at) {
    case 0:
      if (bytes[0] === word[0]) return step(bytes, 1);
      break;
    case 1:
      if (bytes[1] === word[1]) return step(bytes, 2);
      break;
    case 2:
      if (bytes[2] === word[2]) return step(bytes, 3);
      break;
    case 3:
      if (bytes[3] === word[3]) return step(bytes, 4);
      break;
    default:
      return true;
  }
  return false;
}
