/** The SDK's types without those of the DOM, as in Node and Workers. `types/page.ts` has the types as a page sees them. */
import { describe, expectTypeOf, it } from "vitest";
import type { WebSocket as WsWebSocket } from "ws";
import {
  peer,
  type PlatformConnection,
  type RtcConnection,
  type Signal,
  type SignalClient,
  type SignalErrorCode,
  type SignalType,
  type WebSocketConstructor,
} from "../../src/client/index.ts";
import type { SIGNAL_ERRORS } from "../../src/client/errors.ts";
import type { FakeRtc } from "./support/fake-rtc.ts";

describe("the SDK's types", () => {
  it("accept the WebSocket of ws and the platform's", () => {
    expectTypeOf<typeof WsWebSocket>().toExtend<WebSocketConstructor>();
    expectTypeOf<typeof WebSocket>().toExtend<WebSocketConstructor>();
  });

  it("name no RTCPeerConnection if the platform has none", () => {
    expectTypeOf<PlatformConnection>().toEqualTypeOf<RtcConnection>();
  });

  it("give peer() the connection type of its option", () => {
    expectTypeOf(peer<FakeRtc>)
      .returns.toHaveProperty("connection")
      .toEqualTypeOf<FakeRtc>();
  });

  it("take the error codes from one table and know three signal types", () => {
    expectTypeOf<SignalErrorCode>().toEqualTypeOf<keyof typeof SIGNAL_ERRORS>();
    expectTypeOf<SignalType>().toEqualTypeOf<"offer" | "answer" | "ice-candidate">();
    expectTypeOf<SignalClient["signals"]>().returns.toExtend<AsyncIterable<Signal>>();
    expectTypeOf<SignalClient>().toExtend<AsyncDisposable>();
  });
});
