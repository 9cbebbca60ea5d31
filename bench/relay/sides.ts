/** What the relay benchmark compares, each by the name of its Worker. */
export const SIDES = ["hub", "control", "blind"] as const;

export type Side = (typeof SIDES)[number];
