/** What the bench knows of a server: how it is started, and how its clients speak. Each adapter is one small file. */
import { FRAME_BYTES, fit } from "../signals.ts";
import type { WorkerdService } from "../workerd-config.ts";

export interface Adapter {
  /** As the tables print it. */
  readonly title: string;
  readonly server: NodeServer | WorkerdServer;
  readonly client: Protocol;
}

export type WorkerdAdapter = Adapter & { readonly server: WorkerdServer };

/** A process of its own on this Node. */
export interface NodeServer {
  readonly kind: "node";
  /** Runs in that process. The port it listens on. */
  listen(): Promise<number>;
}

/** A process of its own of the workerd that the hub runs on. */
export interface WorkerdServer {
  readonly kind: "workerd";
  /** Makes what the Worker consists of. */
  build(): Promise<Pick<WorkerdService, "modules" | "compatibilityDate">>;
  /** Classes of Durable Objects by the names of their bindings. */
  readonly objects: Readonly<Record<string, string>>;
  readonly vars?: Readonly<Record<string, unknown>>;
}

export interface Identity {
  readonly id: string;
  /** For servers that want credentials. */
  readonly token: string;
}

/** What a greeting needs of a client's socket. */
export interface Talk {
  send(message: string | Uint8Array): void;
  next(): Promise<Buffer>;
}

/** How a client speaks over a bare WebSocket, so that the load generator costs the same for all. */
export interface Protocol {
  /** Path and query of the upgrade. */
  path(self: Identity): string;
  /** What it takes from the open socket until signals can be sent. */
  greet?(talk: Talk, self: Identity): Promise<void>;
  /** One signal, of FRAME_BYTES, with a number where `numbered` has put it. */
  signal(from: string, to: string): Buffer;
  readonly isBinary: boolean;
  /** Whether several signals may travel back to back in one message. */
  readonly batches: boolean;
  /** The answer that a message asks for which is no signal; null: none. */
  answer?(message: Buffer): string | null;
  /** What keeps an idle client connected. */
  readonly beat?: string;
}

/** Stands before a signal's number, which has DIGITS decimal digits: ASCII, so that every protocol carries it as it is. */
export const MARK = "#nr:";
export const DIGITS = 8;

/** A signal as `say` spells it, with as much SDP as makes FRAME_BYTES. */
export function numbered(say: (sdp: string) => Uint8Array): Buffer {
  return Buffer.from(fit(FRAME_BYTES, (sdp) => say(`${MARK}${"0".repeat(DIGITS)} ${sdp}`)));
}

/** The same, of a protocol of JSON texts. */
export function numberedJson(say: (sdp: string) => unknown, prefix = ""): Buffer {
  return numbered((sdp) => Buffer.from(prefix + JSON.stringify(say(sdp))));
}
