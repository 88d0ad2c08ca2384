import { fail, sdkErrors } from '../../chain/errors.ts';
import { type QueryRoute, query } from '../../chain/message.ts';
import { paginate } from '../../chain/pagination.ts';
import { orRefuse, queryInternal, queryInvalid, queryNotFound } from '../../chain/queryErrors.ts';
import { evidenceQuery } from '../../sdk/codec/index.ts';
import { evidences } from './state.ts';

const service = '/cosmos.evidence.v1beta1.Query';

/** The queries of x/evidence of Cosmos SDK 0.50. */
export const evidenceQueries: readonly QueryRoute[] = [
  query(
    `${service}/Evidence`,
    evidenceQuery.QueryEvidenceRequest,
    evidenceQuery.QueryEvidenceResponse,
    (ctx, { hash }) => {
      if (hash === '') return queryInvalid('invalid request; hash is empty');
      const problem = hexProblem(hash);
      if (problem !== undefined)
        return fail(sdkErrors.invalidRequest, `invalid evidence hash: encoding/hex: ${problem}`);
      const found = evidences.get(ctx, Uint8Array.from(Buffer.from(hash, 'hex')));
      return { evidence: found ?? queryNotFound(`evidence ${hash} not found`) };
    },
  ),
  query(
    `${service}/AllEvidence`,
    evidenceQuery.QueryAllEvidenceRequest,
    evidenceQuery.QueryAllEvidenceResponse,
    (ctx, { pagination }) => {
      const page = orRefuse(() => paginate(ctx, evidences, pagination, (_, any) => any), queryInternal);
      return { evidence: page.items, pagination: page.pagination };
    },
  ),
];

/** In the words of Go's encoding/hex. */
function hexProblem(text: string): string | undefined {
  const odd = /[^0-9a-fA-F]/u.exec(text)?.[0];
  if (odd !== undefined) return `invalid byte: U+${codePoint(odd)} '${odd}'`;
  return text.length % 2 === 0 ? undefined : 'odd length hex string';
}

function codePoint(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}
