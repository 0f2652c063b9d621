// One entry, hashed names, a manifest for the templates, and the notices of third parties beside them.
import { defineConfig } from "vite";

export default defineConfig({
  root: "islands",
  base: "./",
  publicDir: false,
  build: {
    outDir: "../static",
    emptyOutDir: true,
    assetsDir: "",
    manifest: "manifest.json",
    license: { fileName: "licenses.md" },
    chunkSizeWarningLimit: 1500,
    rolldownOptions: { input: "islands/main.ts" },
  },
});
