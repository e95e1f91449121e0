/** A server of the files in a folder: /isolated/... with the headers that let a page share memory, /plain/... without them. */
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const isolation = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

const contentTypes: Readonly<Record<string, string>> = { ".html": "text/html", ".css": "text/css" };

/** @param main  the module that pages load, by its path in the folder; by default the page is index.html. It ends in a slash. */
export async function serve(folder: string, main?: string): Promise<{ url: string; server: Server }> {
  const server = createServer(async (request, response) => {
    const [, kind, ...rest] = normalize(new URL(request.url!, "http://localhost").pathname).split("/");
    const headers = kind === "isolated" ? isolation : {};
    const path = rest.join("/") || (main === undefined ? "index.html" : "");
    const type = contentTypes[extname(path)] ?? "text/javascript";
    const cached = { "Cache-Control": "max-age=3600", "Content-Type": `${type}; charset=utf-8` };
    try {
      if (path === "") {
        response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", ...headers });
        response.end(`<!doctype html><script type="module" src="${main}"></script>`);
        return;
      }
      const content = await readFile(join(folder, path));
      response.writeHead(200, { ...cached, ...headers }).end(content);
    } catch {
      response.writeHead(404, headers).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
