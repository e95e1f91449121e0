/** Pages that open from the disk: one file each, nothing loaded from elsewhere. */

/** A text as it stands in HTML. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[character]!);

/** Light and dark, by what the reader prefers. */
const style = `
:root { color-scheme: light dark; --ink: #1c1e21; --soft: #5c636b; --paper: #fff; --line: #e3e6e9; --good: #0a7a4b; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --soft: #a3abb3; --paper: #16181b; --line: #2f3439; --good: #5dd39e; --bad: #ff8a80; } }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 60rem; background: var(--paper); color: var(--ink);
  font: 17px/1.6 system-ui, "Pretendard", "Noto Sans KR", "Apple SD Gothic Neo", "Malgun Gothic", sans-serif; word-break: keep-all; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .25rem; } h2 { font-size: 1.05rem; margin: 2rem 0 .4rem; }
.id { color: var(--soft); font-size: .9rem; letter-spacing: .04em; }
figure { margin: 1.5rem 0; overflow-x: auto; } figure svg, figure img { width: 100%; height: auto; display: block; }
ul.claims { list-style: none; padding: 0; margin: 0; } ul.claims li { padding: .5rem 0; border-top: 1px solid var(--line); }
.holds { color: var(--good); } .fails { color: var(--bad); } .measured { color: var(--soft); font-size: .9rem; display: block; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } th, td { text-align: left; padding: .3rem 1.2rem .3rem 0; border-bottom: 1px solid var(--line); } .soft { color: var(--soft); }
.narrow { display: none; } @media (max-width: 36rem) { .wide { display: none; } .narrow { display: block; } } .scroll { overflow-x: auto; }
pre { overflow: auto; font-size: .8rem; line-height: 1.4; padding: .75rem; border: 1px solid var(--line); border-radius: .5rem; max-height: 22rem; }
a { color: inherit; } .grid { display: grid; gap: 1.25rem; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); padding: 0; list-style: none; }
.grid li { border: 1px solid var(--line); border-radius: .75rem; overflow: hidden; } .grid a { text-decoration: none; display: block; }
.grid picture img { width: 100%; aspect-ratio: 3 / 2; object-fit: contain; display: block; background: var(--paper); }
.grid .text { padding: .75rem 1rem 1rem; border-top: 1px solid var(--line); }
`;

/** A whole page: its body in the look that all our pages have, light and dark. */
export const pageOf = (title: string, language: string, body: string): string => `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
<body>
${body}
</body>
</html>
`;
