/** Runs before each file of unit tests: `TEST_SEED`, which a failing property has printed, makes every property use that seed. */
import * as fc from "fast-check";
import { SEED_VARIABLE, seedOfThisRun } from "../kernel/seed.ts";

if (process.env[SEED_VARIABLE]) fc.configureGlobal({ seed: seedOfThisRun() });
