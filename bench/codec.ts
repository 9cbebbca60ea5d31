/** The codec benchmark, in process: the time to decode a signal, and to stamp it with its source and encode it. */
import { Bench } from "tinybench";
import { parseClientId } from "../src/protocol/client-id.ts";
import { encodeFrame } from "../src/protocol/frame.ts";
import { MESSAGE_TYPES } from "../src/protocol/messages/table.ts";
import { PAYLOAD_TYPES } from "../src/protocol/encodings/payload-types.ts";
import { signalRequest } from "../src/protocol/messages/signal.ts";
import { NIL_UUID } from "../src/protocol/uuid.ts";
import { framesWire } from "../src/wires/frames.ts";
import { alignRows } from "./tables.ts";
import { FRAME_BYTES, SIGNAL_PAYLOADS } from "./signals.ts";

/** Long enough for the optimising compiler to finish, and short enough for six tasks. */
const TASK_MS = 700;
const WARM_UP_MS = 300;

export interface CodecRow {
  readonly payloadType: string;
  readonly step: string;
  readonly nanoseconds: number;
  /** Half of the 99 % confidence interval of the mean, in percent of the mean. */
  readonly marginPercent: number;
}

/** Step `decode` reads a frame and its target. Step `stamp and encode` makes the frame that the target receives. */
export async function runCodec(): Promise<CodecRow[]> {
  const bench = new Bench({ time: TASK_MS, warmupTime: WARM_UP_MS });
  for (const payloadType of ["JSON", "TEXT", "BINARY"] as const) addTasks(bench, payloadType);
  await bench.run();
  return bench.tasks.map(({ name, result }) => {
    if (result.state !== "completed")
      throw new Error(`the codec benchmark "${name}" did not complete`);
    const [payloadType = "", ...step] = name.split(" ");
    const { mean, rme } = result.latency;
    return { payloadType, step: step.join(" "), nanoseconds: mean * 1e6, marginPercent: rme };
  });
}

export function codecTable(rows: readonly CodecRow[]): string {
  const cells = rows.map(({ payloadType, step, nanoseconds, marginPercent }) => [
    payloadType,
    step,
    nanoseconds.toFixed(0),
    `±${marginPercent.toFixed(1)} %`,
  ]);
  return alignRows([["codec", "step", "ns/signal", ""], ...cells]).join("\n");
}

function addTasks(bench: Bench, payloadType: keyof typeof SIGNAL_PAYLOADS): void {
  const message = encodeFrame({
    messageType: MESSAGE_TYPES.SIGNAL_OFFER.value,
    uuid: NIL_UUID,
    payloadType: PAYLOAD_TYPES[payloadType].value,
    payload: SIGNAL_PAYLOADS[payloadType]("bench_2"),
  });
  if (message.length !== FRAME_BYTES)
    throw new Error(`expected a frame of ${FRAME_BYTES} bytes, got ${message.length}`);
  const inbound = framesWire.read(message, 0);
  const source = parseClientId("bench_1");
  if (inbound.kind !== "request" || source === null) throw new Error("the signal does not decode");
  const { request } = inbound;
  const signal = framesWire.decode(request, signalRequest);
  if (!signal.ok) throw new Error("the signal's payload does not decode");
  bench
    .add(`${payloadType} decode`, () => {
      const one = framesWire.read(message, 0);
      if (one.kind === "request") framesWire.decode(one.request, signalRequest);
    })
    .add(`${payloadType} stamp and encode`, () => {
      framesWire.stamp(request, signal.value, source);
    });
}
