/** The row of an operation: what it takes, what it answers, and what it does. The tables of rows stand in `operations/`. */
import type * as z from "zod";
import type { AdminService } from "./service.ts";

/** The columns that routing, the reading of requests and the OpenAPI document use. */
export interface OperationRow {
  readonly method: "GET" | "POST" | "DELETE";
  /** Below /admin, as OpenAPI spells it. */
  readonly path: string;
  readonly summary: string;
  readonly parameters: { readonly path: z.ZodObject; readonly query: z.ZodObject };
  /** null: the operation takes none. */
  readonly body: z.ZodObject | null;
  /** null: 204, without a body. */
  readonly answer: { readonly schema: z.ZodObject; readonly doc: string } | null;
  /** By status, the refusals that not every operation has. */
  readonly problems: Readonly<Record<number, string>>;
}

/** A request that the schemas of its row have parsed. */
export interface InputOf<Row extends OperationRow> {
  readonly path: z.output<Row["parameters"]["path"]>;
  readonly query: z.output<Row["parameters"]["query"]>;
  readonly body: Row["body"] extends z.ZodObject ? z.output<Row["body"]> : null;
}

/** The answer's JSON; null where the operation answers 204. */
export type AnswerOf<Row extends OperationRow> = Row["answer"] extends {
  readonly schema: infer Schema extends z.ZodObject;
}
  ? z.input<Schema>
  : null;

/** Answers with the JSON of the row's schema, or with a problem. */
export type Handle<Row extends OperationRow> = (
  input: InputOf<Row>,
  service: AdminService,
) => Promise<AnswerOf<Row> | Response>;

/** A row with its handler. */
export type Operation<Row extends OperationRow = OperationRow> = Row & {
  readonly handle: Handle<Row>;
};

/** Ties a handler to the schemas of its row: the compiler rejects one that reads or answers anything else. */
export function operation<const Row extends OperationRow>(
  row: Row,
  handle: Handle<Row>,
): Operation<Row> {
  return { ...row, handle };
}
