/** The load generator's process as the bench sees it. */
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
      // The report is of the command's kind: load.ts is the other end.
      return answer.report as Report<typeof command.kind>;
    },
    [Symbol.asyncDispose]: () => helper[Symbol.asyncDispose](),
  };
}
