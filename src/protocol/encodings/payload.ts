/** What a message defines so that its payload can be read or written in each payload type. */
import type { Fault } from "../errors.ts";
import { isObject, parseJson, type JsonFields } from "../json.ts";
import { failed, success, type Result } from "../result.ts";
import { BINARY_PAYLOAD, JSON_PAYLOAD, TEXT_PAYLOAD } from "./payload-types.ts";
import { decodeUtf8 } from "./utf8.ts";

/** Reads a payload of one payload type. MUST NOT throw, whatever the bytes are. A request MAY hold views of the payload. */
type Read<Request> = (payload: Uint8Array) => Result<Request, Fault>;

/**
 * How the payload of one request is read, by the byte of its payload type: a list, so that the signal path finds the
 * function by index. Where the payload type is unknown or cannot express this request, the function fails with `payload.type`.
 */
export type RequestDecoder<Request> = readonly Read<Request>[];

/** Leave out a payload type that cannot express this request. */
interface RequestReaders<Request> {
  /** What an empty payload means, in each payload type that is defined here. Left out: it is read like any other. */
  readonly empty?: Request;
  /** `fields` were parsed from `text`, which was decoded from `payload`. */
  json(fields: JsonFields, text: string, payload: Uint8Array): Result<Request, Fault>;
  readonly text?: Read<Request>;
  readonly binary?: Read<Request>;
}

export function requestDecoder<Request>(readers: RequestReaders<Request>): RequestDecoder<Request> {
  const { empty, text, binary } = readers;
  const decoder: Read<Request>[] = Array.from({ length: 256 }, () => unsupported);
  const define = (payloadType: number, read: Read<Request> | undefined) => {
    if (read !== undefined) decoder[payloadType] = orEmpty(read, empty);
  };
  define(JSON_PAYLOAD, (payload) => readJson(payload, readers));
  define(TEXT_PAYLOAD, text);
  define(BINARY_PAYLOAD, binary);
  return decoder;
}

function orEmpty<Request>(read: Read<Request>, empty: Request | undefined): Read<Request> {
  if (empty === undefined) return read;
  return (payload) => (payload.length === 0 ? success(empty) : read(payload));
}

/** One object in UTF-8 (PT3). */
function readJson<Request>(
  payload: Uint8Array,
  readers: RequestReaders<Request>,
): Result<Request, Fault> {
  const text = decodeUtf8(payload);
  if (text === null) return failed("payload.utf8");
  const fields = parseJson(text);
  return isObject(fields) ? readers.json(fields, text, payload) : failed("payload.json");
}

/** Whether a missing field stands one object deeper: programs of the original project send `{"Connect": {…}}` (PT3). */
export function isWrapped(fields: JsonFields, name: string): boolean {
  return (
    fields[name] === undefined &&
    Object.entries(fields).some(
      ([tag, inner]) => /^[a-z]+$/i.test(tag) && isObject(inner) && inner[name] !== undefined,
    )
  );
}

function unsupported(): Result<never, Fault> {
  return failed("payload.type");
}

/** What a request's payload says. `payloadType` is any byte. Never throws. */
export function decodePayload<Request>(
  payloadType: number,
  payload: Uint8Array,
  decoder: RequestDecoder<Request>,
): Result<Request, Fault> {
  return (decoder[payloadType] ?? unsupported)(payload);
}

/** How one answer of the hub is written. JSON can express every answer, TEXT only where it is defined, BINARY none (PT6). */
export interface AnswerEncoder<Answer> {
  readonly messageType: number;
  json(answer: Answer): JsonFields;
  text?(answer: Answer): string;
}

/** For a reader that needs no reason: where the payload is not a JSON object, every field of a message is undefined. */
export function fieldsOf(payload: Uint8Array): JsonFields {
  // A list, a string, a number or a boolean has none of the messages' fields, and reading one gives undefined, too.
  return (parseJson(decodeUtf8(payload) ?? "") ?? {}) as JsonFields;
}
