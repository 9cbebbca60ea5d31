/** A real Firefox, driven over WebDriver BiDi: pages, and scripts in them. playwright-core drives no unpatched Firefox. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ProcessGroup } from "./process-group.ts";

const PATHS = [
  "/usr/bin/firefox-esr",
  "/usr/bin/firefox",
  "/Applications/Firefox.app/Contents/MacOS/firefox",
];

/** Returns null if there is none. FIREFOX_PATH takes precedence. */
export function findFirefox(): string | null {
  const { FIREFOX_PATH } = process.env;
  if (FIREFOX_PATH) return FIREFOX_PATH;
  return PATHS.find((path) => existsSync(path)) ?? null;
}

export type FirefoxPreferences = Readonly<Record<string, boolean | number>>;

const PREFERENCES: FirefoxPreferences = {
  "media.navigator.streams.fake": true,
  "media.navigator.permission.disabled": true,
  "media.autoplay.default": 0,
  // Otherwise host candidates are multicast DNS names, which a sandbox may not resolve.
  "media.peerconnection.ice.obfuscate_host_addresses": false,
  "media.peerconnection.ice.loopback": true,
  // Only one of the windows has the focus, and the others must run, too.
  "dom.min_background_timeout_value": 4,
  "dom.timeout.enable_budget_timer_throttling": false,
  "app.update.disabledForTesting": true,
  "datareporting.policy.dataSubmissionEnabled": false,
};

/** What BiDi answers to one command. */
interface Answer {
  readonly id?: number;
  readonly type: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

export interface FirefoxPage {
  /** The value of an expression, or of its promise. Only a string, a number, a boolean or nothing passes. */
  evaluate(expression: string): Promise<unknown>;
  close(): Promise<void>;
}

export class Firefox {
  readonly #processes: ProcessGroup;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #lastId = 0;

  private constructor(processes: ProcessGroup, profile: string, socket: WebSocket) {
    this.#processes = processes;
    this.#profile = profile;
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      // The specification of BiDi says what comes.
      const answer = JSON.parse(String(data)) as Answer;
      this.#waiting.get(answer.id ?? 0)?.(answer);
    });
  }

  /** Starts Firefox with a fresh profile. @throws without Firefox. */
  static async launch(preferences: FirefoxPreferences = {}): Promise<Firefox> {
    const profile = mkdtempSync(join(tmpdir(), "firefox-"));
    const lines = Object.entries({ ...PREFERENCES, ...preferences }).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${value});\n`,
    );
    writeFileSync(join(profile, "user.js"), lines.join(""));
    const args = ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port=0"];
    const processes = new ProcessGroup(findFirefox() ?? "", args, process.env);
    const [, url = ""] = await processes.printed(/WebDriver BiDi listening on (\S+)/);
    const socket = new WebSocket(`${url}/session`);
    const firefox = new Firefox(processes, profile, socket);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", reject);
    });
    await firefox.#command("session.new", { capabilities: {} });
    return firefox;
  }

  /** Opens the URL in a window of its own. */
  async open(url: string): Promise<FirefoxPage> {
    const { context } = await this.#command("browsingContext.create", { type: "window" });
    await this.#command("browsingContext.navigate", { context, url, wait: "complete" });
    return {
      evaluate: (expression) => this.#evaluate(context, expression),
      close: async () => void (await this.#command("browsingContext.close", { context })),
    };
  }

  async close(): Promise<void> {
    this.#socket.close();
    await this.#processes.end("SIGKILL");
    rmSync(this.#profile, { recursive: true, force: true });
  }

  async #evaluate(context: unknown, expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.#command("script.evaluate", {
      expression,
      target: { context },
      awaitPromise: true,
    });
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    // The specification of BiDi says what comes.
    return (result as { readonly value?: unknown }).value;
  }

  async #command(method: string, params: object): Promise<NonNullable<Answer["result"]>> {
    const id = (this.#lastId += 1);
    const answer = await new Promise<Answer>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
    this.#waiting.delete(id);
    if (answer.type === "error") throw new Error(`${method}: ${answer.message}`);
    return answer.result ?? {};
  }
}
