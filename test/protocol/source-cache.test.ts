import { expect, it, vi } from "vitest";
import { memoizeSource } from "../../src/protocol/encodings/source-cache.ts";
import { success } from "../../src/protocol/result.ts";
import { clientId } from "../support/client-ids.ts";

it("keeps what it has encoded, and never more than 1,024 sources", () => {
  const encode = vi.fn((source: string) => success(new TextEncoder().encode(source)));
  const kept = memoizeSource(encode);
  const ids = Array.from({ length: 1024 }, (_, n) => clientId(`client-${n}`));
  for (const id of [...ids, ...ids]) kept(id);
  expect(encode).toHaveBeenCalledTimes(1024);
  kept(clientId("one more"));
  expect(kept(clientId("client-0"))).toEqual(success(new TextEncoder().encode("client-0")));
  expect(encode).toHaveBeenCalledTimes(1026);
});
