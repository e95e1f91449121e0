import type { Language } from "../core/language.ts";

/** Korean where the locale is, else English. */
export function localeLanguage(env: Readonly<Record<string, string | undefined>> = process.env): Language {
  const named = env.LC_ALL ?? env.LC_MESSAGES ?? env.LANG ?? Intl.DateTimeFormat().resolvedOptions().locale;
  return /^ko(?![a-z])/i.test(named) ? "ko" : "en";
}
