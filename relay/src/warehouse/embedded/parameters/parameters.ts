import type { ParameterValue, SessionParameters } from '../../session-state.ts';
import { type Parameter, type ParameterName, PARAMETERS } from './table.ts';

/** What a parameter is in a session: as it was set, or its default. */
export function parameterOf<Name extends ParameterName>(
  set: SessionParameters,
  name: Name,
): (typeof PARAMETERS)[Name]['default'] {
  return Object.hasOwn(set, name) ? (set[name] as never) : PARAMETERS[name].default;
}

/** What ALTER SESSION does: `set` and then nothing of `unset`. */
export interface ParameterChange {
  readonly set: SessionParameters;
  readonly unset: readonly string[];
}

export function afterChange(before: SessionParameters, { set, unset }: ParameterChange): SessionParameters {
  const left = Object.entries(before).filter(([name]) => !unset.includes(name));
  return { ...Object.fromEntries(left), ...set };
}

export function changesAutocommit(before: SessionParameters, change: ParameterChange): boolean {
  return parameterOf(afterChange(before, change), 'AUTOCOMMIT') !== parameterOf(before, 'AUTOCOMMIT');
}

/** Null for one that there is not. */
export function parameterNamed(name: string): Parameter | null {
  return isParameter(name) ? PARAMETERS[name] : null;
}

export function isParameter(name: string): name is ParameterName {
  return Object.hasOwn(PARAMETERS, name);
}

/** Those that change what statements mean, other than by default. In one order, whatever they were set in. */
export function meaningOf(set: SessionParameters): readonly (readonly [string, ParameterValue])[] {
  return Object.entries(set)
    .filter(([name, value]) => {
      const { treatment, default: byDefault } = parameterNamed(name)!;
      return treatment.is === 'honoured' && treatment.changes === 'meaning' && value !== byDefault;
    })
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
}

/** All of them as a table: what SHOW PARAMETERS lists. */
export function parameterRows(set: SessionParameters): readonly {
  readonly key: string;
  readonly value: string;
  readonly default: string;
  readonly level: string;
  readonly description: string;
  readonly type: string;
}[] {
  return Object.entries<Parameter>(PARAMETERS)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, { default: byDefault, description }]) => ({
      key,
      value: String(Object.hasOwn(set, key) ? set[key] : byDefault),
      default: String(byDefault),
      level: Object.hasOwn(set, key) ? 'SESSION' : '',
      description,
      type: TYPES[typeof byDefault as keyof typeof TYPES],
    }));
}

const TYPES = { string: 'STRING', number: 'NUMBER', boolean: 'BOOLEAN' } as const;
