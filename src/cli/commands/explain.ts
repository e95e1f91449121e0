/** osolgil explain: what a finding means, and what to do. */
import { Argument, Command, Option } from "commander";
import type { Language } from "../../core/language.ts";
import { explanationOf, findingCodes } from "../../doctor/explain.ts";
import { localeLanguage } from "../locale.ts";
import { screen } from "../output.ts";
import { painter, wrap } from "../terminal/format.ts";

export function explainCommand(): Command {
  return new Command("explain")
    .description("Says what a finding of the doctor means, what it comes from and what to do.")
    .addArgument(new Argument("[code]", "the finding's name, such as overfitting; all of them where absent"))
    .addOption(new Option("--lang <language>", "language (default: by the locale)").choices(["en", "ko"]))
    .action((code: string | undefined, { lang }: { readonly lang?: Language }) => {
      const language = lang ?? localeLanguage();
      const { write, color, columns } = screen();
      const paint = painter(color);
      const codes = code === undefined ? findingCodes() : [code];
      const texts = codes.map((one) => {
        const { name, explanation, source } = explanationOf(one);
        const head = `  ${paint("bold", one)}  ${name[language]}`;
        if (code === undefined) return head;
        const lines = wrap(explanation[language], Math.min(columns, 90) - 2).map((line) => `  ${line}`);
        return [head, "", ...lines, "", ...wrap(source, Math.min(columns, 90) - 2).map((line) => paint("dim", `  ${line}`))].join(
          "\n",
        );
      });
      write(`\n${texts.join("\n")}\n\n`);
    });
}
