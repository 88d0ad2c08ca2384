import { toByteString } from '../../sdk/codec/byteString.ts';
import { type abci, cometProof } from '../../sdk/codec/index.ts';
import { Context } from '../context.ts';
import { CodedError, ensure, fail, registerErrors, sdkErrors } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { QueryRoute } from '../message.ts';
import { type CommittedVersion, UnknownVersionError } from '../store/version.ts';
import { GrpcError, grpcFailure, plainFailure, toGrpcError, unknownGrpcError } from './grpcStatus.ts';
import { lastBlock } from './kernelState.ts';
import type { AppStore } from './store.ts';
import { subspace } from './subspace.ts';

/** Larger requests are refused unread, bytes. */
export const maxQueryBytes = 2_097_152;

export interface QueryDeps {
  readonly chainId: string;
  readonly store: AppStore;
  /** gRPC methods by path: those of the modules and of the kernel's services. */
  readonly routes: readonly QueryRoute[];
  /** Stores that `/store/<name>/key` serves. */
  readonly storeNames: readonly string[];
  readonly version: string;
  /** `/app/simulate`: JSON of a `SimulationResponse`. */
  readonly simulate: (tx: Uint8Array) => Uint8Array;
  readonly logger: Logger;
}

/** What a gRPC method answers: an encoded response, and the height of the state that it was read from. */
export interface QueryAnswer {
  readonly value: Uint8Array;
  readonly height: bigint;
}

/** Answers `abci_query` from committed versions only. Never throws, except when this node itself is broken. */
export class QueryRouter {
  readonly #deps: QueryDeps;
  readonly #routes = new Map<string, QueryRoute>();

  /** Throws if two modules claim the same path. */
  constructor(deps: QueryDeps) {
    this.#deps = deps;
    for (const route of deps.routes) {
      if (this.#routes.has(route.path)) throw new Error(`query ${route.path} has two handlers`);
      this.#routes.set(route.path, route);
    }
  }

  answer(request: abci.RequestQuery): abci.ResponseQuery {
    const route = this.#routes.get(request.path);
    try {
      const limit = maxQueryBytes;
      ensure(request.data.length <= limit, sdkErrors.invalidRequest, `a query of more than ${limit} bytes`);
      return route === undefined ? this.#plain(request) : this.#grpc(route, request);
    } catch (error) {
      const coded = this.#coded(error, request.path);
      if (route === undefined) return { ...emptyResponse, ...plainFailure(coded) };
      return { ...emptyResponse, ...grpcFailure(coded), height: this.#heightOf(request) };
    }
  }

  /** The height that a method was asked at; 0 if it was not called, because the height is none to ask at. */
  #heightOf({ height, prove }: abci.RequestQuery): bigint {
    const { version } = this.#deps.store;
    const asked = height === 0n ? version : height;
    return asked < 0n || asked > version || (prove && asked <= 1n) ? 0n : asked;
  }

  /** The gRPC methods that are answered, as `/package.Service/Method`. */
  get paths(): readonly string[] {
    return [...this.#routes.keys()];
  }

  /** One gRPC method on the state at `height`, 0 for the last. Throws a `GrpcError` and nothing else. */
  call(path: string, data: Uint8Array, height: bigint): QueryAnswer {
    const route = this.#routes.get(path);
    if (route === undefined) throw new GrpcError('Unimplemented', `unknown method ${path.slice(0, 200)}`);
    let version: CommittedVersion;
    try {
      version = this.#version(height);
    } catch (error) {
      // As in the SDK: heights are looked up outside the method, so their refusals have no status of their own.
      throw unknownGrpcError(this.#coded(error, path));
    }
    try {
      ensure(data.length <= maxQueryBytes, sdkErrors.invalidRequest, `a query of more than ${maxQueryBytes} bytes`);
      return { value: route.answer(contextOf(this.#deps.chainId, version), data), height: version.height };
    } catch (error) {
      if (error instanceof CodedError) throw toGrpcError(error);
      // As in Go, where an error without a status is of an unknown one.
      throw new GrpcError('Unknown', this.#coded(error, path).detail);
    }
  }

  /** The state of a version and the block that made it, as a query sees them. Throws `sdk` 18 or 26. */
  context(height: bigint): Context {
    return contextOf(this.#deps.chainId, this.#version(height));
  }

  #grpc(route: QueryRoute, request: abci.RequestQuery): abci.ResponseQuery {
    const version = this.#version(request.height);
    requireProvable(version.height, request.prove);
    const value = route.answer(contextOf(this.#deps.chainId, version), request.data);
    return { ...emptyResponse, value, height: version.height };
  }

  #plain(request: abci.RequestQuery): abci.ResponseQuery {
    const parts = request.path.replace(/^\//, '').split('/');
    switch (parts[0]) {
      case 'store':
        return this.#store(parts, request);
      case 'app':
        return this.#app(parts, request);
      case 'p2p':
        ensure(parts.length >= 4, sdkErrors.unknownRequest, 'path should be p2p filter <addr|id> <parameter>');
        ensure(parts[1] === 'filter', sdkErrors.unknownRequest, "expected second parameter to be 'filter'");
        return emptyResponse;
      default:
        return fail(sdkErrors.unknownRequest, request.path === '' ? 'no query path provided' : 'unknown query path');
    }
  }

  #app(parts: readonly string[], request: abci.RequestQuery): abci.ResponseQuery {
    const height = request.height === 0n ? this.#deps.store.version : request.height;
    switch (parts[1]) {
      case 'simulate':
        return { ...emptyResponse, codespace: 'sdk', value: this.#deps.simulate(request.data), height };
      case 'version':
        return { ...emptyResponse, codespace: 'sdk', value: Buffer.from(this.#deps.version, 'utf8'), height };
      case undefined:
        return fail(
          sdkErrors.unknownRequest,
          "expected second parameter to be either 'simulate' or 'version', neither was present",
        );
      default:
        return fail(sdkErrors.unknownRequest, `unknown query: [${parts.join(' ').slice(0, 200)}]`);
    }
  }

  /** Raw value of a key, with ICS-23 proof ops up to the app hash in the header of the next height. */
  #store(parts: readonly string[], request: abci.RequestQuery): abci.ResponseQuery {
    const [, name = '', kind] = parts;
    const height = request.height === 0n ? this.#deps.store.version : request.height;
    requireProvable(height, request.prove);
    ensure(this.#deps.storeNames.includes(name), storeErrors.unknownRequest, `no such store: ${name}`);
    const isKey = kind === 'key' && parts.length === 3;
    const isSubspace = kind === 'subspace' && parts.length === 3;
    if (isKey && request.data.length === 0 && request.prove) failWithoutProof();
    ensure(request.data.length > 0, storeErrors.txDecode, 'query cannot be zero length');
    ensure(isKey || isSubspace, storeErrors.unknownRequest, `unexpected query path: /${parts.slice(2).join('/')}`);
    let version: CommittedVersion;
    try {
      version = this.#deps.store.at(height);
    } catch (error) {
      if (!(error instanceof UnknownVersionError)) throw error;
      if (isKey && request.prove) return failWithoutProof();
      return { ...emptyResponse, key: request.data, height, log: 'version does not exist' };
    }
    const store = version.state.store(name);
    if (isSubspace) return { ...emptyResponse, key: request.data, value: subspace(store, request.data), height };
    const value = store.get(toByteString(request.data)) ?? new Uint8Array();
    const proofOps = request.prove
      ? cometProof.ProofOps.fromPartial({ ops: version.prove(name, request.data) })
      : undefined;
    return { ...emptyResponse, key: request.data, value, proofOps, height };
  }

  #version(height: bigint): CommittedVersion {
    const { store } = this.#deps;
    if (height < 0n) fail(sdkErrors.invalidRequest, 'cannot query with height < 0; please provide a valid height');
    if (height > store.version) {
      fail(sdkErrors.invalidHeight, 'cannot query with height in the future; please provide a valid height');
    }
    ensure(store.version > 0n, sdkErrors.invalidHeight, 'the chain has no block yet');
    try {
      return store.at(height === 0n ? store.version : height);
    } catch (error) {
      if (!(error instanceof UnknownVersionError)) throw error;
      fail(
        sdkErrors.invalidRequest,
        `failed to load state at height ${height}; ${error.message} (latest height: ${store.version})`,
      );
    }
  }

  #coded(error: unknown, path: string): CodedError {
    if (error instanceof CodedError) return error;
    const message = error instanceof Error ? error.message : String(error);
    // Decoders throw plain errors on malformed requests; anything else is a bug that must not stop a node.
    this.#deps.logger.warn(
      { path, error: message, stack: error instanceof Error ? error.stack : '' },
      'a query failed',
    );
    return new CodedError(sdkErrors.invalidRequest, message);
  }
}

/** Numbers and texts of the SDK's `store` package (store/types/errors.go, v1.1). */
const storeErrors = registerErrors('store', {
  txDecode: [3, 'tx parse error'],
  unknownRequest: [4, 'unknown request'],
  invalidRequest: [7, 'invalid request'],
});

function failWithoutProof(): never {
  return fail(storeErrors.invalidRequest, 'proof is unexpectedly empty; ensure height has not been pruned');
}

function requireProvable(height: bigint, prove: boolean): void {
  if (!prove || height > 1n) return;
  fail(sdkErrors.invalidRequest, 'cannot query with proof when height <= 1; please provide a valid height');
}

const emptyResponse: abci.ResponseQuery = {
  code: 0,
  log: '',
  info: '',
  index: 0n,
  key: new Uint8Array(),
  value: new Uint8Array(),
  proofOps: undefined,
  height: 0n,
  codespace: '',
};

function contextOf(chainId: string, version: CommittedVersion): Context {
  const state = version.state.branch();
  const block = lastBlock.get(
    new Context({ chainId, height: version.height, time: 0n, proposer: new Uint8Array() }, state),
  );
  const { time, proposer } = block ?? { time: 0n, proposer: new Uint8Array() };
  return new Context({ chainId, height: version.height, time, proposer }, state);
}
