/** What the processes that train trials and the one that orders them say to each other. */
import type { TrialReport } from "../search/trial.ts";
import type { PruneReason, TrialNews, TrialOrder, TrialOutcome } from "./executor.ts";

/** To the process that trains: a trial, or the answer to what it asked last. */
export type TrialCommand =
  | { readonly type: "train"; readonly order: TrialOrder }
  | { readonly type: "answer"; readonly verdict: PruneReason | undefined };

export type TrialMessage =
  | { readonly type: "report"; readonly report: TrialReport; readonly firstLoss: number }
  | { readonly type: "news"; readonly news: TrialNews; readonly isAsking: boolean }
  | { readonly type: "ended"; readonly outcome: TrialOutcome };
