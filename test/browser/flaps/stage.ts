/** Two pages, each in its browser and behind a gate of its own, with one hub of `npm start`. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { NodeService } from "../../support/node-service.ts";
import { TcpGate } from "../../support/tcp-gate.ts";
import { launch, type BrowserName, type DrivenBrowser, type DrivenPage } from "./browsers.ts";
import type { FlapsPage, JoinOptions, Side } from "./page-api.ts";

/** The side of the smaller client id, test_client_1, is polite. */
export type Pair = readonly [BrowserName, BrowserName];

export class Stage {
  readonly gates: readonly [TcpGate, TcpGate];
  readonly #end: () => Promise<void>;
  readonly #open: (side: Side) => Promise<DrivenPage>;
  #pages: readonly [DrivenPage, DrivenPage] | null = null;

  private constructor(
    gates: readonly [TcpGate, TcpGate],
    open: (side: Side) => Promise<DrivenPage>,
    end: () => Promise<void>,
  ) {
    this.gates = gates;
    this.#open = open;
    this.#end = end;
  }

  /** Starts the hub and the browsers. A pair of one browser is one process of it. */
  static async set(pair: Pair): Promise<Stage> {
    const service = await NodeService.start();
    const port = Number(new URL(service.url).port);
    const gates = [await TcpGate.open(port), await TcpGate.open(port)] as const;
    const site = await serve(await bundle());
    const browsers = new Map<BrowserName, DrivenBrowser>();
    for (const name of pair) if (!browsers.has(name)) browsers.set(name, await launch(name));
    const open = async (side: Side) => {
      const page = await browsers.get(pair[side])?.open(siteUrl(site));
      if (page === undefined) throw new Error(`${pair[side]} was not launched`);
      return page;
    };
    return new Stage(gates, open, async () => {
      for (const browser of browsers.values()) await browser.close();
      site.close();
      for (const gate of gates) await gate.shut();
      await service.processes.end("SIGKILL");
    });
  }

  /** Opens two pages, in place of those before, and connects their clients. */
  async join(): Promise<void> {
    await Promise.all(this.#pages?.map((page) => page.close()) ?? []);
    this.#pages = [await this.#open(0), await this.#open(1)];
    for (const side of [0, 1] as const) {
      await this.ask(side, "join", {
        url: `ws://127.0.0.1:${this.gates[side].port}/`,
        clientId: clientId(side),
        token: `test_token_${side + 1}`,
      } satisfies JoinOptions);
    }
  }

  /** Calls one of the functions of the page of that side. */
  async ask<Name extends keyof FlapsPage>(
    side: Side,
    name: Name,
    ...args: Parameters<FlapsPage[Name]>
  ): Promise<Awaited<ReturnType<FlapsPage[Name]>>> {
    const page = this.#pages?.[side];
    if (page === undefined) throw new Error("no page is open");
    const given = args.map((argument) => JSON.stringify(argument)).join(", ");
    const text = await page.evaluate(
      `(async () => JSON.stringify(await flaps.${name}(${given})) ?? "null")()`,
    );
    // The page is compiled with the same types.
    return JSON.parse(String(text)) as Awaited<ReturnType<FlapsPage[Name]>>;
  }

  end(): Promise<void> {
    return this.#end();
  }
}

export function clientId(side: Side): string {
  return `test_client_${side + 1}`;
}

/** The page with the SDK of this checkout. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: resolve(import.meta.dirname, "../../.."),
    entryPoints: [join(import.meta.dirname, "page/main.ts")],
    bundle: true,
    format: "iife",
    target: "es2022",
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

async function serve(script: string): Promise<Server> {
  const server = createServer((request, response) => {
    const isScript = request.url === "/page.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(
      isScript
        ? script
        : '<!doctype html><meta charset="utf-8"><title>flaps</title><script src="/page.js"></script>',
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

function siteUrl(site: Server): string {
  // A listening TCP server has an address with a port.
  return `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
}
