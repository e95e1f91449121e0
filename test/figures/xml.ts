/** Whether a text is well-formed XML, as far as a figure uses it: elements, attributes in double quotes, text. */
export function xmlFaults(text: string): string[] {
  const faults: string[] = [];
  const open: string[] = [];
  const token = /<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)|(<)/g;
  let roots = 0;
  for (const [whole, closing, name, attributes = "", empty, content, stray] of text.matchAll(token)) {
    if (stray !== undefined) faults.push(`a stray '<' before ${text.slice(text.indexOf(whole), 40)}`);
    else if (content !== undefined) {
      if (open.length === 0 && content.trim() !== "") faults.push(`text outside the root: ${content.slice(0, 40)}`);
    } else if (closing) {
      const last = open.pop();
      if (last !== name) faults.push(`</${name}> closes <${last}>`);
    } else {
      if (open.length === 0) roots++;
      const names = [...attributes.matchAll(/([\w:-]+)=/g)].map((match) => match[1]);
      // Values such as "a=b" would count twice; no figure has one.
      if (new Set(names).size !== names.length) faults.push(`<${name}> has an attribute twice`);
      if (!empty) open.push(name!);
    }
    if (/&(?!(?:amp|lt|gt|quot|#\d+);)/.test(whole)) faults.push(`a stray '&' in ${whole.slice(0, 40)}`);
  }
  if (open.length > 0) faults.push(`not closed: ${open.join(", ")}`);
  if (roots !== 1) faults.push(`${roots} roots`);
  return faults;
}
