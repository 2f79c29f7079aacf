import { brotliCompressSync, constants } from "node:zlib";
import type { Plugin } from "vite";
import { defineConfig } from "vite";

const host = process.env.FTF_HOST ?? "http://127.0.0.1:7071";

/** The assembly carries the files compressed; it unpacks them for the rare client that asks for plain ones. */
function brotli(): Plugin {
  return {
    name: "brotli",
    apply: "build",
    enforce: "post",
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        const content = Buffer.from(file.type === "chunk" ? file.code : file.source);
        const source = brotliCompressSync(content, {
          params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
        });
        delete bundle[file.fileName];
        this.emitFile({ type: "asset", fileName: `${file.fileName}.br`, source });
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
