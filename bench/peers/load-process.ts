/** The bench's side of the load generator's process. */
import { startHelper } from "../processes.ts";
import type { Answer, CommandOf, Kind, Report } from "./messages.ts";

export interface LoadProcess extends AsyncDisposable {
  ask<Of extends Kind>(command: CommandOf<Of> & { readonly kind: Of }): Promise<Report<Of>>;
}

export function startLoad(): LoadProcess {
  const helper = startHelper("bench/peers/load.ts");
  return {
    ask: async (command) => {
      // The other end of the pipe is load.ts, which sends nothing else.
      const answer = (await helper.ask(command)) as Answer;
      if (!answer.ok) throw new Error(`${command.adapter}: ${answer.message}`);
      // load.ts answers a command with the report of its kind.
      return answer.report as Report<typeof command.kind>;
    },
    [Symbol.asyncDispose]: () => helper[Symbol.asyncDispose](),
  };
}
