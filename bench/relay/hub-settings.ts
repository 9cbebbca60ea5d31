/** The hub's configuration under load: everything is on that is on in production, with limits that no client reaches. */

export function clientIdOf(number: number): string {
  return `bench_${number + 1}`;
}

export function tokenOf(number: number): string {
  return `bench-token-${number + 1}`;
}

/** Tables as wrangler.toml has them. What is not here has its default. */
export function hubVars(clients: number): Record<string, unknown> {
  const numbers = Array.from({ length: clients }, (_, number) => number);
  return {
    server: { max_connections: 5000 },
    auth: { api_keys: numbers.map((number) => `${clientIdOf(number)}:${tokenOf(number)}`) },
    logging: { level: "error" },
    metrics: {},
    // The largest values that the configuration accepts: the limit works, and no client reaches it.
    limits: { frames_per_second: 1_000_000, frame_burst: 1_000_000 },
  };
}
