/** The examples of the documentation: found in docstrings and pages, made into modules that stand alone. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

export interface Example {
  /** Where it stands: "src/library/fit.ts:99", "docs/library.md:12". */
  readonly place: string;
  readonly code: string;
  /** Whether it can run here; those of browsers are checked by their types alone. */
  readonly runs: boolean;
}

/** An example that begins with these words is one for a browser. */
const browserOnly = /^\s*\/\/ in a browser\b/i;

const exampleOf = (place: string, code: string): Example => ({ place, code, runs: !browserOnly.test(code) });

/** What a docstring is of: the name at the start of the line below it, or the class around it. */
function ownerOf(text: string, end: number): string | undefined {
  const declared = /^\s*export (?:async )?(?:abstract )?(?:function\*?|const|class|interface|type) (\w+)/;
  const below = declared.exec(text.slice(end).replace(/^\n/, ""));
  if (below) return below[1];
  return [...text.slice(0, end).matchAll(/^export (?:class|interface) (\w+)/gm)].at(-1)?.[1];
}

/** The examples in the docstrings of what is exported. */
export function docstringExamples(exported: ReadonlySet<string>): Example[] {
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
  return files.sort().flatMap((path) => {
    const text = readFileSync(join(root, "src", path), "utf8");
    return [...text.matchAll(/\/\*\*(?:(?!\*\/)[\s\S])*\*\//g)].flatMap((docstring) => {
      const at = docstring[0].indexOf("@example");
      const owner = ownerOf(text, docstring.index + docstring[0].length);
      if (at < 0 || owner === undefined || !exported.has(owner)) return [];
      const lines = docstring[0]
        .slice(at + "@example".length)
        .replace(/\s*\*\/$/, "")
        .split("\n");
      const end = lines.findIndex((line) => /^\s*\* @/.test(line));
      const code = lines
        .slice(0, end < 0 ? undefined : end)
        .map((line) => line.replace(/^\s*\* ?/, ""))
        .join("\n")
        .trim();
      const line = text.slice(0, docstring.index + at).split("\n").length;
      return [exampleOf(`src/${path}:${line}`, code)];
    });
  });
}

/** The blocks of a page, those below one heading together: a later block goes on where the one before it ended. */
export function pageExamples(path: string): Example[] {
  const sections: { line: number; code: string[] }[] = [];
  let line = 1;
  let heading = 0;
  for (const part of readFileSync(join(root, path), "utf8").split(/^(```ts\n[\s\S]*?^```$|## .*$)/m)) {
    if (part.startsWith("## ")) heading = line;
    if (part.startsWith("```ts")) {
      const code = part.replace(/^```ts\n|```$/g, "");
      const last = sections.at(-1);
      if (last && last.line === heading) last.code.push(code);
      else sections.push({ line: heading, code: [code] });
    }
    line += part.split("\n").length - 1;
  }
  return sections.map(({ line: at, code }) => exampleOf(`${path}:${at}`, code.join("\n")));
}

/** Names that a text uses, wherever they stand in it. */
const namesIn = (code: string): Set<string> => new Set(code.match(/(?<![.\w$])[A-Za-z_$][\w$]*/g));

/**
 * A module: imports are joined, names that are exported and not declared here are imported too, and what stands in a comment behind
 * an expression, as JSON, is compared with its value.
 */
export function moduleOf(code: string, exportsOf: ReadonlyMap<string, ReadonlySet<string>>): string {
  const imports = new Map<string, Set<string>>();
  const types = new Set<string>();
  const add = (module: string, name: string) => imports.set(module, (imports.get(module) ?? new Set()).add(name));
  const body = code.replace(/^import \{([^}]*)\} from "([^"]+)";\n?/gm, (_, names: string, module: string) => {
    for (const name of names.split(",").map((one) => one.trim())) {
      if (name !== "") add(module, name.replace(/^type /, ""));
      if (name.startsWith("type ")) types.add(name.slice(5));
    }
    return "";
  });
  const known = new Set([...imports.values()].flatMap((names) => [...names]));
  const declared = new Set([...body.matchAll(/\b(?:const|let|function|class)\s+(\w+)/g)].map((match) => match[1]!));
  for (const [, names] of body.matchAll(/\b(?:const|let) [{[]([^=]*)[}\]] =/g))
    for (const name of namesIn(names!)) declared.add(name);
  for (const name of namesIn(
    body
      .replace(/\/\/.*$/gm, "")
      .replace(/"(?:\\.|[^"\\\n])*"/g, '""')
      .replace(/\b\w+(?=:)/g, ""),
  )) {
    if (known.has(name) || declared.has(name)) continue;
    for (const [module, names] of exportsOf) if (names.has(name)) add(module, name);
  }
  const checked = body.replace(
    /^(?!\s|const |let |for |if |import |\/\/)(.+?);? \/\/ (.+)$/gm,
    (line, expression: string, value: string) => {
      try {
        JSON.parse(value);
      } catch {
        return line;
      }
      return `shown(${expression}, ${value});`;
    },
  );
  const lines = [...imports].map(([module, names]) => {
    const listed = [...names].map((name) => (types.has(name) ? `type ${name}` : name));
    return `import { ${listed.join(", ")} } from "${module}";`;
  });
  return `${lines.join("\n")}\nimport { shown } from "../shown.ts";\n${checked}\nexport {};\n`;
}
