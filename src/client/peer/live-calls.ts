/** Which calls a client holds, at most one per target, and what it answers for those that it holds no more. */
import { isObject } from "../../protocol/json.ts";
import type { Signal, SignalType } from "../signal.ts";
import { isCallId, SIGNAL_TYPE_OF, type PeerMessage } from "./message.ts";

/** A call as the next one with the same target sees it. */
export interface KnownCall {
  readonly isClosed: boolean;
  /** Whether the client was closed since the call began. */
  readonly hasOutlivedClient: boolean;
  close(): void;
  /** The next call follows in the same turn: takes back a bye that has not left. */
  takeBackBye(): void;
}

/** The part of a client that an answer needs. */
interface Sender {
  send(target: string, type: SignalType, data: object): Promise<void>;
}

const CALLS = new WeakMap<object, Map<string, KnownCall>>();

/** The calls of a client by target. A call that has ended stays until the end of the turn. */
export function callsOf(client: object): Map<string, KnownCall> {
  const calls = CALLS.get(client) ?? new Map<string, KnownCall>();
  CALLS.set(client, calls);
  return calls;
}

/** The data of signals that a live call has heard. */
const HEARD = new WeakSet<object>();

/** A live call with the source of this signal has heard it. */
export function heardByCall(data: unknown): void {
  if (isObject(data)) HEARD.add(data);
}

/**
 * Answers a message for a call that is over, or was on this page before it was reloaded, with a bye in the name of that call:
 * the other side would wait for ever. A bye gets no answer, and a live call with the same target speaks for itself. Answers
 * count against this client's own rate at the hub (RL1), so whoever floods it gets few of them.
 */
export function answerForNobody(client: Sender, { source, data }: Signal, nowMs: number): void {
  if (!isObject(data) || HEARD.has(data)) return;
  const message = data["peer"];
  if (!isObject(message)) return;
  const { from, to, kind, part } = message;
  if (!isCallId(from) || !isCallId(to) || kind === "bye") return;
  // One bye suffices for a message in parts.
  if (Number(part) > 1 || !mayAnswer(client, source, nowMs)) return;
  const peer: PeerMessage = { from: to, to: from, kind: "bye" };
  // The other side may be gone, too.
  client.send(source, SIGNAL_TYPE_OF.bye, { peer }).catch(() => {});
}

/** What a client has answered within one second. */
interface Answers {
  readonly sinceMs: number;
  readonly bySource: Map<string, number>;
  count: number;
}

const ANSWERS = new WeakMap<object, Answers>();

const MAX_ANSWERS_TO_ONE = 4;

const MAX_ANSWERS = 64;

function mayAnswer(client: object, source: string, nowMs: number): boolean {
  let answers = ANSWERS.get(client);
  if (answers === undefined || nowMs - answers.sinceMs >= 1_000) {
    answers = { sinceMs: nowMs, bySource: new Map(), count: 0 };
    ANSWERS.set(client, answers);
  }
  const toSource = answers.bySource.get(source) ?? 0;
  if (toSource >= MAX_ANSWERS_TO_ONE || answers.count >= MAX_ANSWERS) return false;
  answers.bySource.set(source, toSource + 1);
  answers.count += 1;
  return true;
}
