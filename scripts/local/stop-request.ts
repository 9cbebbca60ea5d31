/** How a script that runs until somebody stops it learns that it should stop. */

/** How often the script checks that npm still runs. */
const ORPHAN_CHECK_MS = 500;

/** Calls `stop` on SIGINT, SIGTERM or SIGHUP, and when the npm that started this script has ended. */
export function onStopRequest(stop: () => void): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  // A signal to npm ends npm and its shell, which do not pass it on. Without this check the script would go on as an orphan.
  const parent = process.ppid;
  if (process.env["npm_lifecycle_event"] === undefined) return;
  const check = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(check);
    stop();
  }, ORPHAN_CHECK_MS);
}
