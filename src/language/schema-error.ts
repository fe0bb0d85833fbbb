/** What schemas are made of here, and what does not fit one. */

import type { Path } from './yaml.ts';

/** A place where a value does not fit its schema. */
export interface SchemaError {
  /** To the value that the keyword is about. */
  readonly path: Path;
  readonly keyword: keyof SchemaNode;
  /** Of keywords about keys: the one that is missing, or should not be there. */
  readonly key?: string;
  /** Of `uniqueItems`: the two that are equal, in their order. */
  readonly pair?: readonly [number, number];
  /** The schema that holds the keyword. */
  readonly schema: SchemaNode;
  readonly value: unknown;
}

/** What the schemas of this project use: nothing that combines schemas, so that a value that does not fit has one reason. */
export interface SchemaNode {
  readonly $ref?: string;
  readonly title?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly format?: string;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly items?: SchemaNode;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly required?: readonly string[];
  readonly propertyNames?: SchemaNode;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: boolean | SchemaNode;
  readonly examples?: readonly unknown[];
  readonly 'x-role'?: string;
}
