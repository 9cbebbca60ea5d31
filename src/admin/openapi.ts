/** The OpenAPI document, from the table of operations. The Worker serves it; it holds nothing that is not in the table. */
import * as z from "zod";
import { OPERATION_ROWS, type OperationRow } from "./operations.ts";
import { Problem } from "./schemas.ts";

type Json = Readonly<Record<string, unknown>>;

const COMMON_PROBLEMS = {
  401: "The token is missing or wrong",
  405: "The path knows other methods: see allow",
  500: "Our fault",
} as const;

const INPUT_PROBLEMS = { 400: "The request is not as described here: see errors" } as const;

const BODY_PROBLEMS = {
  413: "The body, or the signal in it, is too large",
  415: "The body is not application/json",
} as const;

const DESCRIPTION = `Manage a Signal Manager: its sessions, tokens, signals of a backend, and events that were parked.

A client id in a path is percent-encoded UTF-8, every "/" too. The ids "." and ".." cannot stand in a path: URLs have another
meaning for them.`;

/** OpenAPI 3.1, whose schemas are JSON Schema 2020-12: what zod writes fits as it is. */
export function openApiDocument(version: string): Json {
  const operations = OPERATION_ROWS.map(([operationId, row]) => ({ operationId, row }));
  const paths = Map.groupBy(operations, ({ row }) => row.path);
  return {
    openapi: "3.1.0",
    info: { title: "Signal Manager admin API", version, description: DESCRIPTION },
    servers: [{ url: "/admin" }],
    security: [{ bearer: [] }],
    paths: Object.fromEntries(
      Array.from(paths, ([path, rows]) => [
        path,
        Object.fromEntries(
          rows.map(({ operationId, row }) => [
            row.method.toLowerCase(),
            { operationId, ...describe(row) },
          ]),
        ),
      ]),
    ),
    components: {
      schemas: { Problem: jsonSchema(Problem) },
      securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
    },
  };
}

function describe({ summary, parameters, body, answer, problems }: OperationRow): Json {
  const listed = [
    ...parametersIn("path", parameters.path),
    ...parametersIn("query", parameters.query),
  ];
  const failures = {
    ...(listed.length > 0 || body !== null ? INPUT_PROBLEMS : {}),
    ...COMMON_PROBLEMS,
    ...(body === null ? {} : BODY_PROBLEMS),
    ...problems,
  };
  return {
    summary,
    ...(listed.length === 0 ? {} : { parameters: listed }),
    ...(body === null ? {} : { requestBody: { required: true, content: jsonContent(body) } }),
    responses: {
      ...(answer === null
        ? { 204: { description: "Done" } }
        : { 200: { description: answer.doc, content: jsonContent(answer.schema) } }),
      ...Object.fromEntries(
        Object.entries(failures).map(([status, description]) => [status, failure(description)]),
      ),
    },
  };
}

function parametersIn(place: "path" | "query", { shape }: z.ZodObject): Json[] {
  return Object.entries(shape).map(([name, field]) => {
    const { description, ...schema } = jsonSchema(field);
    const required = place === "path";
    return {
      name,
      in: place,
      required,
      schema,
      ...(description === undefined ? {} : { description }),
    };
  });
}

function failure(description: string): Json {
  const schema = { $ref: "#/components/schemas/Problem" };
  return { description, content: { "application/problem+json": { schema } } };
}

function jsonContent(schema: z.ZodObject): Json {
  return { "application/json": { schema: jsonSchema(schema) } };
}

/** As input: of requests, what may be sent; of answers, objects that may get new members in a later version. */
function jsonSchema(schema: z.core.$ZodType): Json {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, { io: "input" });
  return json;
}
