import * as beacon from '../../../modules/beacon/events.ts';
import { hexText } from '../../hex.ts';
import { on, type View } from '../view.ts';
import { beaconMisses, beaconRounds } from './tables.ts';

export const beaconView: View = {
  name: 'beacon',
  version: 1,
  tables: [beaconRounds, beaconMisses],
  events: [
    on(beacon.roundClosed, ({ round, value, outputs, power, total_power }, { height, time }, changes) =>
      changes.insert(beaconRounds, {
        round: Number(round),
        value: hexText(value),
        outputs: Number(outputs),
        power: power.toString(),
        totalPower: total_power.toString(),
        height,
        time,
      }),
    ),
    on(beacon.outputMissed, ({ round, operator }, _, changes) =>
      changes.ensure(beaconMisses, { round: Number(round), operator }),
    ),
  ],
};
