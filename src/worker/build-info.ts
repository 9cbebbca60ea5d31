/** What `/health` says of this build. A test holds it against package.json and wrangler.toml, which a Worker cannot read. */
export const BUILD = { version: "0.1.0", compatibilityDate: "2026-10-20" } as const;
