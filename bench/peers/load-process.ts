/** The load generator's process as the bench sees it: asked one thing at a time, ended by its pid. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Answer, CommandOf, Kind, Report } from "./messages.ts";

export interface LoadProcess extends AsyncDisposable {
  ask<Of extends Kind>(command: CommandOf<Of> & { readonly kind: Of }): Promise<Report<Of>>;
}

export function startLoad(): LoadProcess {
  const child = fork("bench/peers/load.ts");
  return {
    ask: async (command) => {
      const answer = await ask(child, command);
      if (!answer.ok) throw new Error(`${command.adapter}: ${answer.message}`);
      // The report is of the command's kind: load.ts is the other end.
      return answer.report as Report<typeof command.kind>;
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill();
      await exited;
    },
  };
}

/** @throws if the generator has ended. */
async function ask(child: ChildProcess, command: object): Promise<Answer> {
  const gone = new AbortController();
  const onExit = (): void => gone.abort(new Error("the load generator ended"));
  child.once("exit", onExit);
  child.send(command);
  const answer: unknown[] = await once(child, "message", { signal: gone.signal });
  child.off("exit", onExit);
  // The other end of the pipe is load.ts, which sends nothing else.
  return answer[0] as Answer;
}
