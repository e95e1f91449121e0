/** Makes the page of a study out of what its folder holds. */
import type { Language } from "../core/language.ts";
import { renderSvg } from "../figures/index.ts";
import { studyReport } from "../pages/study-report.ts";
import { StudyPlanner } from "../search/planner.ts";
import { resolveStudy } from "../search/resolve-study.ts";
import { readStudy } from "../store/study-folder.ts";
import { historyOf } from "../store/study-log.ts";

/**
 * @param language  of the page
 * @throws FileError | DocumentError  it holds no study
 */
export function studyReportOf(path: string, language: Language): string {
  const { document, lines } = readStudy(path);
  const study = resolveStudy(document, `'${path}/study.json'`);
  const { ended: trials } = historyOf(lines);
  const summary = new StudyPlanner(study, trials).summary();
  return studyReport({ name: path, language, study, summary, trials }, (figure, width) =>
    renderSvg({ ...figure, language }, { theme: "auto", width }),
  );
}
