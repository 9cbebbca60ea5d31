/** Uuids as tests write them. The service never reads one: to it they are 16 bytes. */
import { UUID_BYTES } from "../../src/protocol/uuid.ts";

/** The 16 bytes of a uuid in text form, or null if it is not one. */
export function parseUuid(text: string): Uint8Array | null {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return null;
  const hex = text.replaceAll("-", "");
  return Uint8Array.from({ length: UUID_BYTES }, (_, at) =>
    Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16),
  );
}
