import type { SourceRange } from '../source-range.ts';
import type { Statement } from './statements.ts';

/**
 * A node of any kind: every one that can stand somewhere below a statement. It is made of the types of the fields, so
 * that a new kind of node is in it, and missed wherever kinds are listed, as soon as something can hold it.
 */
export type AnyNode = Reachable<Statement>;

export type NodeKind = AnyNode['kind'];

export type NodeOfKind<Kind extends NodeKind> = Extract<AnyNode, { readonly kind: Kind }>;

/** The fields of a kind of node that may hold nodes. */
export type ChildField<Kind extends NodeKind> = NodeField<NodeOfKind<Kind>>;

interface Shape extends SourceRange {
  readonly kind: string;
}

type Reachable<New extends Shape, Seen extends Shape = never> = [New] extends [never]
  ? Seen
  : Reachable<Exclude<FieldNodes<New>, Seen | New>, Seen | New>;

type FieldNodes<Node> = Node extends Shape ? { [Field in keyof Node]: Held<Node[Field]> }[keyof Node] : never;

type NodeField<Node> = {
  [Field in keyof Node]: [Held<Node[Field]>] extends [never] ? never : Field & string;
}[keyof Node];

type Held<Value> = Extract<Value extends readonly (infer Item)[] ? Item : Value, Shape>;
