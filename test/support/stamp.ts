/** A signal's payload as its target receives it. */
import type { ClientId } from "../../src/protocol/client-id.ts";
import type { Fault } from "../../src/protocol/errors.ts";
import type { PayloadCodec, SignalRequest } from "../../src/protocol/encodings/codec.ts";
import { jsonCodec } from "../../src/protocol/encodings/json.ts";
import { success, type Result } from "../../src/protocol/result.ts";
import { clientId } from "./client-ids.ts";
import { concat } from "./frames.ts";

/** The stamped payload, or the fault if the payload type cannot name the source. */
export function stampSignal(
  codec: PayloadCodec,
  { payload, cutAt, resumeAt }: SignalRequest,
  source: ClientId,
): Result<Uint8Array, Fault> {
  const encoded = codec.encodeSource(source);
  return encoded.ok
    ? success(concat(payload.subarray(0, cutAt), encoded.value, payload.subarray(resumeAt)))
    : encoded;
}

/** A JSON signal, as texts. @throws if the codec refuses it. */
export function stampJsonText(text: string, source: string): string {
  const request = jsonCodec.decodeSignal(Buffer.from(text));
  const stamped = request.ok ? stampSignal(jsonCodec, request.value, clientId(source)) : request;
  if (!stamped.ok) throw new Error(`the codec refuses the signal: ${stamped.failure}`);
  return Buffer.from(stamped.value).toString();
}
