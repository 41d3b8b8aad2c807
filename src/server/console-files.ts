import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import type { Hono } from "hono";
import { ServerError } from "./errors.ts";
import type { ServerEnv } from "./parts.ts";

interface Asset {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly etag: string;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
};

/** Where the build of the console lies: beside the package's JavaScript, else in the working tree. */
const FOLDERS = [join(import.meta.dirname, "../console"), join(import.meta.dirname, "../../console/dist")];

/** Reads the built console once: it is small, and no path of a request ever meets the file system. Throws ServerError WB_SERVER_NO_CONSOLE. */
export function readConsole(): ReadonlyMap<string, Asset> {
  const folder = FOLDERS.find((place) => existsSync(join(place, "index.html")));
  if (folder === undefined)
    throw new ServerError("WB_SERVER_NO_CONSOLE", "the console was not built", { hint: "Run npm run build, or npm start, which builds it." });
  const files = globSync("**/*", { cwd: folder, withFileTypes: false }).filter((name) => TYPES[extname(name)] !== undefined);
  return new Map(files.map((name) => [`/${name.replaceAll("\\", "/")}`, assetOf(join(folder, name))]));
}

function assetOf(path: string): Asset {
  const bytes = new Uint8Array(readFileSync(path));
  const etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
  return { bytes, type: TYPES[extname(path)] ?? "application/octet-stream", etag };
}

/** Serves the console: its files by name, and its page for every other address that a person may have opened or saved. */
export function consoleRoutes(app: Hono<ServerEnv>, files: ReadonlyMap<string, Asset>): void {
  const page = files.get("/index.html");
  app.get("*", (c) => {
    const { pathname } = new URL(c.req.url);
    const asset = files.get(pathname) ?? (extname(pathname) === "" ? page : undefined);
    if (asset === undefined) throw new ServerError("WB_SERVER_NOT_FOUND", "there is nothing under this address", { hint: "Open / for the console." });
    const isHashed = pathname.startsWith("/assets/"); // the build puts a digest of the content into these names
    const headers = { etag: asset.etag, "cache-control": isHashed ? "public, max-age=31536000, immutable" : "no-cache" };
    if (c.req.header("if-none-match") === asset.etag) return c.body(null, 304, headers);
    return c.body(asset.bytes, 200, { ...headers, "content-type": asset.type });
  });
}
