/** The version that `/health` reports. A Worker cannot read package.json and wrangler.toml, so a test compares them with this. */
export const BUILD = { version: "0.1.0", compatibilityDate: "2026-10-20" } as const;
