import { writeJson } from '../../chain/api/json/write.ts';
import { reflect } from '../../chain/api/reflection.ts';
import { buildRequest } from '../../chain/api/rest/request.ts';
import { RestRoutes } from '../../chain/api/rest/routes.ts';
import { GrpcError } from '../../chain/app/grpcStatus.ts';
import type { Random } from '../sim/random.ts';
import { liveChain } from './chain.ts';
import { mutate } from './mutate.ts';
import { damage } from './mutateFields.ts';
import { isBug } from './queries.ts';
import type { Target } from './target.ts';

/** Longest answer that the chain of this test has any reason to give, bytes. */
const longest = 4 * 2 ** 20;

/** Requests to every gRPC method and to reflection: an answer or a status, never another error. */
export async function grpcTarget(): Promise<Target> {
  const chain = await liveChain(40, isBug);
  const { app } = chain.machine;
  const paths = app.queryPaths;
  const data = [...chain.drafts.map(({ message }) => message.value), ...chain.txs];
  const services = ['cosmos.bank.v1beta1.Query', 'infinet.beacon.v1.Query'];
  return {
    name: 'grpc',
    run: (random) => {
      const bytes = requestOf(random, data);
      if (random.oneIn(10)) return reflected(bytes, services);
      const path = random.pick(paths);
      const height = random.oneIn(4) ? random.between(-3n, 50n) : 0n;
      try {
        return app.call(path, bytes, height).value.length <= longest || tooLong(path);
      } catch (error) {
        if (error instanceof GrpcError) return false;
        throw new Error(`${path} of ${Buffer.from(bytes).toString('hex')}`, { cause: error });
      } finally {
        throwBug(chain.takeBug(), path, bytes);
      }
    },
    close: chain.close,
  };
}

/** Paths, query strings and bodies of REST: an answer in JSON, or a status. */
export async function restTarget(): Promise<Target> {
  const chain = await liveChain(40, isBug);
  const { app } = chain.machine;
  const routes = new RestRoutes(app.queryPaths);
  const words = wordsOf(chain.drafts.map(({ signer }) => signer.text));
  return {
    name: 'rest',
    run: (random) => {
      const { parts, hasBody } = random.pick(routes.all);
      const whole = `/${parts.map((part) => ('text' in part ? part.text : random.pick(words))).join('/')}`;
      const path = random.oneIn(6) ? damaged(random, whole) : whole;
      const match = routes.find(hasBody ? 'POST' : 'GET', path);
      if (match === undefined) return false;
      const query = Array.from({ length: random.below(4) }, () => `${random.pick(names)}=${random.pick(words)}`).join(
        '&',
      );
      const search = new URLSearchParams(random.oneIn(4) ? damaged(random, query) : query);
      const body = random.oneIn(2) ? damaged(random, bodies) : random.pick(['', '{}', '[', bodies]);
      let bytes: Uint8Array = new Uint8Array();
      try {
        bytes = buildRequest(match, search, body);
        JSON.parse(writeJson(match.route.method.output, app.call(match.route.path, bytes, 0n).value));
        return true;
      } catch (error) {
        if (error instanceof GrpcError) return false;
        throw new Error(`${path}?${search} ${body}`, { cause: error });
      } finally {
        throwBug(chain.takeBug(), path, bytes);
      }
    },
    close: chain.close,
  };
}

const bodies = '{"tx":{"body":{"messages":[{"@type":"/cosmos.bank.v1beta1.MsgSend","amount":[]}]}},"tx_bytes":"CgA="}';

const names = [
  'pagination.limit',
  'pagination.key',
  'pagination.offset',
  'pagination.reverse',
  'pagination.count_total',
  'pagination.key.deeper',
  'denom',
  'status',
  'height',
  'resolve_denom',
  '__proto__',
  'constructor.prototype',
];

function wordsOf(addresses: readonly string[]): string[] {
  const odd = [
    '',
    '0',
    '1',
    '-1',
    '99999999999999999999',
    'true',
    'x',
    '%',
    '%00',
    '..',
    'uinf',
    'AAEC',
    '=',
    '🙂',
    'infinet1',
  ];
  return [...odd, ...odd, ...new Set(addresses)];
}

function damaged(random: Random, text: string): string {
  return Buffer.from(mutate(random, Buffer.from(text), Buffer.from(bodies))).toString(
    random.oneIn(2) ? 'utf8' : 'latin1',
  );
}

function requestOf(random: Random, data: readonly Uint8Array[]): Uint8Array {
  if (random.oneIn(3)) return random.bytes(random.below(40));
  return damage(random, random.pick(data).subarray(0, random.below(400)), random.pick(data));
}

/** A reader of bytes may throw what it likes: the call fails, and nothing else. */
function reflected(bytes: Uint8Array, services: readonly string[]): boolean {
  try {
    return reflect(bytes, services).length > 0;
  } catch (error) {
    if (error instanceof Error && !/call stack|allocation/i.test(error.message)) return false;
    throw error;
  }
}

function tooLong(path: string): never {
  throw new Error(`${path} answers more than ${longest} bytes`);
}

function throwBug(bug: string | undefined, path: string, bytes: Uint8Array): void {
  if (bug !== undefined) throw new Error(`${path} of ${Buffer.from(bytes).toString('hex')}: ${bug}`);
}
