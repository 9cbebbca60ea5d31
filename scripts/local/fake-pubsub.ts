/**
 * Google Cloud Pub/Sub in one process, over REST, for `npm run pubsub` and for tests. It is strict where Google's emulator is
 * lax, and it fails where a test asks for that. test/events/sinks/pubsub/fake-pubsub.test.ts checks it with Google's own
 * client.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { BearerCheck, type BearerSettings } from "./fake-pubsub/bearer.ts";
import type { FakeFault } from "./fake-pubsub/faults.ts";
import { googleError, refused, type Answer, type GoogleError } from "./fake-pubsub/google-error.ts";
import { FakeResources, readAsked, type Asked, type Refusal } from "./fake-pubsub/resources.ts";

/** A longer body is refused. It fits the largest request in base64, with its JSON. */
const MAX_BODY_BYTES = 20_000_000;

export class FakePubsub {
  readonly #resources = new FakeResources();
  readonly #faults: FakeFault[] = [];
  #server: Server | null = null;
  #port = 0;
  /** How many publish requests arrived, whatever their outcome. */
  publishRequests = 0;
  /** null: every request is allowed, as with the emulator. */
  readonly bearer: BearerCheck | null;

  private constructor(bearer: BearerCheck | null) {
    this.bearer = bearer;
  }

  /** `port` 0: any free one. */
  static async start(bearer: BearerSettings | null = null, port = 0): Promise<FakePubsub> {
    const fake = new FakePubsub(bearer === null ? null : new BearerCheck(bearer));
    fake.#port = port;
    await fake.comeBack();
    return fake;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get tokenUrl(): string {
    return `${this.endpoint}/token`;
  }

  /** The next `times` publish requests meet this fault, after those that were injected before. */
  inject(fault: FakeFault, times = 1): void {
    for (let time = 0; time < times; time += 1) this.#faults.push(fault);
  }

  /** From now on refuses publish requests with such a message; null: no longer. */
  refuse(refusal: Refusal | null): void {
    this.#resources.refusal = refusal;
  }

  /** Stops listening, and breaks every connection. Keeps what is stored. */
  async goAway(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  }

  /** Listens again, on the same port. */
  async comeBack(): Promise<void> {
    const server = createServer((request, response) => {
      void this.#serve(request, response).catch((error: unknown) => {
        // Either a bug of the fake, or a client that went away in the middle of its request.
        const text = error instanceof Error ? error.message : String(error);
        if (!response.headersSent) answerError(response, googleError(500, "INTERNAL", text));
      });
    });
    server.listen(this.#port, "127.0.0.1");
    await once(server, "listening");
    // A listening TCP server has an address with a port.
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readBody(request);
    // Google's client appends `?$alt=json;enum-encoding=int`.
    const path = (request.url ?? "").replace(/\?.*$/, "");
    if (text === null) {
      return answerError(response, googleError(413, "INVALID_ARGUMENT", "Request too large"));
    }
    if (path === "/") return void response.end("Ok\n");
    if (path === "/token" && this.bearer !== null) {
      const { status, body } = await this.bearer.exchange(new URLSearchParams(text), this.tokenUrl);
      return answer(response, { status, body });
    }
    const asked = readAsked(request.method, path, text);
    // Topics and subscriptions are made by the owner of the project, who needs no token here.
    const bearer = asked === null || asked.method === "publish" ? this.bearer : null;
    const denied = (await bearer?.check(request.headers.authorization)) ?? null;
    if (asked?.method === "publish") {
      this.publishRequests += 1;
      const fault = this.#faults.shift();
      if (fault !== undefined) return this.#fail(fault, asked, request, response);
    }
    if (denied !== null) return answerError(response, denied);
    if (asked === null) return answerError(response, googleError(404, "NOT_FOUND", "Not Found"));
    return answer(response, await this.#resources.do(asked));
  }

  async #fail(
    fault: FakeFault,
    asked: Asked,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    switch (fault.kind) {
      case "error":
        if (fault.retryAfter !== undefined) response.setHeader("retry-after", fault.retryAfter);
        return answerError(response, fault.error);
      case "html":
        response.writeHead(fault.status, { "content-type": "text/html" });
        return void response.end("<!DOCTYPE html><title>Error</title><p>That's an error.");
      case "reset":
        return void request.socket.resetAndDestroy();
    }
    const { status, body } = await this.#resources.do(asked);
    switch (fault.kind) {
      case "reset-after":
        return void request.socket.resetAndDestroy();
      case "slow":
        await pause(fault.delayMs);
        return answer(response, { status, body });
      case "slow-body":
        response.writeHead(status, { "content-type": "application/json" });
        return void response.write('{"messageIds": [');
      case "short-ids": {
        const ids = "messageIds" in body && Array.isArray(body.messageIds) ? body.messageIds : [];
        return answer(response, { status, body: { messageIds: ids.slice(1) } });
      }
    }
  }
}

/** null: the body is too large. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return bytes > MAX_BODY_BYTES ? null : Buffer.concat(chunks).toString("utf8");
}

function answerError(response: ServerResponse, error: GoogleError): void {
  answer(response, refused(error));
}

function answer(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { "content-type": "application/json; charset=UTF-8" });
  response.end(JSON.stringify(body));
}
