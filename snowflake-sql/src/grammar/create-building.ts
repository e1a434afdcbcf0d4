import type { Create } from '../tree/statements.ts';
import type { Building } from './parser.ts';

/** A CREATE that is being parsed, whose lists may still grow. */
export type CreateBuilding = Omit<Building<Create>, ListField> & {
  -readonly [Key in ListField]: Create[Key][number][];
};

type ListField =
  | 'modifiers'
  | 'parameters'
  | 'columns'
  | 'constraints'
  | 'sources'
  | 'options'
  | 'tags'
  | 'policies'
  | 'expressions'
  | 'flags';
