/** A JSON signal stamped by the codec, as texts. */
import type { Fault } from "../../src/protocol/errors.ts";
import { jsonCodec } from "../../src/protocol/payloads/json.ts";
import { clientId } from "./client-ids.ts";

/** What the target receives. `refused` makes the text of a stamp's fault; without it a fault throws. */
export function stampJsonText(
  text: string,
  source: string,
  refused: (fault: Fault) => string = refuse,
): string {
  const request = jsonCodec.decodeSignal(Buffer.from(text));
  if (!request.ok) return refuse(request.failure);
  const stamped = request.value.stamp(clientId(source));
  return stamped.ok ? Buffer.from(stamped.value).toString() : refused(stamped.failure);
}

function refuse(fault: Fault): never {
  throw new Error(`the codec refuses the signal: ${fault}`);
}
