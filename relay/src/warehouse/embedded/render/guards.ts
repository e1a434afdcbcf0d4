import type {
  AnyBoundNode,
  BoundBody,
  BoundCte,
  BoundExpression,
  BoundQuery,
  BoundRelation,
  ColumnGuard,
  Floor,
  Reading,
  RelationId,
  Step,
} from '@sluice/snowflake-sql/execution';
import { addBoundChildren, readingThrough, treatment } from '@sluice/snowflake-sql/execution';

/** Which guards stand behind a value, and which readings of it come to the same. */
export interface Guards {
  /** The guard of a base table's column. */
  of(relation: BoundRelation, index: number): ColumnGuard | null;
  /** The first of the readings that no guard behind it tells from this one. */
  canonical(relation: RelationId, index: number, reading: Reading): Reading;
  /** The same of an expression. */
  canonicalOf(expression: BoundExpression, reading: Reading): Reading;
  canonicalOfBody(body: BoundBody, index: number, reading: Reading): Reading;
}

type Behind = ReadonlySet<ColumnGuard>;

const NONE: Behind = new Set();
const READINGS: readonly Reading[] = [
  'direct',
  'expression',
  'aggregate',
  'distinct',
  'counted',
  'group',
  'join',
  'number',
  'use',
];
const STEPS: readonly Step[] = ['direct', 'expression', 'aggregate', 'distinct', 'counted'];

export function createGuards(relations: ReadonlyMap<RelationId, BoundRelation>, floor: Floor): Guards {
  /** Recursive tables that are being followed, and what is known of them so far. */
  const running = new Map<BoundCte, Behind[]>();
  let found = newFindings();
  const profiles = new WeakMap<Behind, ReadonlyMap<Reading, Reading>>();

  return {
    of: guardOf,
    canonical: (relation, index, reading) => canonicalBehind(behindColumn(relation, index), reading),
    canonicalOf: (expression, reading) => canonicalBehind(behindPart(expression), reading),
    canonicalOfBody: (body, index, reading) => canonicalBehind(behindBody(body, index), reading),
  };

  function guardOf(relation: BoundRelation, index: number): ColumnGuard | null {
    if (relation.kind !== 'table') return null;
    return floor({ object: relation.object, column: relation.columns[index]!.name });
  }

  function canonicalBehind(behind: Behind, reading: Reading): Reading {
    if (behind.size === 0) return 'direct';
    let profile = profiles.get(behind);
    if (profile === undefined) profiles.set(behind, (profile = profileOf(behind)));
    return profile.get(reading)!;
  }

  function behindColumn(id: RelationId, index: number): Behind {
    const key = `${id}.${index}`;
    const known = found.columns.get(key);
    if (known !== undefined) return known;
    const behind = behindRelation(relations.get(id)!, index);
    found.columns.set(key, behind);
    return behind;
  }

  function behindRelation(relation: BoundRelation, index: number): Behind {
    switch (relation.kind) {
      case 'table': {
        const guard = guardOf(relation, index);
        return guard === null ? NONE : new Set([guard]);
      }
      case 'view':
        return relation.view.query === null ? NONE : behindQuery(relation.view.query, index);
      case 'derived':
        return behindQuery(relation.query, index);
      case 'cte':
        return behindCte(relation.cte, index);
      default:
        // Any column of these may hold anything that they are made of.
        return behindPart(relation);
    }
  }

  function behindQuery(query: BoundQuery, index: number): Behind {
    return behindBody(query.body, index);
  }

  function behindBody(body: BoundBody, index: number): Behind {
    switch (body.kind) {
      case 'select':
        return behindPart(body.outputs[index]!.expression);
      case 'values':
        return union(body.rows.map((row) => behindPart(row[index]!)));
      case 'set_operation':
        return union(
          body.operands.map((operand, place) => {
            const own = body.places[index]![place]!;
            return own === -1 ? NONE : behindBody(operand, own);
          }),
        );
      case 'query':
        return behindQuery(body, index);
      default:
        return body satisfies never;
    }
  }

  function behindCte(cte: BoundCte, index: number): Behind {
    if (!cte.recursive) return behindQuery(cte.query, index);
    const known = running.get(cte) ?? found.ctes.get(cte);
    return (known ?? behindRecursive(cte))[index]!;
  }

  /** It reads itself: followed again until nothing more is found. What is found meanwhile may not be all. */
  function behindRecursive(cte: BoundCte): Behind[] {
    const outer = found;
    let columns: Behind[] = cte.columns.map(() => NONE);
    for (let isStable = false; !isStable;) {
      found = newFindings();
      running.set(cte, columns);
      const next = cte.columns.map((_, place) => behindQuery(cte.query, place));
      isStable = next.every((behind, place) => behind.size === columns[place]!.size);
      columns = next;
    }
    running.delete(cte);
    found = outer;
    found.ctes.set(cte, columns);
    return columns;
  }

  /** Every guard behind anything that a part of the tree mentions. */
  function behindPart(part: AnyBoundNode): Behind {
    const known = found.parts.get(part);
    if (known !== undefined) return known;
    const guards = new Set<ColumnGuard>();
    const seen = new Set<AnyBoundNode>();
    const left = [part];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      if (next.kind !== 'column') addBoundChildren(next, left);
      else for (const guard of behindColumn(next.relation, next.index)) guards.add(guard);
    }
    const behind = guards.size === 0 ? NONE : guards;
    found.parts.set(part, behind);
    return behind;
  }
}

function newFindings() {
  return {
    columns: new Map<string, Behind>(),
    ctes: new Map<BoundCte, Behind[]>(),
    parts: new WeakMap<AnyBoundNode, Behind>(),
  };
}

function union(all: readonly Behind[]): Behind {
  const filled = all.filter(({ size }) => size > 0);
  return filled.length < 2 ? (filled[0] ?? NONE) : new Set(filled.flatMap((behind) => [...behind]));
}

/** By reading, the first that every guard treats alike, whatever else the value goes through. */
function profileOf(behind: Behind): ReadonlyMap<Reading, Reading> {
  const first = new Map<string, Reading>();
  return new Map(
    READINGS.map((reading) => {
      const profile = [...behind]
        .map((guard) => STEPS.map((step) => treatment(guard, readingThrough(reading, step))).join())
        .join(';');
      if (!first.has(profile)) first.set(profile, reading);
      return [reading, first.get(profile)!] as const;
    }),
  );
}
