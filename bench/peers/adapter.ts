/** What the bench knows of a server: how it starts, and what its clients send. Each adapter is one small file. */
import { FRAME_BYTES, fit } from "../signals.ts";
import type { WorkerdService } from "../workerd-config.ts";

export interface Adapter {
  /** The server's name in tables and in the chart. */
  readonly title: string;
  readonly server: NodeServer | WorkerdServer;
  readonly client: Protocol;
}

export type WorkerdAdapter = Adapter & { readonly server: WorkerdServer };

/** A process of its own on this Node. */
export interface NodeServer {
  readonly kind: "node";
  /** Runs in that process. Resolves with the port on which the server listens. */
  listen(): Promise<number>;
}

/** A Worker on the same version of workerd as the hub. */
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
  /** For servers that require credentials. */
  readonly token: string;
}

/** A client's socket during the handshake. */
export interface Talk {
  send(message: string | Uint8Array): void;
  next(): Promise<Buffer>;
}

/** What a client sends over a bare WebSocket, so that the load generator costs the same for every server. */
export interface Protocol {
  /** Path and query of the upgrade. */
  path(self: Identity): string;
  /** Everything between the opening of the socket and the first signal. */
  handshake?(talk: Talk, self: Identity): Promise<void>;
  /** One signal of FRAME_BYTES, with a number as `numbered` puts it. */
  signal(from: string, to: string): Buffer;
  readonly isBinary: boolean;
  /** Whether one message may hold several signals, back to back. */
  readonly batches: boolean;
  /** The client's answer to a message that is not a signal; null: none. */
  answer?(message: Buffer): string | null;
  /** The message that keeps an idle client connected. */
  readonly beat?: string;
}

/** Stands before a signal's number of DIGITS decimal digits. All of it is ASCII, which no protocol changes. */
export const MARK = "#nr:";
export const DIGITS = 8;

/** A signal as `encode` makes it, with as much SDP as fills FRAME_BYTES. */
export function numbered(encode: (sdp: string) => Uint8Array): Buffer {
  return Buffer.from(fit(FRAME_BYTES, (sdp) => encode(`${MARK}${"0".repeat(DIGITS)} ${sdp}`)));
}

/** The same for a protocol of JSON texts. */
export function numberedJson(encode: (sdp: string) => unknown, prefix = ""): Buffer {
  return numbered((sdp) => Buffer.from(prefix + JSON.stringify(encode(sdp))));
}
