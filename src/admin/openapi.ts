/** The OpenAPI document, made from the table of operations alone. The Worker serves it. */
import * as z from "zod";
import type { OperationRow } from "./operation.ts";
import { OPERATION_ROWS } from "./operations/table.ts";
import { Problem } from "./problem.ts";

type Json = Readonly<Record<string, unknown>>;

/** By status, the refusals of every operation. */
const COMMON_PROBLEMS = {
  401: "The token is missing or wrong",
  405: "The path does not allow this method: see allow",
  500: "The service has a fault",
} as const;

/** Of operations with parameters or a body. */
const INPUT_PROBLEMS = { 400: "The request does not match this description: see errors" } as const;

/** Of operations with a body. */
const BODY_PROBLEMS = {
  413: "The body, or the signal in it, is too large",
  415: "The body is not application/json",
} as const;

const DESCRIPTION = `Manages a Signal Manager: sessions, tokens, signals from a backend, and parked events.

A client id in a path is percent-encoded UTF-8, including every "/". The ids "." and ".." cannot stand in a path, since they
mean folders in a URL.`;

/** OpenAPI 3.1: its schemas are JSON Schema 2020-12, which zod writes. */
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

/** As zod's input: requests may leave out what has a default, and objects of answers may have more members in later versions. */
function jsonSchema(schema: z.core.$ZodType): Json {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, { io: "input" });
  return json;
}
