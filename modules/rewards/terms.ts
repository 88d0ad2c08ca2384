import type { Params } from '../../proto/generated/infinet/rewards/v1/types.ts';
import { type StreamName, streamNames } from './formulas.ts';
import type { EpochTerms, StreamTerms } from './plan.ts';

/** The stored parameters as the formulas take them. */
export function epochTerms(settings: Params): EpochTerms {
  const terms = (name: StreamName) => streamTerms(settings, name);
  return {
    ...settings,
    streams: {
      data: terms('data'),
      model: terms('model'),
      compute: terms('compute'),
      expertise: terms('expertise'),
      verifiers: terms('verifiers'),
      stakers: terms('stakers'),
      community: terms('community'),
    },
  };
}

/** Terms of one stream; genesis keeps them in the order of `streamNames`. */
export function streamTerms(settings: Params, name: StreamName): StreamTerms {
  const stream = settings.streams[streamNames.indexOf(name)];
  if (stream?.name !== name) throw new Error(`the stored parameters lack the stream ${name}`);
  return stream;
}
