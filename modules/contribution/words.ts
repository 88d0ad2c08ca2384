/** The words that events and genesis use for enum values: `data` for CONTRIBUTION_KIND_DATA. */
import { ContributionKind } from '../../proto/generated/infinet/contribution/v1/kind.ts';
import {
  ContributionStatus,
  ObjectiveStatus,
  RoundStatus,
  Visibility,
} from '../../proto/generated/infinet/contribution/v1/types.ts';

export function kindWord(kind: ContributionKind): string {
  return wordOf(ContributionKind, 'CONTRIBUTION_KIND_', kind);
}

export function statusWord(status: ContributionStatus): string {
  return wordOf(ContributionStatus, 'CONTRIBUTION_STATUS_', status);
}

export function objectiveStatusWord(status: ObjectiveStatus): string {
  return wordOf(ObjectiveStatus, 'OBJECTIVE_STATUS_', status);
}

export function roundStatusWord(status: RoundStatus): string {
  return wordOf(RoundStatus, 'ROUND_STATUS_', status);
}

export function visibilityWord(visibility: Visibility): string {
  return wordOf(Visibility, 'VISIBILITY_', visibility);
}

/** The full name that protobuf's JSON uses, `CONTRIBUTION_KIND_DATA`. Throws for numbers that are not declared. */
export function enumName<V extends number>(values: Record<string, V>, value: V): string {
  const found = Object.entries(values).find(([, number]) => number === value && number >= 0);
  if (found === undefined) throw new RangeError(`${value} is not a value of this enum`);
  return found[0];
}

/** The value of a full name; undefined if it is not declared. */
export function enumValue<V extends number>(values: Record<string, V>, name: string): V | undefined {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  return value !== undefined && value >= 0 ? value : undefined;
}

function wordOf<V extends number>(values: Record<string, V>, prefix: string, value: V): string {
  return enumName(values, value).slice(prefix.length).toLowerCase();
}
