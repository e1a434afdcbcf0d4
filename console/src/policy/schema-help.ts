import { ITEM, type YamlPlace } from './yaml-place.ts';

/** As much of JSON Schema (draft 2020-12) as the policy's has. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly propertyNames?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly items?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

export interface Choice {
  readonly text: string;
  /** What kind of value a key takes. */
  readonly kind: string;
  readonly description: string;
  readonly isRequired: boolean;
}

/** What may be written at a place: keys that are not there yet, or the values that there are. */
export function choicesAt(schema: Schema, { path, writes, beside }: YamlPlace): readonly Choice[] {
  const there = schemasAt(schema, path);
  const found = new Map<string, Choice>();
  const add = (choice: Choice) => {
    if (!found.has(choice.text)) found.set(choice.text, choice);
  };
  if (writes === 'value') {
    for (const one of there) {
      for (const value of valuesOf(one)) {
        add({ text: String(value), kind: '', description: one.description ?? '', isRequired: false });
      }
    }
    return [...found.values()];
  }
  for (const one of fitting(there, beside)) {
    const names = valuesOf(one.propertyNames ?? {}).map(
      (name) => [String(name), one.additionalProperties] as const,
    );
    for (const [name, value] of [...Object.entries(one.properties ?? {}), ...names]) {
      if (beside.has(name)) continue;
      const about = typeof value === 'object' ? value : {};
      const isRequired = one.required?.includes(name) === true;
      add({ text: name, kind: kindOf(about), description: descriptionOf(about), isRequired });
    }
  }
  return [...found.values()].toSorted((one, other) => Number(other.isRequired) - Number(one.isRequired));
}

/** What the innermost thing at a place is for; empty where the schema does not say. */
export function helpAt(schema: Schema, { path }: YamlPlace): string {
  for (let length = path.length; length > 0; length -= 1) {
    const said = schemasAt(schema, path.slice(0, length))
      .map(descriptionOf)
      .find((text) => text !== '');
    if (said !== undefined) return said;
  }
  return '';
}

function schemasAt(schema: Schema, path: readonly string[]): readonly Schema[] {
  let there = variants(schema);
  for (const step of path) {
    there = there.flatMap((one) => {
      const next = step === ITEM ? one.items : (one.properties?.[step] ?? one.additionalProperties);
      return typeof next === 'object' ? variants(next) : [];
    });
  }
  return there;
}

/** A schema, and all that it may be one of. */
function variants(schema: Schema): readonly Schema[] {
  const { anyOf = [], oneOf = [], allOf = [] } = schema;
  return [schema, ...[...anyOf, ...oneOf, ...allOf].flatMap(variants)];
}

/** Of several forms, those that what is written already may become; all, where it is none. */
function fitting(there: readonly Schema[], beside: ReadonlyMap<string, string>): readonly Schema[] {
  const fits = (one: Schema) =>
    [...beside].every(([key, value]) => {
      const known = one.properties?.[key];
      if (known === undefined) return typeof one.additionalProperties === 'object';
      const values = variants(known).flatMap(valuesOf).map(String);
      return values.length === 0 || known.anyOf !== undefined || values.includes(value);
    });
  const left = there
    .filter((one) => one.properties !== undefined || one.propertyNames !== undefined)
    .filter(fits);
  return left.length > 0 ? left : there;
}

function valuesOf(schema: Schema): readonly unknown[] {
  if (schema.const !== undefined) return [schema.const];
  if (schema.enum !== undefined) return schema.enum.filter((value) => value !== null);
  return schema.type === 'boolean' ? [true, false] : [];
}

function kindOf(schema: Schema): string {
  const values = variants(schema).flatMap(valuesOf);
  if (values.length > 0 && values.length <= 4) return values.join(' | ');
  return [...new Set(variants(schema).flatMap(({ type }) => (type === undefined ? [] : [type])))].join(' | ');
}

function descriptionOf(schema: Schema): string {
  return variants(schema).find(({ description }) => description !== undefined)?.description ?? '';
}
