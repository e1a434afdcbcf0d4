import type { FormatOptions, FormatValue } from '../catalog.ts';
import type { DdlObjectType } from '../object-types.ts';
import { Unresolvable } from '../problem.ts';
import type { Bind } from '../tree/names.ts';
import type { Option, OptionValue } from '../tree/options.ts';
import type { Expression, NamedArgument } from '../tree/query.ts';
import type { Binder } from './binder.ts';
import { bindName } from './bind-names.ts';

/** Options by their upper-case names, without those that are formats themselves. */
export function optionsOf(binder: Binder | null, options: readonly Option[]): FormatOptions {
  return Object.fromEntries(
    options
      .filter((option) => nameOf(option) !== FILE_FORMAT)
      .map((option) => [nameOf(option), option.value === null ? true : valueOf(binder, option.value)]),
  );
}

/** What `FILE_FORMAT = (...)` says: the name of a format, as written; and options. */
export interface FormatSaid {
  readonly name: string | null;
  readonly options: FormatOptions;
}

export const NOTHING_SAID: FormatSaid = { name: null, options: {} };

export function formatSaid(binder: Binder | null, options: readonly Option[]): FormatSaid {
  const value = options.find((option) => nameOf(option) === FILE_FORMAT)?.value;
  if (value === undefined || value === null) return NOTHING_SAID;
  if (value.kind !== 'option_list') return { name: textOf(binder, value), options: {} };
  const inner = value.items.filter((item) => item.kind === 'option');
  const name = inner.find((option) => nameOf(option) === FORMAT_NAME)?.value ?? null;
  return {
    name: name === null ? null : textOf(binder, name),
    options: optionsOf(
      binder,
      inner.filter((option) => nameOf(option) !== FORMAT_NAME),
    ),
  };
}

/** The text of a named argument (`PATTERN => '.*'`); null if there is none. */
export function argumentText(
  binder: Binder | null,
  given: readonly Expression[],
  name: string,
): { readonly text: string; readonly at: NamedArgument } | null {
  const found = given.find(
    (argument): argument is NamedArgument =>
      argument.kind === 'named_argument' && argument.name.name.toUpperCase() === name,
  );
  if (found === undefined) return null;
  const { value } = found;
  if (value.kind === 'string') return { text: value.value, at: found };
  const bound = value.kind === 'bind' ? textOfBind(binder, value) : null;
  if (bound !== null) return { text: bound, at: found };
  throw new Unresolvable('unsupported', `${name} is only known when the statement runs`, found);
}

/** The format that CREATE STAGE or CREATE FILE FORMAT gives, and what else it says. */
export function optionsOfCreate(
  type: DdlObjectType,
  options: readonly Option[],
): { readonly format: FormatOptions; readonly others: FormatOptions } {
  const own = optionsOf(NO_BINDS, options);
  if (type !== 'stage') {
    const { COMMENT: _, ...format } = own;
    return { format, others: {} };
  }
  const { name, options: format } = formatSaid(NO_BINDS, options);
  return { format, others: name === null ? own : { ...own, FORMAT_NAME: name } };
}

/** Where binds have no values: in what is kept. */
const NO_BINDS = null;

const FILE_FORMAT = 'FILE_FORMAT';
export const FORMAT_NAME = 'FORMAT_NAME';

export function nameOf({ name }: Option): string {
  return (name.kind === 'words' ? name.text : name.value).toUpperCase();
}

function valueOf(binder: Binder | null, value: OptionValue): FormatValue {
  if (value.kind === 'option_list') return value.items.map((item) => textOf(binder, item));
  if (value.kind === 'null') return null;
  if (value.kind === 'boolean') return value.value;
  if (value.kind === 'number') return Number(value.text);
  return textOf(binder, value);
}

/** A word, a name of one part, a string or a bind; anything else is no value that an option here has. */
function textOf(binder: Binder | null, value: OptionValue | Option): string {
  if (value.kind === 'option')
    return `${nameOf(value)}=${value.value === null ? '' : textOf(binder, value.value)}`;
  if (value.kind === 'string') return value.value;
  if (value.kind === 'words' || value.kind === 'number') return value.text;
  if (value.kind === 'boolean') return String(value.value).toUpperCase();
  if (value.kind === 'qualified_name') return value.parts.map((part) => written(part)).join('.');
  if (value.kind === 'bind') {
    const text = textOfBind(binder, value);
    if (text !== null) return text;
  }
  throw new Unresolvable('unsupported', 'an option whose value is only known when the statement runs', value);
}

function written({ name, quoted }: { readonly name: string; readonly quoted: boolean }): string {
  return quoted ? `"${name.replaceAll('"', '""')}"` : name;
}

export function textOfBind(binder: Binder | null, bind: Bind): string | null {
  return binder === null ? null : (binder.context.bindTexts?.get(bindName(binder, bind)) ?? null);
}
