import { Buffer } from 'node:buffer';
import { fail, sdkErrors } from '../../chain/errors.ts';
import type { staking } from '../../sdk/codec/index.ts';

/** Longest texts in bytes (x/staking/types/validator.go). */
const limits = { moniker: 70, identity: 3000, website: 140, securityContact: 140, details: 280 } as const;
const names = {
  moniker: 'moniker',
  identity: 'identity',
  website: 'website',
  securityContact: 'security contact',
  details: 'details',
} as const;
const fields = ['moniker', 'identity', 'website', 'securityContact', 'details'] as const;

/** Clients send this for a text that stays as it is. */
const keep = '[do-not-modify]';

export function isEmptyDescription(description: staking.Description): boolean {
  return fields.every((field) => description[field] === '');
}

/** Throws `sdk` 18 if a text is too long. */
export function requireShortTexts(description: staking.Description): void {
  for (const field of fields) {
    const length = Buffer.byteLength(description[field], 'utf8');
    if (length > limits[field]) {
      fail(sdkErrors.invalidRequest, `invalid ${names[field]} length; got: ${length}, max: ${limits[field]}`);
    }
  }
}

/** The new texts, the old one wherever a client says so. Throws `sdk` 18 if one is too long. */
export function updateDescription(old: staking.Description, changes: staking.Description): staking.Description {
  const choose = (field: (typeof fields)[number]) => (changes[field] === keep ? old[field] : changes[field]);
  const description = {
    moniker: choose('moniker'),
    identity: choose('identity'),
    website: choose('website'),
    securityContact: choose('securityContact'),
    details: choose('details'),
  };
  requireShortTexts(description);
  return description;
}
