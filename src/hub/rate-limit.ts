/** A token bucket of frames as plain data (RL1, RL2): frames take from it, and time fills it. */

export interface Bucket {
  /** When the bucket is full again if nothing more is taken. This one number tells how much is in it at any time. */
  readonly fullAtMs: number;
  /** Frames refused since the bucket was last full. */
  readonly refused: number;
}

export interface RateLimits {
  /** 0: no limit. */
  readonly framesPerSecond: number;
  readonly frameBurst: number;
}

export interface RateDecision {
  readonly bucket: Bucket;
  readonly verdict: "passed" | "refused" | "abuse";
}

export function fullBucket(nowMs: number): Bucket {
  return { fullAtMs: nowMs, refused: 0 };
}

/** Takes one frame. A client of which as many frames were refused as one burst holds abuses the hub. */
export function consume(bucket: Bucket, limits: RateLimits, nowMs: number): RateDecision {
  const { framesPerSecond, frameBurst } = limits;
  if (framesPerSecond === 0) return { bucket, verdict: "passed" };
  if (missingFrames(bucket, limits, nowMs) <= frameBurst - 1) {
    const isFull = bucket.fullAtMs <= nowMs;
    const fullAtMs = (isFull ? nowMs : bucket.fullAtMs) + 1000 / framesPerSecond;
    return { bucket: { fullAtMs, refused: isFull ? 0 : bucket.refused }, verdict: "passed" };
  }
  const refused = bucket.refused + 1;
  const verdict = refused > frameBurst ? "abuse" : "refused";
  return { bucket: { ...bucket, refused }, verdict };
}

/** Milliseconds until the next frame passes. */
export function retryAfterMs(bucket: Bucket, limits: RateLimits, nowMs: number): number {
  const excess = missingFrames(bucket, limits, nowMs) - (limits.frameBurst - 1);
  return Math.max(1, Math.ceil((excess * 1000) / limits.framesPerSecond));
}

/** How many frames would fill the bucket, rounded to a thousandth so that no float keeps a frame out. */
function missingFrames(bucket: Bucket, limits: RateLimits, nowMs: number): number {
  return Math.round((bucket.fullAtMs - nowMs) * limits.framesPerSecond) / 1000;
}
