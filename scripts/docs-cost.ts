/** The tables of docs/cost.md, printed from the model of the cost. */
import { TABLES } from "../bench/cost/tables.ts";
import { fillMarks } from "./docs-tables.ts";

/** The document with every table filled again. */
export function fillCost(document: string): string {
  return fillMarks(document, TABLES);
}
