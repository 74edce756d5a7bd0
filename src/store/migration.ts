import type { ColumnDataType, Compilable, SchemaModule } from 'kysely';

/** One step of the database's history. A released step is never changed: what follows is a new step. */
export interface Migration {
  /** 1, 2, 3 …, without gaps. */
  readonly version: number;
  readonly name: string;
  readonly up: (schema: SchemaModule, types: ColumnTypes) => readonly Compilable[];
}

/** What engines name differently. */
export interface ColumnTypes {
  /** A primary key that numbers its rows as they are inserted. */
  readonly seq: Extract<ColumnDataType, 'integer' | 'bigserial'>;
  readonly bytes: Extract<ColumnDataType, 'blob' | 'bytea'>;
}
