/** A token bucket as plain data (RL1, RL2): frames take from it, time fills it. */

export interface Bucket {
  readonly tokens: number;
  readonly filledAtMs: number;
  /** Frames refused since the bucket was last full. */
  readonly refused: number;
}

export interface RateLimits {
  /** 0: no limit. */
  readonly framesPerSecond: number;
  readonly frameBurst: number;
}

export interface Drawn {
  readonly bucket: Bucket;
  readonly verdict: "passed" | "refused" | "abuse";
}

export function fullBucket(limits: RateLimits, nowMs: number): Bucket {
  return { tokens: limits.frameBurst, filledAtMs: nowMs, refused: 0 };
}

/** Takes one frame's token. A client that has as many frames refused as one burst holds abuses the hub. */
export function draw(bucket: Bucket, limits: RateLimits, nowMs: number): Drawn {
  if (limits.framesPerSecond === 0) return { bucket, verdict: "passed" };
  const filled = fill(bucket, limits, nowMs);
  if (filled.tokens >= 1) {
    return { bucket: { ...filled, tokens: filled.tokens - 1 }, verdict: "passed" };
  }
  const refused = filled.refused + 1;
  const verdict = refused > limits.frameBurst ? "abuse" : "refused";
  return { bucket: { ...filled, refused }, verdict };
}

/** Milliseconds until one frame passes again. */
export function retryAfterMs(bucket: Bucket, limits: RateLimits): number {
  return Math.ceil(((1 - bucket.tokens) * 1000) / limits.framesPerSecond);
}

function fill(bucket: Bucket, limits: RateLimits, nowMs: number): Bucket {
  // A clock that stepped back gives nothing and takes nothing.
  const elapsedMs = Math.max(0, nowMs - bucket.filledAtMs);
  if (elapsedMs === 0) return bucket;
  const tokens = bucket.tokens + (elapsedMs * limits.framesPerSecond) / 1000;
  return tokens >= limits.frameBurst
    ? fullBucket(limits, nowMs)
    : { ...bucket, tokens, filledAtMs: nowMs };
}
