/** Reads a request by the schemas of its operation: the whole input, or all of its faults. */
import type * as z from "zod";
import { failed, success, type Result } from "../protocol/result.ts";
import type { InputOf, OperationRow } from "./operation.ts";
import { problem, type RequestFault } from "./problem.ts";

const JSON_TYPE = /^application\/json *(;|$)/i;

/**
 * `path` holds the path's parameters as they stand in the URL: percent-encoded. The caller MUST have limited the body. Fails
 * with the problem to answer.
 */
export async function readInput(
  request: Request,
  path: Readonly<Record<string, string>>,
  operation: OperationRow,
): Promise<Result<InputOf<OperationRow>, Response>> {
  if (operation.body !== null && !JSON_TYPE.test(request.headers.get("content-type") ?? "")) {
    const headers = { "accept-post": "application/json" };
    return failed(problem(415, "The body must be application/json", { headers }));
  }
  const read = {
    path: readPath(path, operation.parameters.path),
    query: readQuery(new URL(request.url).searchParams, operation.parameters.query),
    body: operation.body === null ? null : await readBody(request, operation.body),
  };
  const errors = [read.path, read.query, read.body].flatMap((part) =>
    part === null || part.ok ? [] : part.failure,
  );
  if (errors.length > 0) {
    const detail = "The request does not match the operation: see errors";
    return failed(problem(400, detail, { errors }));
  }
  const input = {
    path: valueOf(read.path),
    query: valueOf(read.query),
    body: read.body && valueOf(read.body),
  };
  // The schemas of this row have made the parts.
  return success(input as InputOf<OperationRow>);
}

type Part = Result<unknown, RequestFault[]>;

function valueOf(part: Part): unknown {
  return part.ok ? part.value : undefined;
}

function readPath(path: Readonly<Record<string, string>>, schema: z.ZodObject): Part {
  const faults: RequestFault[] = [];
  const decoded = Object.entries(path).map(([name, text]) => {
    try {
      return [name, decodeURIComponent(text)];
    } catch {
      // A URIError: a % without two digits behind it, or bytes that are not UTF-8.
      faults.push({ parameter: name, detail: "is not percent-encoded UTF-8" });
      return [name, "undecodable"];
    }
  });
  const parsed = parse(schema, Object.fromEntries(decoded), inParameter);
  return faults.length > 0 ? failed(faults) : parsed;
}

function readQuery(query: URLSearchParams, schema: z.ZodObject): Part {
  const names = new Set(query.keys());
  const repeated = [...names]
    .filter((name) => query.getAll(name).length > 1)
    .map((parameter) => ({ parameter, detail: "is named more than once" }));
  const values = Array.from(names, (name) => [name, readParameter(schema, name, query.get(name))]);
  const parsed = parse(schema, Object.fromEntries(values), inParameter);
  if (repeated.length === 0) return parsed;
  return failed([...repeated, ...(parsed.ok ? [] : parsed.failure)]);
}

/** A query holds text. A number is read from it only where the schema refuses the text: `prefix=7` stays "7". */
function readParameter(schema: z.ZodObject, name: string, text: string | null): unknown {
  const field = Object.hasOwn(schema.shape, name) ? schema.shape[name] : undefined;
  // The type of a shape's fields is that of zod's core, which has no methods; z has made all of ours.
  const takesText = (field as z.ZodType | undefined)?.safeParse(text).success ?? true;
  return !takesText && text !== null && /^-?\d+$/.test(text) ? Number(text) : text;
}

async function readBody(request: Request, schema: z.ZodObject): Promise<Part> {
  const bytes = await request.arrayBuffer();
  try {
    // Fatal: bytes that are not UTF-8 must not become another client's id.
    const body: unknown = JSON.parse(
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes),
    );
    return parse(schema, body, (path) => ({ pointer: pointerTo(path) }));
  } catch {
    // A TypeError of the decoder, or a SyntaxError of the parser. The message of the latter would quote the body.
    return failed([{ pointer: "#", detail: "is not JSON in UTF-8" }]);
  }
}

type Place = (path: readonly PropertyKey[]) => { pointer: string } | { parameter: string };

function inParameter(path: readonly PropertyKey[]): { parameter: string } {
  return { parameter: path.map(String).join(".") };
}

function pointerTo(path: readonly PropertyKey[]): string {
  const steps = path.map((key) =>
    encodeURIComponent(String(key).replaceAll("~", "~0").replaceAll("/", "~1").toWellFormed()),
  );
  return ["#", ...steps].join("/");
}

function parse(schema: z.ZodObject, value: unknown, place: Place): Part {
  const parsed = schema.safeParse(value);
  if (parsed.success) return success(parsed.data);
  return failed(
    parsed.error.issues.flatMap((issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => ({ ...place([...issue.path, key]), detail: "is not known here" }))
        : [{ ...place(issue.path), detail: issue.message }],
    ),
  );
}
