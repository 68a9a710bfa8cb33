// SPDX-License-Identifier: CC-BY-4.0

// Builds `src/` into `dist/`: `npm ci && npm run build`. The same sources give the same bytes, wherever they are.

import { readFileSync, rmSync, writeFileSync } from "node:fs";

import { build } from "esbuild";

// Paths in messages and hashes are relative to this folder.
process.chdir(import.meta.dirname);
rmSync("dist", { recursive: true, force: true });

const { metafile } = await build({
  entryPoints: ["live.js", "live.css", "terminal.css", "join.html", "join.js", "teacher.html", "teacher.js", "workshop.css"]
    .map((name) => `src/${name}`),
  outdir: "dist",
  chunkNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  minify: true,
  loader: { ".html": "copy" },
  banner: { js: "// SPDX-License-Identifier: CC-BY-4.0 AND MIT", css: "/* SPDX-License-Identifier: CC-BY-4.0 AND MIT */" },
  legalComments: "none",
  metafile: true,
});

// The licences of what is bundled, which ask to be kept with it.
const packages = Object.keys(metafile.inputs).map((path) => path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]);
const licences = [...new Set(packages.filter((name) => name))].sort().map((name) => {
  const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`));
  return `${name} ${version}\n\n${readFileSync(`node_modules/${name}/LICENSE`, "utf8").trim()}\n`;
});
writeFileSync("dist/LICENSES.txt", licences.join(`\n${"-".repeat(72)}\n\n`));
