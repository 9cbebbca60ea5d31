/** The files that the bench writes: what was measured, with what it takes to measure it again. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";

export interface About {
  readonly date: string;
  readonly command: string;
  readonly commit: string;
  readonly machine: { readonly cores: number; readonly cpu: string; readonly platform: string };
  readonly versions: Readonly<Record<string, string>>;
}

export class Results {
  readonly #folder: string;
  readonly #command: string;

  /** `command`: what the user typed. */
  constructor(folder: string, command: string) {
    this.#folder = folder;
    this.#command = command;
  }

  write(name: string, results: object): void {
    const text = JSON.stringify({ ...this.#about(), ...results }, null, 2);
    this.writeText(`${name}.json`, `${text}\n`);
  }

  writeText(file: string, text: string): void {
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(`${this.#folder}/${file}`, text);
  }

  /** null: this part was never measured. */
  read(name: string): object | null {
    const path = `${this.#folder}/${name}.json`;
    return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as object) : null;
  }

  #about(): About {
    return {
      date: new Date().toISOString(),
      command: this.#command,
      commit: commit(),
      machine: {
        cores: availableParallelism(),
        cpu: cpus()[0]?.model ?? "not known",
        platform: `${process.platform} ${process.arch}`,
      },
      versions: {
        node: process.versions.node,
        ...Object.fromEntries(
          ["workerd", "wrangler", "ws", "tinybench"].map((name) => [name, versionOf(name)]),
        ),
      },
    };
  }
}

function commit(): string {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8" }).trim();
  } catch {
    // The sources lie in no git repository: a downloaded archive, for example.
    return "not known";
  }
}

function versionOf(dependency: string): string {
  const manifest: { version?: unknown } = JSON.parse(
    readFileSync(`node_modules/${dependency}/package.json`, "utf8"),
  );
  return String(manifest.version);
}
