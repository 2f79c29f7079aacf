import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import type { Plugin } from "vite";
import { defineConfig } from "vite";

const host = process.env.FTF_HOST ?? "http://127.0.0.1:7071";

/** The assembly carries the files compressed; it unpacks them for the rare client that asks for plain ones. */
function brotli(): Plugin {
  return {
    name: "brotli",
    apply: "build",
    // Once everything is written: the bundler goes on changing files until then.
    async writeBundle({ dir = "dist" }, bundle) {
      for (const { fileName } of Object.values(bundle)) {
        const file = join(dir, fileName);
        const content = await readFile(file);
        const params = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
        await writeFile(`${file}.br`, brotliCompressSync(content, { params }));
        await rm(file);
      }
    },
  };
}

export default defineConfig({
  base: "/ui/",
  plugins: [brotli()],
  build: {
    target: "es2022",
    // Everything in files of their own: the content policy allows no data in the page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  // npm run dev: the pages as they are written, over a running host.
  server: { proxy: { "/api": host, "/ui/session": host } },
});
