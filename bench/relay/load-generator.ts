/** The bench's side of the load generator's process. */
import { startHelper } from "../processes.ts";
import type { ConnectCommand, LoadCommand, LoadReport, Ran, RunCommand } from "./load-messages.ts";

export interface LoadGenerator extends AsyncDisposable {
  connect(command: ConnectCommand): Promise<void>;
  run(command: RunCommand): Promise<Ran>;
}

export function startLoadGenerator(): LoadGenerator {
  const helper = startHelper("bench/relay/load.ts");
  /** @throws what the generator reports as failed, or that it has ended. */
  const ask = async (command: LoadCommand): Promise<LoadReport> => {
    // The other end of the pipe is load.ts, which sends nothing else.
    const report = (await helper.ask(command)) as LoadReport;
    if (report.kind === "failed") throw new Error(report.message);
    return report;
  };
  return {
    async connect(command) {
      await ask(command);
    },
    async run(command) {
      const report = await ask(command);
      if (report.kind !== "ran") throw new Error(`the load generator answered ${report.kind}`);
      return report;
    },
    [Symbol.asyncDispose]: () => helper[Symbol.asyncDispose](),
  };
}
