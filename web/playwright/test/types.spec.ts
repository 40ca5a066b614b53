// The types as a project has them: the examples of README.md, in a module and in CommonJS.

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { expect, test } from "@playwright/test";

const packageFolder = fileURLToPath(new URL("..", import.meta.url));

for (const type of ["module", "commonjs"]) {
  test("the examples are typed in a project of type " + type, async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "tegata-types-"));
    try {
      const readme = await readFile(path.join(packageFolder, "README.md"), "utf8");
      const blocks = [...readme.matchAll(/^```ts\n\/\/ (\S+)\n(.*?)^```$/gms)];
      expect(blocks.map(([, name]) => name)).toEqual(["playwright.config.ts", "orders.spec.ts"]);
      for (const [, name = "", text = ""] of blocks) await writeFile(path.join(folder, name), text);
      await writeFile(path.join(folder, "wrong.ts"), 'import { test } from "tegata-playwright";\ntest.use({ tegata: { usr: "hanako" } });\n');
      await writeFile(path.join(folder, "package.json"), JSON.stringify({ type }));
      await mkdir(path.join(folder, "node_modules/@types"), { recursive: true });
      for (const name of ["@playwright", "playwright", "playwright-core", "@types/node", "undici-types"]) {
        await symlink(path.join(packageFolder, "node_modules", name), path.join(folder, "node_modules", name));
      }
      await symlink(packageFolder, path.join(folder, "node_modules/tegata-playwright"));
      const tsc = (...files: string[]) => promisify(execFile)(process.execPath, [
        path.join(packageFolder, "node_modules/typescript/bin/tsc"), "--noEmit", "--pretty", "false", "--strict", "--module", "node20", "--target", "es2022",
        "--types", "node", "--skipLibCheck", ...files,
      ], { cwd: folder }).then(() => "", (error: { stdout: string }) => error.stdout);
      const said = (await tsc("playwright.config.ts", "orders.spec.ts", "wrong.ts")).trim().split("\n");
      expect(said).toHaveLength(1);
      expect(said[0]).toMatch(/^wrong\.ts.*usr/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}
