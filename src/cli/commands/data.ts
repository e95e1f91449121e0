/** osolgil data: published data sets, downloaded into a cache folder. */
import { Command } from "commander";
import { OptionError } from "../../core/errors.ts";
import { suggestName } from "../../core/names.ts";
import { dataSources } from "../../data/sources.ts";
import { cacheFolder, fetchData } from "../../files/fetch-data.ts";
import { screen } from "../output.ts";
import { formatBytes } from "../terminal/format.ts";

export function dataCommand(): Command {
  const command = new Command("data").description("Downloads published data sets.");
  const names = dataSources.map(({ name }) => name);
  command.addCommand(
    new Command("fetch")
      .description("Downloads a data set, checks it, and keeps it where training and experiments find it.")
      .argument("<name>", names.join(", "))
      .option("--mirror <url>", "address of the folder with its files, in place of the usual one")
      .option("--root <folder>", `where data sets are kept (default: ${cacheFolder()})`)
      .action(async (name: string, options: { readonly mirror?: string; readonly root?: string }) => {
        const source = dataSources.find((one) => one.name === name);
        if (!source)
          throw new OptionError("E_DATA_SOURCE", { message: `there is no data set '${name}'`, hint: suggestName(name, names) });
        const { stderr } = process;
        const folder = await fetchData(source, {
          ...options,
          tell(file, done, total) {
            if (!stderr.isTTY) return;
            const share = total === undefined ? 0 : done / total;
            const bar = `${"█".repeat(Math.round(24 * share))}${"░".repeat(24 - Math.round(24 * share))}`;
            stderr.write(`\r\u001b[K  ${file} ${total === undefined ? "" : bar} ${formatBytes(done)}`);
          },
        });
        if (stderr.isTTY) stderr.write("\r\u001b[K");
        screen().write(`${folder}\n`);
      }),
  );
  return command;
}
