/** Client ids of tests. */
import { parseClientId, type ClientId } from "../../src/protocol/client-id.ts";

/** @throws if the text is no client id. */
export function clientId(text: string): ClientId {
  const parsed = parseClientId(text);
  if (parsed === null) throw new Error(`not a client id: ${JSON.stringify(text)}`);
  return parsed;
}
