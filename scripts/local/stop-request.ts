/** How a script that runs until it is stopped learns that it is. */

/** How often to look whether npm still lives. */
const ORPHAN_CHECK_MS = 500;

export function onStopRequest(stop: () => void): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  // A signal to npm ends npm and its shell, and is not passed on: without this the script would live on, with nobody's.
  const parent = process.ppid;
  if (process.env["npm_lifecycle_event"] === undefined) return;
  const check = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(check);
    stop();
  }, ORPHAN_CHECK_MS);
}
