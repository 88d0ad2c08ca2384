import { cosPi32, power32 } from '../canonical/math.ts';
import { integerField, onlyFields } from './fields.ts';
import type { JsonObject, ScheduleOperator } from './operator.ts';
import { fraction, positive } from './settings.ts';

/**
 * Learning rates by step (from 0), each the optimizer's `learning_rate` times a factor that every step's leaves compute
 * anew from the step's number alone: nothing is kept in the state.
 */

const f = Math.fround;

/** learning_rate * factor^floor(step / every), the power by squaring. */
export const stepDecay: ScheduleOperator = {
  bind(json, path, steps) {
    onlyFields(json, path, ['op', 'every', 'factor']);
    const every = integerField(json, path, 'every', 1, steps);
    const factor = positive(json, path, 'factor', 1);
    return (rate, step) => f(rate * power32(factor, Math.floor(step / every)));
  },
};

/** Grows over `warmup` steps, then falls in a line to `end` * learning_rate after the run's last step. */
export const linearDecay: ScheduleOperator = decay((t) => f(1 - t));

/** As `linear_decay`, along half a cosine (Loshchilov and Hutter, arXiv 1608.03983, without restarts). */
export const cosineDecay: ScheduleOperator = decay((t) => f(f(1 + cosPi32(t)) / 2));

/** Grows over `warmup` steps, then learning_rate * sqrt(warmup / (step + 1)) (Vaswani et al., arXiv 1706.03762, 5.3). */
export const inverseSqrt: ScheduleOperator = {
  bind(json, path, steps) {
    onlyFields(json, path, ['op', 'warmup']);
    const warmup = integerField(json, path, 'warmup', 1, steps);
    return (rate, step) => f(rate * (step < warmup ? growing(step, warmup) : f(Math.sqrt(f(warmup / (step + 1))))));
  },
};

/** A fall from 1 to `end` by `shape`, which goes from 1 at t = 0 to 0 at t = 1. */
function decay(shape: (t: number) => number): ScheduleOperator {
  return {
    bind(json: JsonObject, path, steps) {
      onlyFields(json, path, ['op', 'warmup', 'end']);
      const warmup = integerField(json, path, 'warmup', 0, steps - 1);
      const end = fraction(json, path, 'end');
      const range = f(1 - end);
      return (rate, step) => {
        if (step < warmup) return f(rate * growing(step, warmup));
        const t = f((step - warmup) / (steps - warmup));
        return f(rate * f(end + f(range * shape(t))));
      };
    },
  };
}

/** (step + 1) / warmup. */
function growing(step: number, warmup: number): number {
  return f((step + 1) / warmup);
}
