/** Checks that an HTTP response is one that an OpenAPI document declares. */
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

interface Media {
  readonly schema: object;
}

interface DeclaredResponse {
  readonly content?: Readonly<Record<string, Media>>;
}

export interface DeclaredOperation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, DeclaredResponse>>;
}

export interface Document {
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, DeclaredOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

export interface Answer {
  readonly status: number;
  /** The media type without its parameters; null: there is none. */
  readonly type: string | null;
  /** The parsed body; null: it is empty. */
  readonly json: unknown;
}

/** Makes a function that lists what is wrong with a response. The list is empty, too, if the document has no such path. */
export function conformanceTo(document: Document) {
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  // The module is CommonJS: its export is the function, which has itself as `default`.
  addFormats.default(ajv);
  const known = new Map<object, ValidateFunction>();

  /** In tests an object must have no property that is not declared. */
  function validatorOf(schema: object): ValidateFunction {
    const validator = known.get(schema) ?? ajv.compile(closed(resolved(schema)));
    known.set(schema, validator);
    return validator;
  }

  function resolved(schema: object): object {
    const reference: unknown = "$ref" in schema ? schema.$ref : undefined;
    if (typeof reference !== "string") return schema;
    return document.components.schemas[reference.split("/").at(-1) ?? ""] ?? {};
  }

  return (method: string, path: string, answer: Answer): string[] => {
    const operation = operationAt(document, method, path);
    if (operation === null) return [];
    const where = `${operation.operationId} ${answer.status}`;
    const declared = operation.responses[answer.status];
    if (declared === undefined) return [`${where} is not declared`];
    if (declared.content === undefined) {
      return answer.json === null ? [] : [`${where} is declared without a body`];
    }
    const media = declared.content[answer.type ?? ""];
    if (media === undefined) return [`${where} is not declared as ${answer.type}`];
    const validate = validatorOf(media.schema);
    validate(answer.json);
    return (validate.errors ?? []).map((e) => `${where} ${e.instancePath} ${e.message}`);
  };
}

/** The operation for this request, or null. Every path is below the server of the document. */
export function operationAt(
  document: Document,
  method: string,
  path: string,
): DeclaredOperation | null {
  const [below = ""] = path.slice(document.servers[0]?.url.length).split("?");
  const found = Object.entries(document.paths).find(([template]) =>
    new RegExp(`^${template.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(below),
  );
  return found?.[1][method.toLowerCase()] ?? null;
}

function closed(schema: unknown): object {
  // A schema consists of objects, lists and plain values, and the reviver of JSON.parse visits all of them.
  return JSON.parse(JSON.stringify(schema), (_key, part: unknown) =>
    typeof part === "object" && part !== null && "properties" in part
      ? { additionalProperties: false, ...part }
      : part,
  ) as object;
}
