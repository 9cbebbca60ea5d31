/** The load generator's process as the bench sees it: asked one thing at a time, ended by its pid. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { ConnectCommand, LoadCommand, LoadReport, Ran, RunCommand } from "./load-messages.ts";

export interface LoadGenerator extends AsyncDisposable {
  connect(command: ConnectCommand): Promise<void>;
  run(command: RunCommand): Promise<Ran>;
}

export function startLoadGenerator(): LoadGenerator {
  const child = fork("bench/relay/load.ts");
  return {
    async connect(command) {
      await ask(child, command);
    },
    async run(command) {
      const report = await ask(child, command);
      if (report.kind !== "ran") throw new Error(`the load generator answered ${report.kind}`);
      return report;
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill();
      await exited;
    },
  };
}

/** @throws what the generator says has gone wrong, or that it has ended. */
async function ask(child: ChildProcess, command: LoadCommand): Promise<LoadReport> {
  const gone = new AbortController();
  const onExit = (): void => gone.abort(new Error("the load generator ended"));
  child.once("exit", onExit);
  child.send(command);
  const answer: unknown[] = await once(child, "message", { signal: gone.signal });
  child.off("exit", onExit);
  // The other end of the pipe is load.ts, which sends nothing else.
  const report = answer[0] as LoadReport;
  if (report.kind === "failed") throw new Error(report.message);
  return report;
}
